import { readWithGroups } from '../../src/provisioning/records/read-with-groups.ts';
import type { DomainEvent } from '../../src/domain/events.ts';
import type {
  Commit,
  CommitResult,
  FoundAttribute,
  GroupOfMember,
  KeyTest,
  Membership,
  ResourceStore,
  StoredRecord,
  StorePage,
  StoreQuery,
} from '../../src/provisioning/records/resource-store.ts';
import type { DueRecords, Judged } from '../../src/provisioning/records/due-records.ts';
import type { Condition } from '../../src/scim/search/condition.ts';
import { elementDocument } from '../../src/scim/search/element-document.ts';
import { compareDocuments, matchCondition } from '../../src/scim/search/filter-match.ts';
import type { SearchDocument } from '../../src/scim/search/search-document.ts';
import { indexWalk } from './index-walk.ts';
import { groupType } from './resource-types.ts';

type Put = Extract<Commit, { kind: 'put' }>;

/**
 * A ResourceStore in memory: the port's meaning in the fewest words, for tests of what stands on it. Keeps deep
 * copies, as a database does.
 */
export class MemoryStore implements ResourceStore, DueRecords {
  transactions = true;
  joinsWrites = false;
  readonly events: DomainEvent[] = [];
  /** Commits tried so far, successful or not. */
  commits = 0;
  #puts = new Map<string, Put>();
  #members = new Map<string, Map<string, Membership>>();
  #beforeCommit: (() => Promise<void>) | undefined;

  /** Lets something happen once between somebody's read and their commit, as another process might. */
  interfereOnce(interference: () => Promise<void>): void {
    this.#beforeCommit = interference;
  }

  async commit(commit: Commit): Promise<CommitResult> {
    await Promise.resolve();
    await this.#interfere();
    this.commits += 1;
    return this.#apply(structuredClone(commit));
  }

