import { readWithGroups } from '../../provisioning/records/read-with-groups.ts';
import type { Clock } from '../../base/clock.ts';
import { refuseOverdue } from '../../provisioning/records/refuse-overdue.ts';
import type {
  Commit,
  CommitResult,
  FoundAttribute,
  GroupOfMember,
  Membership,
  ResourceStore,
  ShownReads,
  StoredRecord,
  StorePage,
  StoreQuery,
} from '../../provisioning/records/resource-store.ts';
import type { Condition } from '../../scim/search/condition.ts';
import type { Soon } from '../../base/soon.ts';
import { each, inTurns, turnTaking } from '../../base/cooperative.ts';
import { commitRows } from './writing/commit-rows.ts';
import type { Connection } from './database/connection.ts';
import { firstValue } from './database/json-value.ts';
import { Sql } from './database/sql.ts';
import type { KeptRows } from './kept-rows.ts';
import { rowOf, ShownRows } from './shown-rows.ts';
import { chunksOf } from './search/chunks-of.ts';
import { MemberReads } from './search/member-reads.ts';
import { GroupsAbove } from './search/groups-above.ts';
import type { LocatedQuery } from './search/located-query.ts';
import type { RowPage, TextPage } from './search/place-page.ts';
import type { RecordLists } from './search/record-lists.ts';
import { packedRecord, shownRecord, storedRecord } from './search/record-row.ts';
import type { ScanThreads } from './search/scan-threads.ts';
import type { WriteThread } from './writing/write-thread.ts';

/** What SqliteResources works with. */
export interface SqliteResourcesOptions {
  readonly reader: Connection;
  readonly lists: RecordLists;
  readonly writes: WriteThread;
  readonly scans: ScanThreads;
  readonly rows: KeptRows;
  readonly clock: Clock;
}

/** Members whose groups are looked for at once: each may be in many. */
const MEMBERS_AT_ONCE = 100;

/** Resources and memberships in SQLite. */
export class SqliteResources implements ResourceStore {
  readonly transactions = true;
  readonly joinsWrites = true;
  readonly shown: ShownReads = {
    get: (...asked) => this.#rows.get(...asked),
    memberTexts: (...asked) => this.#memberReads.texts(...asked),
    query: async (query) => {
      const { rows, ...page } = await this.#page(query);
      return { ...page, records: await inTurns(each(rows, shownRecord)) };
    },
    queryText: (query, frame) => {
      const located = this.#lists.locate(query);
      return this.#lists.quickText(located, frame) ?? this.#scannedText(located, frame);
    },
  };
  readonly #reader: Connection;
  readonly #lists: RecordLists;
  readonly #writes: WriteThread;
  readonly #scans: ScanThreads;
  readonly #rows: ShownRows;
  readonly #memberReads: MemberReads;
  readonly #clock: Clock;

  constructor({ reader, lists, writes, scans, rows, clock }: SqliteResourcesOptions) {
    this.#reader = reader;
    this.#memberReads = new MemberReads(reader);
    this.#lists = lists;
    this.#writes = writes;
    this.#scans = scans;
    this.#rows = new ShownRows(reader, rows);
    this.#clock = clock;
  }

  async commit(commit: Commit): Promise<CommitResult> {
    const [result] = await this.commitAll([commit]);
    if (result === undefined) throw new Error('a commit ended without a result');
    return result;
  }

  async commitAll(commits: readonly Commit[]): Promise<readonly CommitResult[]> {
    const steps = commitRows(commits, this.#clock.now());
    const first = steps.next();
    // What names few members is ready at once.
    const rows = first.done === true ? first.value : await inTurns(steps);
    refuseOverdue(...commits);
    return this.#writes.run('commitAll', rows);
  }

  /** What is asked for in one turn of the event loop goes to the thread in one message, and to disk with one sync. */
  async commitEach(commits: readonly Commit[]): Promise<readonly CommitResult[]> {
    return Promise.all(commits.map((commit) => this.commit(commit)));
  }

  async get(tenant: string, type: string, id: string): Promise<StoredRecord | undefined> {
    const row = rowOf(this.#reader, tenant, type, id);
    return row === undefined ? undefined : storedRecord(row);
  }

  getWithGroups(tenant: string, type: string, id: string): ReturnType<ResourceStore['getWithGroups']> {
    return readWithGroups(this, tenant, type, id);
  }

  async typesOf(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const types = new Map<string, string>();
    for await (const some of chunksOf(ids)) {
      for (const [id, type] of this.#reader.all<[string, string]>(
        'SELECT id, type FROM records WHERE tenant = ? AND id IN (SELECT value FROM json_each(?))',
        tenant,
        some,
      ))
        types.set(id, type);
    }
    return types;
  }

  async findByKey(tenant: string, type: string, key: string): Promise<StoredRecord | undefined> {
    const row = this.#reader.get<[string]>(
      `SELECT ${packedRecord.text} FROM records WHERE position = coalesce(
         (SELECT position FROM unique_keys WHERE tenant = ? AND type = ? AND key = ?),
         (SELECT position FROM lookup_keys WHERE tenant = ? AND type = ? AND key = ? LIMIT 1))`,
      tenant,
      type,
      key,
      tenant,
      type,
      key,
    );
    return row === undefined ? undefined : storedRecord(row[0]);
  }

