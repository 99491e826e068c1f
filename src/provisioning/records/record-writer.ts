import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import type { DomainEvent } from '../../domain/events.ts';
import type { IdempotencyKey } from '../../scim/port/idempotency-key.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Precondition } from '../../scim/port/resource-handler.ts';
import type { Resource } from '../../scim/model/resource.ts';
import { PreconditionFailedError, UniquenessError } from '../../scim/model/scim-error.ts';
import type { SearchDocument } from '../../scim/search/search-document.ts';
import { attributeOfUniqueKey, uniqueKeysOf } from '../../scim/model/unique-keys.ts';
import type { Account } from './account.ts';
import { changesOf, type WrittenChange } from './changes-of.ts';
import { completeOrigin, type EventDraft, type Origin } from './origin.ts';
import { groupNameUniqueKey, lookupKeysOf } from './lookup-keys.ts';
import { searchOf } from './search-of.ts';
import { KeyedQueue } from './keyed-queue.ts';
import {
  type Commit,
  type DueAt,
  type MembershipChange,
  type PublicPart,
  type ResourceStore,
  StoreUnavailableError,
  type StoredRecord,
  TransactionsUnsupportedError,
} from './resource-store.ts';
import { StagedStore } from './staged-store.ts';

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
  /** Given: compute and check everything, store nothing, and tell here what would have been written. */
  readonly rehearse?: (commit: Commit, before: StoredRecord | undefined) => void;
}

/** The answer of a piece of work, and whether its writes are kept. */
export interface AtomicWork<Answer> {
  readonly keep: boolean;
  readonly answer: Answer;
}

const attempts = 12;

/**
 * Reads a record, lets the caller decide, and writes if the record has not changed since. Writers of one record in this
 * process queue up, so that any number of them neither fail nor spin; conflicts with other processes are retried after
 * a short random pause.
 */
export class RecordWriter {
  readonly #store: ResourceStore;
  readonly #clock: Clock;
  readonly #onEvents: () => void;
  readonly #dueAt: ((record: StoredRecord) => DueAt) | undefined;
  readonly #publicPart: ((type: ResourceType, record: StoredRecord) => PublicPart | undefined) | undefined;
  readonly #queue = new KeyedQueue();

  /**
   * @param onEvents called after each commit that held events, so that what they ask for need not wait to be found
   * @param dueAt says of a record to be written when time alone next changes what it shows; without it, the sweep
   *   looks at all that is written
   * @param publicPart says what of a record to be written is shown as it is, and how long; without it, reads find out
   */
  constructor(
    store: ResourceStore,
    clock: Clock,
    onEvents: () => void = () => undefined,
    dueAt?: (record: StoredRecord) => DueAt,
    publicPart?: (type: ResourceType, record: StoredRecord) => PublicPart | undefined,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#onEvents = onEvents;
    this.#dueAt = dueAt;
    this.#publicPart = publicPart;
  }

  /**
   * Writes a new record.
   * @throws UniquenessError naming the attribute and the resource that holds the value
   */
  async create(ref: RecordRef, change: RecordChange, options: WriteOptions): Promise<StoredRecord> {
    const commit = this.#commitOf(ref, undefined, change, options);
    if (options.rehearse !== undefined) {
      await this.#refuseTaken(ref, commit.uniqueKeys);
      options.rehearse(commit, undefined);
    } else {
      const result = await this.#store.commit(commit);
      if (result.outcome === 'duplicate') throw taken(ref, result.key, result.holder);
      if (result.outcome === 'conflict') throw new StoreUnavailableError(`The new id ${ref.id} is in use.`);
      if (commit.events.length > 0) this.#onEvents();
    }
    return commit.record;
  }

  /**
   * Writes many new records of one type and tenant, each atomic by itself, in as few turns to the database as it can.
   * @returns of each, in their order, the record, or the error that `create` would throw
   */
  async createEach(creates: readonly RecordCreate[]): Promise<readonly (StoredRecord | UniquenessError)[]> {
    const commits = creates.map(({ ref, change, options }) => this.#commitOf(ref, undefined, change, options));
    if (creates.every(({ options }) => options.rehearse !== undefined)) return this.#rehearseEach(creates, commits);
    const results = await this.#store.commitEach(commits);
    if (commits.some(({ events }) => events.length > 0)) this.#onEvents();
    return commits.map(({ record }, index) => {
      const result = results[index];
      const { ref } = creates[index]!;
      if (result?.outcome === 'duplicate') return taken(ref, result.key, result.holder);
      if (result?.outcome !== 'done') throw new StoreUnavailableError(`The new id ${ref.id} is in use.`);
      return record;
    });
  }

  async #rehearseEach(
    creates: readonly RecordCreate[],
    commits: readonly Put[],
  ): Promise<readonly (StoredRecord | UniquenessError)[]> {
    const [first] = creates;
    if (first === undefined) return [];
    const { tenant, type } = first.ref;
    const keys = commits.flatMap(({ uniqueKeys }) => uniqueKeys);
    const holders = await this.#store.holdersOf(tenant, type.name, keys);
    return commits.map((commit, index) => {
      const { ref, options } = creates[index]!;
      const key = commit.uniqueKeys.find((each) => holders.has(each));
      if (key !== undefined) return taken(ref, key, holders.get(key) ?? '');
      options.rehearse?.(commit, undefined);
      return commit.record;
    });
  }

