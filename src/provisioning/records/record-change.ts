import type { IdempotencyKey } from '../../scim/port/idempotency-key.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Precondition } from '../../scim/port/resource-handler.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { SearchDocument } from '../../scim/search/search-document.ts';
import type { Account } from './account.ts';
import type { EventDraft, Origin } from './origin.ts';
import type { Commit, MembershipChange, StoredRecord } from './resource-store.ts';

/** Which record. */
export interface RecordRef {
  readonly tenant: string;
  readonly type: ResourceType;
  readonly id: string;
}

/** A new state for a record, with what goes into the same commit. */
export interface RecordChange {
  readonly resource: Resource;
  readonly account?: Account;
  readonly events: readonly EventDraft[];
  /** What the search document holds beside the resource, by extension. */
  readonly search?: SearchDocument;
  readonly members?: MembershipChange;
  /** Further keys that must be unique in this tenant and type. */
  readonly uniqueKeys?: readonly string[];
  /** Of a create that may be repeated. */
  readonly attempt?: IdempotencyKey;
  /** The resource before and after, where it is stored sealed: what is told of the change is found out by these. */
  readonly compared?: { readonly before: Resource; readonly after: Resource };
  /** Of a resource that was there before: when it was created first, ISO 8601 UTC. */
  readonly created?: string;
}

/** A record to be made. */
export interface RecordCreate {
  readonly ref: RecordRef;
  readonly change: RecordChange;
  readonly options: WriteOptions;
}

/** What to do with a record that has just been read. */
export type Decision<Answer> =
  | { readonly kind: 'keep'; readonly answer: Answer }
  | { readonly kind: 'put'; readonly change: RecordChange; readonly answer: (written: StoredRecord) => Answer }
  | { readonly kind: 'remove'; readonly events: readonly EventDraft[]; readonly answer: Answer };

/** How a write is to be done. */
export interface WriteOptions {
  /** See `Commit`. */
  readonly isOver?: (() => boolean) | undefined;
  readonly origin: Origin;
  readonly precondition?: Precondition;
  /** The record as it was read a moment ago, decided on first: the write is held against its version. */
  readonly known?: StoredRecord | undefined;
  /** Given: compute and check everything, store nothing, and tell here what would have been written. */
  readonly rehearse?: (commit: Commit, before: StoredRecord | undefined) => void;
}

/** The answer of a piece of work, and whether its writes are kept. */
export interface AtomicWork<Answer> {
  readonly keep: boolean;
  readonly answer: Answer;
}