  async holdersOf(tenant: string, type: string, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const holders = new Map<string, string>();
    for await (const some of chunksOf(keys)) {
      for (const [key, id] of this.#reader.all<[string, string]>(
        `SELECT unique_keys.key, records.id FROM json_each(?) AS wanted
         CROSS JOIN unique_keys ON unique_keys.tenant = ? AND unique_keys.type = ? AND unique_keys.key = wanted.value
         CROSS JOIN records ON records.position = unique_keys.position`,
        some,
        tenant,
        type,
      ))
        holders.set(key, id);
    }
    return holders;
  }

  async findByValues(
    tenant: string,
    type: string,
    attribute: FoundAttribute,
    values: readonly string[],
  ): Promise<readonly StoredRecord[]> {
    const { text } = firstValue(new Sql('records.search'), [{ key: attribute, multiValued: false }]).value;
    const found: StoredRecord[] = [];
    for await (const some of chunksOf(values)) {
      const rows = this.#reader.all<[string]>(
        `SELECT ${packedRecord.text} FROM json_each(?) AS wanted
         CROSS JOIN records ON records.tenant = ? AND records.type = ? AND ${text} = wanted.value`,
        some,
        tenant,
        type,
      );
      found.push(...(await inTurns(each(rows, ([row]) => storedRecord(row)))));
    }
    return found;
  }

  async query(query: StoreQuery): Promise<StorePage> {
    const { rows, ...page } = await this.#page(query);
    return { ...page, records: await inTurns(each(rows, storedRecord)) };
  }

  async #page(query: StoreQuery): Promise<RowPage> {
    const located = this.#lists.locate(query);
    return this.#lists.quickPage(located) ?? (await this.#scans.page(located));
  }

  async #scannedText(query: LocatedQuery, frame: Parameters<ShownReads['queryText']>[1]): Promise<TextPage> {
    const { text, ...page } = await this.#scans.text(query, frame);
    // A Buffer comes from a thread as plain bytes.
    if (text === undefined) return page;
    const { buffer, byteOffset, byteLength } = text.text;
    return { ...page, text: { ...text, text: Buffer.from(buffer, byteOffset, byteLength) } };
  }

  members(tenant: string, group: string): AsyncIterable<readonly Membership[]> {
    return this.#memberReads.members(tenant, group);
  }

  membersAmong(tenant: string, group: string, values: readonly string[]): Promise<readonly Membership[]> {
    return this.#memberReads.membersAmong(tenant, group, values);
  }

  membersWhere(tenant: string, group: string, condition: Condition): AsyncIterable<readonly Membership[]> {
    return this.#memberReads.membersWhere(tenant, group, condition);
  }

  /** Those of few members at once, those of many in turns. */
  groupsOf(tenant: string, members: readonly string[]): Soon<ReadonlyMap<string, readonly GroupOfMember[]>> {
    if (members.length > MEMBERS_AT_ONCE) return this.#groupsOfMany(tenant, members);
    const found = new GroupsAbove(this.#reader, tenant).of(members);
    return new Map(members.map((member) => [member, found.get(member) ?? []]));
  }

  async #groupsOfMany(
    tenant: string,
    members: readonly string[],
  ): Promise<ReadonlyMap<string, readonly GroupOfMember[]>> {
    const groups = new Map<string, readonly GroupOfMember[]>(members.map((member) => [member, []]));
    const above = new GroupsAbove(this.#reader, tenant);
    const takeTurns = turnTaking();
    for (let start = 0; start < members.length; start += MEMBERS_AT_ONCE) {
      for (const [member, found] of above.of(members.slice(start, start + MEMBERS_AT_ONCE))) groups.set(member, found);
      await takeTurns();
    }
    return groups;
  }
}
