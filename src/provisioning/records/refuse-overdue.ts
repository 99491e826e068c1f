import { presentCall } from '../../domain/present-call.ts';
import { type Commit, StoreUnavailableError } from './resource-store.ts';

/**
 * To be called before a write is handed to the database: where the caller has been told meanwhile to try again,
 * nothing is written. So the caller's repetition does not meet what the first try has done late.
 * @throws StoreUnavailableError
 */
export function refuseOverdue(...commits: readonly Commit[]): void {
  if (presentCall()?.isOver?.() === true || commits.some(({ isOver }) => isOver?.() === true))
    throw new StoreUnavailableError('The caller has been told to try again: nothing was written.');
}
