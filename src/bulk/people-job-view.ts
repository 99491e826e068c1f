import type { JsonObject } from '../base/json.ts';
import type { Job } from '../jobs/jobs.ts';
import { bulkRules, type BulkAction } from './bulk-actions.ts';
import type { BulkCounts, BulkRow, PeopleJob, PeopleJobStage } from './people-job.ts';

/** What can be asked of an action on many people. */
export type PeopleJobWish = 'run' | 'pause' | 'resume' | 'cancel' | 'undo';

/** An action on many people in a list. Times are ISO 8601 UTC. */
export interface PeopleJobRow {
  readonly id: string;
  readonly action: BulkAction;
  readonly state: PeopleJobStage | 'paused';
  readonly createdAt: string;
  readonly createdBy: string;
  readonly approvedBy?: string;
  readonly total: number;
  readonly counts: BulkCounts;
  readonly actions: readonly PeopleJobWish[];
}

/** The same with everything that is known of it. */
export interface PeopleJobView extends PeopleJobRow {
  readonly options: JsonObject;
  readonly query?: JsonObject;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly undoUntil?: string;
  /** Whether what it does can be taken back at all. */
  readonly canBeUndone: boolean;
  /** Why it is paused, or has failed. */
  readonly reason?: string;
  readonly progress?: { readonly done: number; readonly total?: number };
  readonly effects: Readonly<Record<string, number>>;
  readonly messages: number;
  /** The first people. */
  readonly people: readonly BulkRow[];
  /** The first who were refused, are unsure, or were left. */
  readonly others: readonly BulkRow[];
}

/** Shows an action on many people in a list. */
export function peopleJobRow(job: PeopleJob, inHand: Job | undefined, now: Date): PeopleJobRow {
  const { id, action, createdAt, createdBy, approvedBy, total, counts } = job;
  return {
    id,
    action,
    state: stateOf(job, inHand),
    createdAt,
    createdBy: createdBy.client,
    ...(approvedBy === undefined ? {} : { approvedBy: approvedBy.client }),
    total,
    counts,
    actions: actionsOf(job, inHand, now),
  };
}

/** Shows all of it. */
export function peopleJobView(
  job: PeopleJob,
  inHand: Job | undefined,
  now: Date,
  { people, others }: Pick<PeopleJobView, 'people' | 'others'>,
): PeopleJobView {
  const { options, query, startedAt, endedAt, undoUntil, effects, messages } = job;
  const isBusy = inHand !== undefined && ['waiting', 'running', 'paused'].includes(inHand.state);
  return {
    ...peopleJobRow(job, inHand, now),
    options,
    ...(query === undefined ? {} : { query }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(undoUntil === undefined ? {} : { undoUntil }),
    canBeUndone: bulkRules[job.action].undo !== undefined,
    ...(inHand?.reason === undefined ? {} : { reason: inHand.reason }),
    ...(isBusy ? { progress: progressOf(inHand) } : {}),
    effects,
    messages,
    people: people.map(withoutOurs),
    others: others.map(withoutOurs),
  };
}

function progressOf({ progress: { done, total } }: Job): { readonly done: number; readonly total?: number } {
  return { done, ...(total === undefined ? {} : { total }) };
}

function withoutOurs({ id, name, state, reason }: BulkRow): BulkRow {
  return { id, name, state, ...(reason === undefined ? {} : { reason }) };
}

function stateOf({ stage }: PeopleJob, inHand: Job | undefined): PeopleJobRow['state'] {
  if (!['planning', 'running', 'undoing'].includes(stage)) return stage;
  if (inHand?.state === 'paused' || inHand?.wish === 'pause') return 'paused';
  return inHand?.state === 'cancelled' || inHand?.state === 'failed' ? inHand.state : stage;
}

function actionsOf(job: PeopleJob, inHand: Job | undefined, now: Date): readonly PeopleJobWish[] {
  const state = stateOf(job, inHand);
  const isInTime = job.undoUntil !== undefined && job.undoUntil > now.toISOString();
  const canUndo = job.startedAt !== undefined && isInTime && bulkRules[job.action].undo !== undefined;
  switch (state) {
    case 'planning':
      return ['pause', 'cancel'];
    case 'planned':
      return job.counts.planned > 0 ? ['run', 'cancel'] : ['cancel'];
    case 'running':
    case 'undoing':
      return ['pause', 'cancel'];
    case 'paused':
      return ['resume', 'cancel'];
    case 'done':
    case 'cancelled':
    case 'failed':
      return canUndo && (job.counts.done > 0 || state !== 'done') ? ['undo'] : [];
    default:
      return [];
  }
}
