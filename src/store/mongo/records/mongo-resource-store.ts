import type {
  Commit,
  CommitResult,
  FoundAttribute,
  GroupOfMember,
  Membership,
  RecordWithGroups,
  ResourceStore,
  ShownReads,
  StoredRecord,
  StorePage,
  StoreQuery,
} from '../../../provisioning/records/resource-store.ts';
import { AskedTogether } from '../commands/asked-together.ts';
import type { Condition } from '../../../scim/search/condition.ts';
import type { Committer } from './committer.ts';
import { groupsOfMembers, recordsInGroups } from '../members/groups-of-members.ts';
import { GroupMembers } from '../members/group-members.ts';
import type { MembershipMover } from '../members/membership-mover.ts';
import { translatingErrors } from '../commands/database-errors.ts';
import type { Collections } from '../database/collections.ts';
import { indexedKey, recordFields, recordKey, searchField, storedRecord } from '../database/record-document.ts';
import { askRecords } from '../search/asked-records.ts';
import type { AskedRecords } from '../search/asked-records.ts';
import { listRecords, listRows } from '../search/record-list.ts';
import { textFields, textOf } from '../search/text-page.ts';
import type { TextRow } from '../search/text-page.ts';
import type { TypeCounts } from '../search/type-counts.ts';
import { memberField } from '../search/related-conditions.ts';
import { EVERY, NONE, translateCondition } from '../search/translate-condition.ts';
import type { Transactions } from './transaction.ts';

/** How many calls share one read at most. */
const readTogether = 100;

/** How many ids one look-up asks for. */
const chunk = 1_000;

/** What resources in MongoDB are made of. */
export interface MongoResourceStoreParts {
  readonly collections: Collections;
  readonly committer: Committer;
  readonly transactions: Transactions;
  readonly mover: MembershipMover;
  readonly counts: TypeCounts;
}

/**
 * Resources in MongoDB. What a commit has decided of memberships and its process has not carried out yet counts for
 * each reader: of a few members it is reckoned in, for lists of members it is finished first.
 */
