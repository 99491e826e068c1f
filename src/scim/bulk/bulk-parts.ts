import type { JsonObject } from '../../base/json.ts';
import type { RequestNotes } from '../model/request-notes.ts';
import type { ScimError } from '../model/scim-error.ts';
import type { StagedWork } from '../port/resource-handler.ts';
import type { ScimResponse } from '../port/scim-request.ts';
import type { BulkOperation } from './bulk-request.ts';

/** Carries out one request, as if it had come by itself. @param index of the operation it belongs to */
export type Execute = (operation: Omit<BulkOperation, 'bulkId'>, index: number) => Promise<ScimResponse>;

/** What a Bulk run needs of the endpoint. */
export interface BulkParts {
  readonly execute: Execute;
  /**
   * Has work carry out requests whose writes go to the database together; absent where each goes by itself anyway.
   * @param onto work that is not written yet: what this work reads shows its writes
   * @returns the work, to be written; undefined where requests must go one by one
   */
  readonly stage?: (work: (execute: Execute) => Promise<void>, onto?: StagedWork) => Promise<StagedWork | undefined>;
  /** The URI of a path below the base. */
  locationOf(path: string): string;
  /** What to answer for anything thrown. */
  toScimError(cause: unknown): ScimError;
}

/** What came of a Bulk request. */
export interface BulkOutcome {
  /** Whether each operation succeeded. */
  readonly succeeded: boolean;
  readonly body: JsonObject;
  readonly notes: RequestNotes;
}
