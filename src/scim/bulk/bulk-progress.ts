import type { Json, JsonObject } from '../../base/json.ts';
import type { ScimError } from '../model/scim-error.ts';
import { BulkNotes } from './bulk-notes.ts';
import type { BulkFault, BulkOperation } from './bulk-request.ts';

/** What is still to be added to a resource that was created without it. */
export interface Remainder {
  readonly index: number;
  readonly path: string;
  readonly operations: readonly JsonObject[];
}

/** How far a Bulk run has come. What was only tried is forgotten by going back to a copy from before. */
export class BulkProgress {
  /** The ids of resources by bulkId. */
  readonly ids: Map<string, string>;
  /** Indexes of operations. */
  readonly begun: Set<number>;
  readonly answers: Map<number, JsonObject>;
  readonly notes: BulkNotes;
  remainders: readonly Remainder[];
  /** What an operation met that found the store away. */
  unavailable: ScimError | undefined;
  /** How long operations have waited for a store that was away, in milliseconds. */
  waitedMs: number;
  errors: number;

  constructor(earlier?: BulkProgress) {
    this.ids = new Map(earlier?.ids);
    this.begun = new Set(earlier?.begun);
    this.answers = new Map(earlier?.answers);
    this.notes = new BulkNotes(earlier?.notes);
    this.remainders = earlier?.remainders ?? [];
    this.unavailable = earlier?.unavailable;
    this.waitedMs = earlier?.waitedMs ?? 0;
    this.errors = earlier?.errors ?? 0;
  }

  /** Notes what an operation is answered. @param more what of it is undefined is left out */
  answer(
    index: number,
    { method, bulkId }: BulkOperation | BulkFault,
    status: number,
    more: Record<string, Json | undefined>,
  ): void {
    const given = Object.entries(more).filter((entry): entry is [string, Json] => entry[1] !== undefined);
    this.answers.set(index, {
      method,
      ...(bulkId === undefined ? {} : { bulkId }),
      ...Object.fromEntries(given),
      status: String(status),
    });
  }
}