  async commitAll(commits: readonly Commit[]): Promise<readonly CommitResult[]> {
    await this.#interfere();
    const puts = new Map(this.#puts);
    const members = structuredClone(this.#members);
    const events = this.events.length;
    const results: CommitResult[] = [];
    for (const commit of commits) {
      const result = await this.commit(commit);
      results.push(result);
      if (result.outcome === 'done') continue;
      this.#puts = puts;
      this.#members = members;
      this.events.splice(events);
      break;
    }
    return results;
  }

  async commitEach(commits: readonly Commit[]): Promise<readonly CommitResult[]> {
    const results: CommitResult[] = [];
    for (const commit of commits) results.push(await this.commit(commit));
    return results;
  }

  async get(tenant: string, type: string, id: string): Promise<StoredRecord | undefined> {
    const record = this.#puts.get(keyOf(tenant, id))?.record;
    return record?.type === type ? structuredClone(record) : undefined;
  }

  getWithGroups(tenant: string, type: string, id: string): ReturnType<ResourceStore['getWithGroups']> {
    return readWithGroups(this, tenant, type, id);
  }

  async typesOf(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return new Map(
      ids.flatMap((id) => {
        const put = this.#puts.get(keyOf(tenant, id));
        return put === undefined ? [] : [[id, put.record.type] as const];
      }),
    );
  }

  async findByKey(tenant: string, type: string, key: string): Promise<StoredRecord | undefined> {
    return structuredClone(
      this.#ofType(tenant, type).find((put) => put.uniqueKeys.includes(key) || put.lookupKeys.includes(key))?.record,
    );
  }

  async holdersOf(tenant: string, type: string, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const held = this.#ofType(tenant, type).flatMap(({ record, uniqueKeys }) =>
      uniqueKeys.filter((key) => keys.includes(key)).map((key) => [key, record.id] as const),
    );
    return new Map(held);
  }

  async findByValues(
    tenant: string,
    type: string,
    attribute: FoundAttribute,
    values: readonly string[],
  ): Promise<readonly StoredRecord[]> {
    return this.#ofType(tenant, type)
      .filter(({ search }) => values.includes(search[attribute] as string))
      .map(({ record }) => structuredClone(record));
  }

  async query({ tenant, type, condition, sort, limit, page, keys = [], count = [] }: StoreQuery): Promise<StorePage> {
    const found = this.#ofType(tenant, type).filter(
      (put) =>
        keys.every((test) => holdsFor(test, put.lookupKeys))
        && (condition === undefined
          || matchCondition(condition, put.search, {
            members: [...this.#membersOf(tenant, put.record.id).values()].map(memberDocument),
            groups: this.#groupsOf(tenant, put.record.id).map(groupDocument),
          })),
    );
    const having = (key: string): number => found.filter(({ lookupKeys }) => lookupKeys.includes(key)).length;
    const counts = Object.fromEntries(
      count.map((key) => [key, having(key)] as const).filter(([, number]) => number > 0),
    );
    if (sort?.descending) found.reverse();
    if (sort !== undefined) found.sort((one, other) => compareDocuments(sort, one.search, other.search));
    const { items, ...edges } =
      'offset' in page ? { items: found.slice(page.offset, page.offset + limit) } : indexWalk(found, limit, page);
    return {
      total: found.length,
      records: items.map(({ record }) => structuredClone(record)),
      ...edges,
      ...(count.length === 0 ? {} : { counts }),
    };
  }

  async *members(tenant: string, group: string): AsyncIterable<readonly Membership[]> {
    const all = [...this.#membersOf(tenant, group).values()];
    for (let from = 0; from < all.length; from += 100) yield all.slice(from, from + 100);
  }

  async membersAmong(tenant: string, group: string, values: readonly string[]): Promise<readonly Membership[]> {
    return values.flatMap((value) => this.#membersOf(tenant, group).get(value) ?? []);
  }

  async *membersWhere(tenant: string, group: string, condition: Condition): AsyncIterable<readonly Membership[]> {
    for await (const chunk of this.members(tenant, group))
      yield chunk.filter((member) => matchCondition(condition, memberDocument(member)));
  }

  async groupsOf(tenant: string, members: readonly string[]): Promise<ReadonlyMap<string, readonly GroupOfMember[]>> {
    return new Map(members.map((member) => [member, this.#groupsOf(tenant, member)]));
  }

  async tenantsDue(tenants: readonly string[], type: string, now: Date): Promise<readonly string[]> {
    const due = await Promise.all(tenants.map((tenant) => this.due(tenant, type, now, 1)));
    return tenants.filter((_tenant, index) => due[index]?.length === 1);
  }

  async due(tenant: string, type: string, now: Date, limit: number): Promise<readonly StoredRecord[]> {
    const moment = ({ dueAt }: Put): string => (dueAt === undefined ? '' : (dueAt ?? 'never'));
    return this.#ofType(tenant, type)
      .filter((put) => moment(put) <= now.toISOString())
      .sort((one, other) => (moment(one) < moment(other) ? -1 : 1))
      .slice(0, limit)
      .map(({ record }) => structuredClone(record));
  }

  async judge(tenant: string, type: string, judged: readonly Judged[]): Promise<void> {
    for (const { id, version, dueAt } of judged) {
      const put = this.#puts.get(keyOf(tenant, id));
      if (put?.record.type === type && put.record.version === version)
        this.#puts.set(keyOf(tenant, id), { ...put, dueAt });
    }
  }

  async #interfere(): Promise<void> {
    const interference = this.#beforeCommit;
    this.#beforeCommit = undefined;
    await interference?.();
  }

  #groupsOf(tenant: string, member: string): GroupOfMember[] {
    const found = new Map<string, GroupOfMember>();
    const visit = (value: string, type: 'direct' | 'indirect'): void => {
      for (const { record } of this.#ofType(tenant, 'Group')) {
        if (found.has(record.id) || !this.#membersOf(tenant, record.id).has(value)) continue;
        found.set(record.id, { value: record.id, display: record.resource['displayName'] as string, type });
        visit(record.id, 'indirect');
      }
    };
    visit(member, 'direct');
    return [...found.values()];
  }

  #apply(commit: Commit): CommitResult {
    const { tenant, type, id } = commit.kind === 'put' ? commit.record : commit;
    const key = keyOf(tenant, id);
    const version = this.#puts.get(key)?.record.version;
    if ((version ?? 0) !== commit.expectedVersion) return { outcome: 'conflict', version };
    if (commit.kind === 'remove') {
      this.#puts.delete(key);
      this.#members.delete(key);
      for (const members of this.#members.values()) members.delete(id);
      this.events.push(...commit.events);
      return { outcome: 'done' };
    }
    for (const unique of commit.uniqueKeys) {
      const holder = this.#ofType(tenant, type).find((put) => put.record.id !== id && put.uniqueKeys.includes(unique));
      if (holder !== undefined) return { outcome: 'duplicate', key: unique, holder: holder.record.id };
    }
    this.#puts.set(key, commit);
    const members = this.#membersOf(tenant, id);
    if (commit.members?.clear === true) members.clear();
    for (const value of commit.members?.remove ?? []) members.delete(value);
    for (const member of commit.members?.add ?? []) members.set(member.value, member);
    this.events.push(...commit.events);
    return { outcome: 'done' };
  }

  #membersOf(tenant: string, group: string): Map<string, Membership> {
    const key = keyOf(tenant, group);
    const members = this.#members.get(key) ?? new Map<string, Membership>();
    this.#members.set(key, members);
    return members;
  }

  #ofType(tenant: string, type: string): Put[] {
    return [...this.#puts.values()].filter(({ record }) => record.tenant === tenant && record.type === type);
  }
}

function holdsFor({ anyOf, not = false }: KeyTest, keys: readonly string[]): boolean {
  const isIn = (key: string): boolean =>
    anyOf.some((range) => ('is' in range ? key === range.is : key >= range.from && key < range.below));
  return keys.some(isIn) !== not;
}

function keyOf(tenant: string, id: string): string {
  return JSON.stringify([tenant, id]);
}

function groupDocument({ value, display, type }: GroupOfMember): SearchDocument {
  return { value, type, ...(display === undefined ? {} : { display: display.toLowerCase() }) };
}

function memberDocument(member: Membership): SearchDocument {
  return elementDocument(groupType.resolve({ attribute: 'members' })!.attribute, { ...member });
}