  /**
   * Changes a record.
   * @param decide gets the record as it is, undefined when there is none; it is called again, on the newer record,
   *   when another process
   *   was quicker. It must do nothing slow and have no effects of its own.
   * @throws PreconditionFailedError when the record is not at a version that the caller named; UniquenessError; what
   *   `decide` throws;
   *   StoreUnavailableError when others were quicker too often
   */
  async update<Answer>(
    ref: RecordRef,
    decide: (record: StoredRecord | undefined) => Decision<Answer> | Promise<Decision<Answer>>,
    options: WriteOptions,
  ): Promise<Answer> {
    return this.#queue.run(JSON.stringify([ref.tenant, ref.type.name, ref.id]), async () => {
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        const record = await this.#store.get(ref.tenant, ref.type.name, ref.id);
        if (record !== undefined) checkPrecondition(options.precondition, record.version);
        const decision = await decide(record);
        if (decision.kind === 'keep') return decision.answer;
        const commit = this.#commitFor(ref, record, decision, options);
        const answer = (): Answer =>
          decision.kind === 'put' ? decision.answer((commit as Put).record) : decision.answer;
        if (options.rehearse !== undefined) {
          if (commit.kind === 'put') await this.#refuseTaken(ref, commit.uniqueKeys);
          options.rehearse(commit, record);
          return answer();
        }
        const result = await this.#store.commit(commit);
        if (result.outcome === 'done') {
          if (commit.events.length > 0) this.#onEvents();
          return answer();
        }
        if (result.outcome === 'duplicate') throw taken(ref, result.key, result.holder);
        if (options.precondition?.ifMatch !== undefined && options.precondition.ifMatch !== '*')
          throw stale(result.version);
        await pause(attempt);
      }
      throw new StoreUnavailableError('The resource is being changed by too many at once.');
    });
  }

  /**
   * Does a piece of work whose writes take effect all together, in one atomic write of the store, or not at all.
   * @param work gets a store and a writer of its own, in which its earlier writes show; it is called again, from the
   *   beginning, when one of its records was changed meanwhile
   * @returns the work's answer; nothing is written when that is not to be kept
   * @throws TransactionsUnsupportedError on a database that cannot; StoreUnavailableError after too many conflicts;
   *   what `work` throws
   */
  async atomically<Answer>(
    work: (store: ResourceStore, writer: RecordWriter) => Promise<AtomicWork<Answer>>,
  ): Promise<Answer> {
    if (!this.#store.transactions)
      throw new TransactionsUnsupportedError('This database writes one resource at a time.');
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const staged = new StagedStore(this.#store);
      const { keep, answer } = await work(staged, this.#over(staged));
      if (!keep || staged.isEmpty) return answer;
      if (await staged.write()) {
        this.#onEvents();
        return answer;
      }
      await pause(attempt);
    }
    throw new StoreUnavailableError('The resources are being changed by too many at once.');
  }

  /**
   * Does a piece of work whose writes go to the store together, once.
   * @param work as that of `atomically`
   * @returns false, with nothing written, where somebody was quicker or the database writes one resource at a time
   */
  async together(work: (store: ResourceStore, writer: RecordWriter) => Promise<void>): Promise<boolean> {
    if (!this.#store.transactions) return false;
    const staged = new StagedStore(this.#store);
    await work(staged, this.#over(staged));
    if (staged.isEmpty) return true;
    const isWritten = await staged.write();
    if (isWritten) this.#onEvents();
    return isWritten;
  }

  /** A writer to another store, by the same rules; that store's events are told when it is written. */
  #over(store: ResourceStore): RecordWriter {
    return new RecordWriter(store, this.#clock, undefined, this.#dueAt, this.#publicPart);
  }

  #commitFor<Answer>(
    ref: RecordRef,
    before: StoredRecord | undefined,
    decision: Exclude<Decision<Answer>, { kind: 'keep' }>,
    options: WriteOptions,
  ): Commit {
    if (decision.kind === 'put') return this.#commitOf(ref, before, decision.change, options);
    const version = before?.version ?? 0;
    const now = this.#clock.now().toISOString();
    return {
      kind: 'remove',
      tenant: ref.tenant,
      type: ref.type.name,
      id: ref.id,
      expectedVersion: version,
      isOver: options.isOver,
      events: this.#stamp(ref, version + 1, { before, events: decision.events }, options.origin, now),
    };
  }

  #commitOf(
    ref: RecordRef,
    before: StoredRecord | undefined,
    change: RecordChange,
    { origin, isOver }: WriteOptions,
  ): Put {
    const now = this.#clock.now().toISOString();
    const version = (before?.version ?? 0) + 1;
    const { resource } = change;
    const account = withSource(change.account, before, origin);
    // A resource holds the key of the attempt that made it as long as it lives: whatever becomes of it, a late
    // repetition finds it.
    const attempt = before === undefined ? change.attempt : before.attempt;
    const record: StoredRecord = {
      tenant: ref.tenant,
      type: ref.type.name,
      id: ref.id,
      version,
      created: before?.created ?? change.created ?? now,
      lastModified: now,
      resource,
      ...(account === undefined ? {} : { account }),
      ...(attempt === undefined ? {} : { attempt }),
    };
    const search = searchOf(ref.type, record, change.search);
    const keys = uniqueKeysOf(ref.type, resource);
    const more = change.uniqueKeys ?? [];
    const held = before === undefined ? [] : uniqueKeysOf(ref.type, before.resource);
    const publicPart = this.#publicPart?.(ref.type, record);
    return {
      kind: 'put',
      record,
      expectedVersion: version - 1,
      isOver,
      search,
      uniqueKeys: [...keys, ...more, ...(attempt === undefined ? [] : [attemptKey(attempt)])],
      // The key of the attempt is the record's own as long as it lives.
      ...(before === undefined ? {} : { freshKeys: [...keys.filter((key) => !held.includes(key)), ...more] }),
      lookupKeys: lookupKeysOf(ref.type, record, search),
      ...(change.members === undefined ? {} : { members: change.members }),
      ...(this.#dueAt === undefined ? {} : { dueAt: this.#dueAt(record) }),
      ...(publicPart === undefined ? {} : { publicPart }),
      events: this.#stamp(ref, version, { ...change, ...(account && { account }), before }, origin, now),
    };
  }

  /** The first event of a write tells what it changed; a write that tells nothing else tells that. */
  #stamp(ref: RecordRef, version: number, change: WrittenChange, origin: Origin, at: string): DomainEvent[] {
    const name = nameOf(change.resource ?? change.before?.resource);
    const { rules = [], tellsWebhooks, ...complete } = completeOrigin(origin, { id: ref.id, name: name ?? ref.id });
    const changes = changesOf(ref.type, change);
    const drafts: readonly EventDraft[] =
      change.events.length > 0 ? change.events : [{ type: 'record.updated', data: {} }];
    return drafts.map(({ id = this.#clock.newId(), type, data }, index) => ({
      id,
      tenant: ref.tenant,
      type,
      at,
      resourceType: ref.type.name,
      resourceId: ref.id,
      version,
      ...complete,
      ...(name === undefined ? {} : { name }),
      ...(index > 0 || changes.length === 0 ? {} : { changes }),
      ...(index > 0 || rules.length === 0 ? {} : { rules }),
      data: tellsWebhooks === true ? { ...data, webhooks: true } : data,
    }));
  }

  /** A dry run has no database to refuse a duplicate; as nothing is stored, looking is enough. */
  async #refuseTaken(ref: RecordRef, keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const holder = await this.#store.findByKey(ref.tenant, ref.type.name, key);
      if (holder !== undefined && holder.id !== ref.id) throw taken(ref, key, holder.id);
    }
  }
}