export class MongoResourceStore implements ResourceStore {
  readonly transactions: boolean;
  readonly shown: ShownReads = translatingErrors<ShownReads>({
    queryText: async (query, frame) => {
      const asked = await this.#ask(query);
      if (asked === undefined) return { total: 0, text: textOf([], query.tenant, frame)! };
      const { rows, ...page } = await listRows<TextRow>(
        this.#collections.records,
        textFields,
        asked.filter,
        query,
        asked.count,
      );
      const text = textOf(rows, query.tenant, frame);
      return text === undefined ? page : { ...page, text };
    },
  });
  readonly #collections: Collections;
  readonly #committer: Committer;
  readonly #transactions: Transactions;
  readonly #mover: MembershipMover;
  readonly #members: GroupMembers;
  readonly #counts: TypeCounts;
  readonly #withGroups = new AskedTogether<string, RecordWithGroups | undefined>(async (key, ids) => {
    const [tenant = '', type = ''] = key.split('/');
    const found = await recordsInGroups(this.#collections, tenant, type, ids);
    return (id) => found.get(id);
  }, readTogether);
  readonly #groups = new AskedTogether<readonly string[], ReadonlyMap<string, readonly GroupOfMember[]>>(
    async (tenant, lists) => {
      const found = await groupsOfMembers(this.#collections, tenant, lists.flat());
      return (members) => new Map(members.map((member) => [member, found.get(member) ?? []]));
    },
    readTogether,
  );

  constructor({ collections, committer, transactions, mover, counts }: MongoResourceStoreParts) {
    this.#counts = counts;
    this.#collections = collections;
    this.#committer = committer;
    this.#transactions = transactions;
    this.transactions = transactions.supported;
    this.#mover = mover;
    this.#members = new GroupMembers(collections, mover);
  }

  async commit(commit: Commit): Promise<CommitResult> {
    return this.#committer.commit(commit);
  }

  async commitAll(commits: readonly Commit[]): Promise<readonly CommitResult[]> {
    return this.#transactions.commitAll(commits);
  }

  async commitEach(commits: readonly Commit[]): Promise<readonly CommitResult[]> {
    return this.#committer.commitEach(commits);
  }

  async get(tenant: string, type: string, id: string): Promise<StoredRecord | undefined> {
    const record = await this.#collections.records.findOne(
      { _id: recordKey(tenant, id), tenant, type },
      { projection: recordFields },
    );
    return record ? storedRecord(record) : undefined;
  }

  /** Those that are asked for in one turn are read together. */
  getWithGroups(tenant: string, type: string, id: string): Promise<RecordWithGroups | undefined> {
    return this.#withGroups.ask(`${tenant}/${type}`, id);
  }

  async typesOf(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const types = new Map<string, string>();
    for (const some of chunksOf([...new Set(ids)])) {
      const _id = { $in: some.map((id) => recordKey(tenant, id)) };
      const found = await this.#collections.records.find({ _id, tenant }, { projection: { type: 1 } });
      for (const { _id: key, type } of found)
        // What has been removed has no type.
        if (type !== undefined) types.set(key.slice(recordKey(tenant, '').length), type);
    }
    return types;
  }

  async findByKey(tenant: string, type: string, key: string): Promise<StoredRecord | undefined> {
    const held = indexedKey(tenant, type, key);
    const holds = {
      $or: [
        { tenant, uniqueKeys: held },
        { tenant, lookupKeys: held },
      ],
      type,
    };
    const record = await this.#collections.records.findOne(holds, { projection: recordFields });
    return record ? storedRecord(record) : undefined;
  }

  async holdersOf(tenant: string, type: string, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const byHeld = new Map(keys.map((key) => [indexedKey(tenant, type, key), key]));
    const holders = new Map<string, string>();
    for (const some of chunksOf([...byHeld.keys()])) {
      const found = await this.#collections.records.find(
        { tenant, uniqueKeys: { $in: some } },
        { projection: { uniqueKeys: 1 } },
      );
      for (const { _id, uniqueKeys = [] } of found)
        for (const held of uniqueKeys) {
          const key = byHeld.get(held);
          if (key !== undefined) holders.set(key, _id.slice(recordKey(tenant, '').length));
        }
    }
    return holders;
  }

  async findByValues(
    tenant: string,
    type: string,
    attribute: FoundAttribute,
    values: readonly string[],
  ): Promise<readonly StoredRecord[]> {
    const found: StoredRecord[] = [];
    for (const some of chunksOf([...new Set(values)])) {
      const records = await this.#collections.records.find(
        { tenant, type, [searchField(attribute)]: { $in: some } },
        { projection: recordFields },
      );
      found.push(...records.map(storedRecord));
    }
    return found;
  }

  async query(query: StoreQuery): Promise<StorePage> {
    const { tenant, type, count = [] } = query;
    const asked = await this.#ask(query);
    if (asked === undefined) return { total: 0, records: [], ...(count.length === 0 ? {} : { counts: {} }) };
    const { filter, tests } = asked;
    const page = await listRecords(this.#collections.records, filter, query, asked.count);
    if (count.length === 0) return page;
    const counts = await Promise.all(
      count.map(async (key) => {
        const has = { tenant, lookupKeys: indexedKey(tenant, type, key) };
        const number = await this.#collections.records.count(
          tests.length === 0 ? has : { ...filter, $and: [...tests, has] },
        );
        return [key, number] as const;
      }),
    );
    return { ...page, counts: Object.fromEntries(counts.filter(([, number]) => number > 0)) };
  }

  async *members(tenant: string, group: string): AsyncGenerator<readonly Membership[]> {
    yield* this.#members.all(tenant, group);
  }

  async membersAmong(tenant: string, group: string, values: readonly string[]): Promise<readonly Membership[]> {
    const members: Membership[] = [];
    for (const some of chunksOf([...new Set(values)]))
      members.push(...(await this.#members.among(tenant, group, some)));
    return members;
  }

  async *membersWhere(tenant: string, group: string, condition: Condition): AsyncGenerator<readonly Membership[]> {
    const query = translateCondition(condition, { field: memberField });
    if (query !== NONE) yield* this.#members.all(tenant, group, query === EVERY ? {} : { $and: [query] });
  }

  async groupsOf(tenant: string, members: readonly string[]): Promise<ReadonlyMap<string, readonly GroupOfMember[]>> {
    return this.#groups.ask(tenant, members);
  }

  #ask(query: StoreQuery): Promise<AskedRecords | undefined> {
    return askRecords(this.#collections, this.#mover, this.#counts, query);
  }
}

function* chunksOf<T>(values: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < values.length; start += chunk) yield values.slice(start, start + chunk);
}
