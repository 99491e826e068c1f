import { readWithGroups } from './read-with-groups.ts';
import { foldCase } from '../../scim/model/case-fold.ts';
import type { Condition } from '../../scim/search/condition.ts';
import { matchCondition } from '../../scim/search/filter-match.ts';
import type {
  Commit,
  CommitResult,
  FoundAttribute,
  Membership,
  ResourceStore,
  StoredRecord,
  StorePage,
  StoreQuery,
} from './resource-store.ts';
import { StagedMembers } from './staged-members.ts';

type Put = Extract<Commit, { kind: 'put' }>;

/**
 * A store that keeps what is committed to it to itself, and reads as if it were written, until all of it is written
 * at once. Holds nothing still: whether the records are as they were read is decided by the versions in its commits,
 * when the database is asked.
 */
export class StagedStore implements ResourceStore {
  readonly transactions = true;
  readonly #base: ResourceStore;
  /** What it reads below its own writes: the base, or what is on its way there. */
  #below: ResourceStore;
  readonly #commits: Commit[] = [];
  /** The last commit of each record. */
  readonly #records = new Map<string, Commit>();
  /** Records of the database that have been read. */
  readonly #read = new Map<string, Promise<StoredRecord | undefined>>();
  /** Which staged record holds a key. */
  readonly #holders = new Map<string, Put>();
  readonly #members = new Map<string, StagedMembers>();

  /** @param onto a store whose staged writes show in this one, and are written before it */
  constructor(base: ResourceStore, onto?: StagedStore) {
    this.#base = base;
    this.#below = onto ?? base;
  }

  /** Staged writes, in the order in which they came. */
  get commits(): readonly Commit[] {
    return this.#commits;
  }

  /** Whether anything waits to be written. */
  get isEmpty(): boolean {
    return this.#commits.length === 0;
  }

  /** Writes all of it. @returns false, with nothing written, when a record or key was changed meanwhile */
  async write(): Promise<boolean> {
    // What it was staged onto is written by now.
    this.#below = this.#base;
    const results = await this.#base.commitAll(this.#commits);
    return results.every(({ outcome }) => outcome === 'done');
  }

  async commit(commit: Commit): Promise<CommitResult> {
    const { tenant, type, id } = commit.kind === 'put' ? commit.record : commit;
    // Whether a new id is free is decided when all of it is written.
    const isNew = commit.expectedVersion === 0 && !this.#records.has(nameOf(tenant, id));
    const standing = isNew ? undefined : await this.get(tenant, type, id);
    if ((standing?.version ?? 0) !== commit.expectedVersion) return { outcome: 'conflict', version: standing?.version };
    const keys = commit.kind === 'put' ? (commit.freshKeys ?? commit.uniqueKeys) : [];
    for (const [key, holder] of await this.holdersOf(tenant, type, keys))
      if (holder !== id) return { outcome: 'duplicate', key, holder };
    this.#stage(commit, tenant, type, id);
    return { outcome: 'done' };
  }

  async commitAll(commits: readonly Commit[]): Promise<readonly CommitResult[]> {
    const trial = new StagedStore(this);
    const results: CommitResult[] = [];
    for (const commit of commits) {
      const result = await trial.commit(commit);
      results.push(result);
      if (result.outcome !== 'done') return results;
    }
    for (const commit of commits) await this.commit(commit);
    return results;
  }

  async commitEach(commits: readonly Commit[]): Promise<readonly CommitResult[]> {
    const results: CommitResult[] = [];
    for (const commit of commits) results.push(await this.commit(commit));
    return results;
  }

  async get(tenant: string, type: string, id: string): Promise<StoredRecord | undefined> {
    const staged = this.#records.get(nameOf(tenant, id));
    if (staged === undefined) return this.#fromBase(tenant, type, id);
    return staged.kind === 'put' && staged.record.type === type ? staged.record : undefined;
  }

  getWithGroups(tenant: string, type: string, id: string): ReturnType<ResourceStore['getWithGroups']> {
    return readWithGroups(this, tenant, type, id);
  }