type Put = Extract<Commit, { kind: 'put' }>;

/** What people know a resource by. */
function nameOf(resource: Resource = {}): string | undefined {
  const name = resource['userName'] ?? resource['displayName'];
  return typeof name === 'string' ? name : undefined;
}

/** The account with the client that made it: a person keeps it as long as they live. */
function withSource(
  account: Account | undefined,
  before: StoredRecord | undefined,
  origin: Origin,
): Account | undefined {
  if (account === undefined) return undefined;
  const source = before === undefined ? (account.source ?? origin.client) : before.account?.source;
  return source === account.source || source === undefined ? account : { ...account, source };
}

/** Lets those who were quicker get on, for a random while that grows. */
function pause(attempt: number): Promise<void> {
  return sleep(Math.random() * Math.min(200, 5 * 2 ** attempt));
}

/** The key of a create that may be repeated: who makes it first has it. */
export function attemptKey({ key }: IdempotencyKey): string {
  return `idempotency-key:${key}`;
}

/** The 409 that names the attribute and the holder (RFC 7644 §3.3). */
export function taken({ type }: RecordRef, key: string, holder: string): UniquenessError {
  const attribute =
    attributeOfUniqueKey(type, key)
    ?? (key.startsWith(groupNameUniqueKey('')) ? 'displayName' : key.slice(0, Math.max(0, key.indexOf(':'))));
  return new UniquenessError(`${attribute}: another ${type.name} has this value already`, holder);
}

function checkPrecondition({ ifMatch, ifNoneMatch }: Precondition = {}, version: number): void {
  if (ifMatch !== undefined && ifMatch !== '*' && !ifMatch.includes(version)) throw stale(version);
  if (ifNoneMatch !== undefined && (ifNoneMatch === '*' || ifNoneMatch.includes(version))) {
    throw new PreconditionFailedError(`If-None-Match does not allow this: the resource is at version W/"${version}".`);
  }
}

function stale(version: number | undefined): PreconditionFailedError {
  return new PreconditionFailedError(
    version === undefined
      ? 'The resource is gone.'
      : `The resource has changed: it is at version W/"${version}", which If-Match does not name. Read `
          + 'it again and repeat the change.',
  );
}
