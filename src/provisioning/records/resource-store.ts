import type { DomainEvent } from '../../domain/events.ts';
import type { Soon } from '../../base/soon.ts';
import type { Condition, SortOrder } from '../../scim/search/condition.ts';
import type { IdempotencyKey } from '../../scim/port/idempotency-key.ts';
import type { WalkStart } from '../../scim/port/resource-handler.ts';
import type { MemberFrame, MemberTexts, TextFrame } from '../../scim/port/text-frame.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { SearchDocument } from '../../scim/search/search-document.ts';
import type { Account } from './account.ts';
import type { PublicText, PublicPart, StoredText } from './public-text.ts';

/** A resource as a store keeps it. */
export interface StoredRecord {
  readonly tenant: string;
  /** Name of the resource type: `User`, `Group` … */
  readonly type: string;
  readonly id: string;
  /** 1 when created, one more with every change. */
  readonly version: number;
  /** ISO 8601 UTC, milliseconds. */
  readonly created: string;
  readonly lastModified: string;
  /** Without `id`, `meta`, `members` and `groups`. */
  readonly resource: Resource;
  /** Users only. */
  readonly account?: Account;
  /** The create that made it, where that may be repeated. */
  readonly attempt?: IdempotencyKey;
  /** Where the store keeps it: see `PublicText`. */
  readonly publicText?: PublicText;
}

type Shown = Pick<StoredRecord, 'tenant' | 'id' | 'version' | 'created' | 'lastModified' | 'publicText'>;

/** A record for a read that shows it: what its answer needs is at hand, the rest is made when it is asked for. */
export interface ShownRecord extends Shown {
  /** The groups that it is in, where the store has read them along. */
  readonly groups?: readonly GroupOfMember[];
  whole(): StoredRecord;
}

/** A page for a read that shows it. */
export type ShownPage = Omit<StorePage, 'records'> & { readonly records: readonly ShownRecord[] };

/** Reads of a store that show what they find. */
export interface ShownReads {
  /**
   * Absent where `get` and `getWithGroups` of the store are as good.
   * @param withGroups whether its groups may be read along
   */
  get?(tenant: string, type: string, id: string, withGroups: boolean): Soon<ShownRecord | undefined>;
  /** Absent where `query` of the store is as good. */
  query?(query: StoreQuery): Promise<ShownPage>;
  /**
   * A page as one text. Whether it may be shown goes by the terms of its records.
   * @returns no text where one of the records has no public text
   */
  queryText(query: StoreQuery, frame: TextFrame): Soon<Omit<StorePage, 'records'> & { readonly text?: StoredText }>;
  /** `members` as texts; a chunk with an id that is not its own JSON text comes as it is. */
  memberTexts?(tenant: string, group: string, frame: MemberFrame): AsyncIterable<MemberTexts | readonly Membership[]>;
}

/** One member of a group: a record of its own. */
export interface Membership {
  /** The member's id: a User or a Group of the same tenant. */
  readonly value: string;
  readonly type: 'User' | 'Group';
  /** As the client sent it. */
  readonly display?: string;
}

/** What a commit does to a group's members. `clear` first, then `remove`, then `add` (an upsert). */
export interface MembershipChange {
  readonly clear: boolean;
  readonly remove: readonly string[];
  readonly add: readonly Membership[];
}

/** When time alone next changes what a record shows, ISO 8601 UTC in milliseconds; null where it never does. */
export type DueAt = string | null;

/** A write that a caller waits for. */
export interface AwaitedWrite {
  /** True once the caller has been told to try again: what has not been written by then is not written. */
  readonly isOver?: (() => boolean) | undefined;
  /** Those of its events, by id, that ask for no delivery. */
  readonly settled?: ReadonlySet<string>;
}

/**
 * One atomic write: a change with everything that must be written with it. There is no way to write a resource without
 * its events, its unique keys and its search document. A store that files events before deliveries are planned from
 * them may file those that are `settled` as such.
 */
export type Commit = AwaitedWrite
  & (
    | {
        readonly kind: 'put';
        /** The new state; `record.version` is `expectedVersion + 1`. */
        readonly record: StoredRecord;
        /** 0: the resource must not exist. */
        readonly expectedVersion: number;
        readonly search: SearchDocument;
        /** Values no other record of this tenant and type may hold, such as `username:ines@entra.example`. */
        readonly uniqueKeys: readonly string[];
        /** Those of them that the record did not hold before; all of them where this is absent. */
        readonly freshKeys?: readonly string[];
        /** Values that find the record but need not be unique, such as `token:<sha256>`. */
        readonly lookupKeys: readonly string[];
        readonly members?: MembershipChange;
        /** When `DueRecords` name the record; undefined: at once, because it was never judged. */
        readonly dueAt?: DueAt;
        /** The resource once more, in two parts; absent where it shows otherwise than it is stored. */
        readonly publicPart?: PublicPart;
        readonly events: readonly DomainEvent[];
      }
    | {
        readonly kind: 'remove';
        readonly tenant: string;
        readonly type: string;
        readonly id: string;
        readonly expectedVersion: number;
        readonly events: readonly DomainEvent[];
      }
  );

/** How a commit ended. `conflict`: the stored version is not the expected one (undefined: no such record). */
export type CommitResult =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'conflict'; readonly version: number | undefined }
  | { readonly outcome: 'duplicate'; readonly key: string; readonly holder: string };

