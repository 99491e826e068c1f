import type { JsonObject } from '../../base/json.ts';
import type { RequestContext } from './resource-handler.ts';
import type { ScimRequest } from './scim-request.ts';

/** How a batch is that was answered before it was done. */
export type DeferredState =
  | { readonly state: 'running' }
  /** It could not be carried out at all: with what it would have been refused. */
  | { readonly state: 'failed'; readonly status: number; readonly detail: string }
  | {
      readonly state: 'done';
      /** What it would have been answered. */
      readonly body: JsonObject;
    };

/** PORT: batches that are answered before they are done (RFC 9967 §2.5.1). */
export interface DeferredBulk {
  /**
   * Keeps a batch, to be carried out soon whatever becomes of this process.
   * @returns the name of the transaction: `Set-Txn`
   */
  begin(request: ScimRequest): Promise<string>;
  /** How it is; undefined where this caller has begun none of that name, or it has been forgotten. */
  find(context: RequestContext, transaction: string): Promise<DeferredState | undefined>;
  /** The tokens of its completion, one for each operation, by id; undefined as for `find`, and while it runs. */
  tokens(context: RequestContext, transaction: string): Promise<Readonly<Record<string, string>> | undefined>;
}
