import type { JobWish } from '../../jobs/jobs.ts';
import { ConflictError, NotFoundError } from '../../scim/model/scim-error.ts';
import type { ImportBatch } from '../batch/import-batch.ts';
import type { ImportState } from '../batch/import-view.ts';

/** States in which a process works, or has died while it did. */
export const underWay: readonly ImportState[] = ['planning', 'running', 'undoing'];

/** For so many days after its start a run can be taken back. */
export const undoDays = 7;

const verbs = { pause: 'be paused', resume: 'be resumed', cancel: 'be cancelled' } as const;

/** What is asked does not fit the state. */
export function notAsked(state: ImportState, wish: JobWish): ConflictError {
  return new ConflictError(`The import is ${state}, so it cannot ${verbs[wish]}.`);
}

/** Why an import cannot be taken back. */
export function notUndoable({ startedAt }: ImportBatch, state: ImportState): ConflictError {
  if (startedAt === undefined || state === 'undone')
    return new ConflictError(`The import is ${state}: there is nothing to take back.`);
  return new ConflictError(
    state === 'running' || state === 'paused'
      ? `The import is ${state}: cancel it first.`
      : `The import is ${state}, or was run more than ${undoDays} days ago.`,
  );
}

/** Two have asked at the same time. */
export function justChanged(): ConflictError {
  return new ConflictError('The import has just changed: look at it again.');
}

/** No import has this id. */
export function notFound(id: string): NotFoundError {
  return new NotFoundError(`There is no import "${id.slice(0, 100)}".`);
}