/** Look-up keys: one of them, or all from one on up to another, by code point. */
export type KeyRange = { readonly is: string } | { readonly from: string; readonly below: string };

/** True of a record that has a look-up key in one of the ranges; with `not` of one that has none. */
export interface KeyTest {
  readonly anyOf: readonly KeyRange[];
  readonly not?: boolean;
}

/** What to list. */
export interface StoreQuery {
  readonly tenant: string;
  readonly type: string;
  readonly condition: Condition | undefined;
  /** Tests on look-up keys, which all must hold and which indexes answer. They go with the order of creation alone. */
  readonly keys?: readonly KeyTest[];
  /** Look-up keys of which the answer is to tell how many records of the whole list have each. */
  readonly count?: readonly string[];
  /** Without it: the order of creation, which never changes. Ties go by that order too. */
  readonly sort: SortOrder | undefined;
  readonly limit: number;
  /** `offset` for index paging; for cursor paging a position this store gave out. */
  readonly page: { readonly offset: number } | WalkStart;
}

/** One page of a list. */
export interface StorePage {
  readonly total: number;
  readonly records: readonly StoredRecord[];
  /** Position after the last record; absent when nothing follows. Only in cursor paging. */
  readonly next?: string;
  /** Position before the first record; absent when nothing precedes. Only in cursor paging. */
  readonly previous?: string;
  /** How many records of the list have each of the keys that `StoreQuery.count` names. */
  readonly counts?: Readonly<Record<string, number>>;
}

/** The attributes, as search documents name them, by many values of which records are found at once. */
export type FoundAttribute = 'username' | 'externalid' | 'displayname';

/** One group a user or group is in. */
export interface GroupOfMember {
  readonly value: string;
  readonly display: string | undefined;
  readonly type: 'direct' | 'indirect';
}

/** A record and the groups it is in. */
export interface RecordWithGroups {
  readonly record: StoredRecord;
  readonly groups: readonly GroupOfMember[];
}

/**
 * PORT: where resources are kept. Two adapters, one contract suite. The database decides uniqueness and versions: no
 * caller looks first. Every method rejects with StoreUnavailableError when the database cannot be reached.
 */
export interface ResourceStore {
  /** Whether `commitAll` is possible: not on a standalone MongoDB. */
  readonly transactions: boolean;
  /** Whether many writes of one record cost little more than one of them, if they are written by one `commitAll`. */
  readonly joinsWrites?: boolean;
  /** Where the store keeps public texts: reads that need not make a record of each row. */
  readonly shown?: ShownReads;
  /** Does one atomic write and, once it is durable, answers. */
  commit(commit: Commit): Promise<CommitResult>;
  /**
   * Does all or none, in one transaction.
   * @returns one result per commit tried; the last one is the failure when it did not go through
   * @throws TransactionsUnsupportedError on a standalone MongoDB
   */
  commitAll(commits: readonly Commit[]): Promise<readonly CommitResult[]>;
  /**
   * Does many writes, each atomic by itself and none waiting for another, in as few turns to the database as it can.
   * @returns one result for each, in their order, once all of them are durable
   */
  commitEach(commits: readonly Commit[]): Promise<readonly CommitResult[]>;
  /** Reads one record. */
  get(tenant: string, type: string, id: string): Promise<StoredRecord | undefined>;
  /** Reads one record with its groups: `get` and `groupsOf`, in one turn to the database. */
  getWithGroups(tenant: string, type: string, id: string): Promise<RecordWithGroups | undefined>;
  /** Which of these ids exist, each with the name of its resource type; reads nothing else of the records. */
  typesOf(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Finds the record that holds this unique or lookup key. */
  findByKey(tenant: string, type: string, key: string): Promise<StoredRecord | undefined>;
  /** Which records hold these unique keys: of each key that is held the record's id. */
  holdersOf(tenant: string, type: string, keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /**
   * Finds the records that have one of many values of an attribute, in no order; an index answers it.
   * @param values as search documents hold them
   */
  findByValues(
    tenant: string,
    type: string,
    attribute: FoundAttribute,
    values: readonly string[],
  ): Promise<readonly StoredRecord[]>;
  /** Lists records; scans do not hold up other calls. */
  query(query: StoreQuery): Promise<StorePage>;
  /** A group's members in a stable order, in chunks; memory does not grow with the group. */
  members(tenant: string, group: string): AsyncIterable<readonly Membership[]>;
  /** Those of the group's members that are among `values`. */
  membersAmong(tenant: string, group: string, values: readonly string[]): Promise<readonly Membership[]>;
  /** The members that satisfy a condition over `{value, display, type}`. */
  membersWhere(tenant: string, group: string, condition: Condition): AsyncIterable<readonly Membership[]>;
  /** The groups each of these resources is in, directly and through other groups; cycles are harmless. */
  groupsOf(tenant: string, members: readonly string[]): Soon<ReadonlyMap<string, readonly GroupOfMember[]>>;
}

/** The database cannot be reached or refuses service; the caller may try again (503). */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

/** The database cannot do a multi-document transaction. */
export class TransactionsUnsupportedError extends Error {
  override readonly name = 'TransactionsUnsupportedError';
}