  /** As it was first read: whether it is still so is decided when all of it is written. */
  #fromBase(tenant: string, type: string, id: string): Promise<StoredRecord | undefined> {
    const name = nameOf(tenant, type, id);
    const read = this.#read.get(name) ?? this.#below.get(tenant, type, id);
    this.#read.set(name, read);
    return read;
  }

  async typesOf(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const types = new Map(await this.#below.typesOf(tenant, ids));
    for (const id of ids) {
      const staged = this.#records.get(nameOf(tenant, id));
      if (staged?.kind === 'put') types.set(id, staged.record.type);
      else if (staged !== undefined) types.delete(id);
    }
    return types;
  }

  async findByKey(tenant: string, type: string, key: string): Promise<StoredRecord | undefined> {
    const staged = this.#holders.get(nameOf(tenant, type, key));
    if (staged !== undefined) return staged.record;
    const found = await this.#below.findByKey(tenant, type, key);
    // What has been changed here no longer holds what it does not hold here.
    return found === undefined || this.#records.has(nameOf(tenant, found.id)) ? undefined : found;
  }

  async holdersOf(tenant: string, type: string, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const staged = keys.map((key) => [key, this.#holders.get(nameOf(tenant, type, key))?.record.id] as const);
    const others = staged.flatMap(([key, id]) => (id === undefined ? [key] : []));
    const below = others.length === 0 ? new Map<string, string>() : await this.#below.holdersOf(tenant, type, others);
    const holders = new Map<string, string>();
    // In the order of the keys. What has been changed here no longer holds what it does not hold here.
    for (const [key, id] of staged) {
      const found = below.get(key);
      const holder = id ?? (found !== undefined && this.#records.has(nameOf(tenant, found)) ? undefined : found);
      if (holder !== undefined) holders.set(key, holder);
    }
    return holders;
  }

  /** As the database has it: nothing that writes asks for lists. */
  findByValues(
    tenant: string,
    type: string,
    attribute: FoundAttribute,
    values: readonly string[],
  ): Promise<readonly StoredRecord[]> {
    return this.#below.findByValues(tenant, type, attribute, values);
  }

  /** As the database has it: nothing that writes asks for lists. */
  query(query: StoreQuery): Promise<StorePage> {
    return this.#below.query(query);
  }

  async *members(tenant: string, group: string): AsyncGenerator<readonly Membership[]> {
    yield* this.#overlaid(
      tenant,
      group,
      (store) => store.members(tenant, group),
      () => true,
    );
  }

  async membersAmong(tenant: string, group: string, values: readonly string[]): Promise<readonly Membership[]> {
    const wanted = new Set(values);
    const read = async function* (store: ResourceStore) {
      yield await store.membersAmong(tenant, group, values);
    };
    const found: Membership[] = [];
    for await (const chunk of this.#overlaid(tenant, group, read, ({ value }) => wanted.has(value)))
      found.push(...chunk);
    return found;
  }

  async *membersWhere(tenant: string, group: string, condition: Condition): AsyncGenerator<readonly Membership[]> {
    yield* this.#overlaid(
      tenant,
      group,
      (store) => store.membersWhere(tenant, group, condition),
      (member) => matchCondition(condition, searchOf(member)),
    );
  }

  /** As the database has it: nothing that writes asks whose member a resource is. */
  groupsOf(tenant: string, members: readonly string[]): ReturnType<ResourceStore['groupsOf']> {
    return this.#below.groupsOf(tenant, members);
  }

  #stage(commit: Commit, tenant: string, type: string, id: string): void {
    const name = nameOf(tenant, id);
    const before = this.#records.get(name);
    for (const key of before?.kind === 'put' ? keysOf(before) : []) this.#holders.delete(nameOf(tenant, type, key));
    this.#commits.push(commit);
    this.#records.set(name, commit);
    if (commit.kind === 'remove') return;
    for (const key of keysOf(commit)) this.#holders.set(nameOf(tenant, type, key), commit);
    if (commit.members === undefined) return;
    this.#membersOf(tenant, id).change(commit.members);
  }

  /**
   * What the database has, less what is gone here, and what is added here. Who has been removed altogether is nowhere
   * a member.
   */
  async *#overlaid(
    tenant: string,
    group: string,
    read: (store: ResourceStore) => AsyncIterable<readonly Membership[]>,
    isWanted: (member: Membership) => boolean,
  ): AsyncGenerator<readonly Membership[]> {
    const { cleared, removed, added } = this.#membersOf(tenant, group);
    const exists = (value: string): boolean => this.#records.get(nameOf(tenant, value))?.kind !== 'remove';
    if (!cleared) {
      for await (const chunk of read(this.#below))
        yield chunk.filter(({ value }) => !removed.has(value) && !added.has(value) && exists(value));
    }
    yield [...added.values()].filter((member) => exists(member.value) && isWanted(member));
  }

  #membersOf(tenant: string, group: string): StagedMembers {
    const name = nameOf(tenant, group);
    const members = this.#members.get(name) ?? new StagedMembers();
    this.#members.set(name, members);
    return members;
  }
}

function keysOf({ uniqueKeys, lookupKeys }: Put): readonly string[] {
  return [...uniqueKeys, ...lookupKeys];
}

function nameOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

/** A member as conditions read it: `value` exact, the others folded. */
function searchOf({ value, type, display }: Membership) {
  return { value, type: foldCase(type), ...(display === undefined ? {} : { display: foldCase(display) }) };
}
