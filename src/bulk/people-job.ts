import type { JsonObject } from '../base/json.ts';
import type { Actor } from '../domain/actor.ts';
import type { Role } from '../domain/role.ts';
import type { BulkAction } from './bulk-actions.ts';

/** How far an action on many people is. */
export type PeopleJobStage =
  'planning' | 'planned' | 'running' | 'done' | 'undoing' | 'undone' | 'cancelled' | 'failed';

/** Who started or approved it. */
export interface BulkActor {
  readonly client: string;
  /** Absent for clients, whose scope alone decides. */
  readonly role?: Role;
  readonly actor?: Actor;
}

/** How many people are in which state. */
export interface BulkCounts {
  /** The plan would do it to them. */
  readonly planned: number;
  /** It cannot be done to them; the reason is with them. */
  readonly refused: number;
  readonly done: number;
  /** The process stopped in the middle of them, and it cannot be told whether it was done. */
  readonly unsure: number;
  /** It was taken back. */
  readonly undone: number;
  /** It could not be taken back; the reason is with them. */
  readonly left: number;
}

/** An action on many people. Times are ISO 8601 UTC. */
export interface PeopleJob {
  readonly tenant: string;
  readonly id: string;
  readonly action: BulkAction;
  readonly options: JsonObject;
  readonly stage: PeopleJobStage;
  readonly createdAt: string;
  readonly createdBy: BulkActor;
  readonly approvedBy?: BulkActor;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Until when it can be taken back. */
  readonly undoUntil?: string;
  /** The filter that chose the people; absent where they were chosen one by one. */
  readonly query?: JsonObject;
  /** Chunks of rows that are kept. */
  readonly chunks: number;
  readonly total: number;
  readonly counts: BulkCounts;
  /** How many people each effect of the plan concerns. */
  readonly effects: Readonly<Record<string, number>>;
  /** Messages that the plan would send. */
  readonly messages: number;
  /** The durable job that works on it. */
  readonly job?: string;
}

/** One person of it. */
export interface BulkRow {
  readonly id: string;
  readonly name: string;
  /** `begun`: the write was about to happen. */
  readonly state: keyof BulkCounts | 'begun';
  /** Why it was refused, or not taken back. */
  readonly reason?: string;
  /** When the write was begun. */
  readonly at?: string;
  /**
   * What taking it back needs: the earlier end of an invitation, the id of one that was made, when they were deleted.
   */
  readonly before?: string | null;
}

export const noCounts: BulkCounts = { planned: 0, refused: 0, done: 0, unsure: 0, undone: 0, left: 0 };

/** How many people are counted in all. */
export function sumOf({ planned, refused, done, unsure, undone, left }: BulkCounts): number {
  return planned + refused + done + unsure + undone + left;
}

/** The counts with those of a chunk of rows added. */
export function withRows(counts: BulkCounts, rows: readonly BulkRow[]): BulkCounts {
  const sum = { ...counts };
  for (const { state } of rows) if (state !== 'begun') sum[state] += 1;
  return sum;
}
