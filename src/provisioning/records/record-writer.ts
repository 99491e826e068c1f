import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import type { DomainEvent } from '../../domain/events.ts';
import type { UniquenessError } from '../../scim/model/scim-error.ts';
import { KeyedQueue } from '../../base/keyed-queue.ts';
import {
  type Commit,
  type ResourceStore,
  StoreUnavailableError,
  type StoredRecord,
  TransactionsUnsupportedError,
} from './resource-store.ts';
import { StagedStore } from './staged-store.ts';
import { StagedWrites } from './staged-writes.ts';
import type { RecordRef, RecordChange, RecordCreate, Decision, WriteOptions, AtomicWork } from './record-change.ts';
import { taken, checkPrecondition, stale } from './write-refusals.ts';
import { CommitMaker, type CommitRules, type Put } from './commit-maker.ts';

const attempts = 12;

/**
 * Reads a record, lets the caller decide, and writes if the record has not changed since. Writers of one record in this
 * process queue up, so that any number of them neither fail nor spin; conflicts with other processes are retried after
 * a short random pause.
 */
export class RecordWriter {
  readonly #store: ResourceStore;
  readonly #clock: Clock;
  readonly #onEvents: (events: readonly DomainEvent[]) => void;
  readonly #rules: CommitRules;
  readonly #maker: CommitMaker;
  readonly #queue = new KeyedQueue();

  /**
   * @param onEvents called with the events of commits, less those that ask for nothing, so that what they ask for need
   *   not wait to be found
   * @param rules what is written beside a resource; without `dueAt` the sweep looks at all that is written, without
   *   `publicPart` reads find out what is shown
   */
  constructor(
    store: ResourceStore,
    clock: Clock,
    onEvents: (events: readonly DomainEvent[]) => void = () => undefined,
    rules: CommitRules = {},
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#onEvents = onEvents;
    this.#rules = rules;
    this.#maker = new CommitMaker(clock, rules);
  }

  /**
   * Writes a new record.
   * @throws UniquenessError naming the attribute and the resource that holds the value
   */
  async create(ref: RecordRef, change: RecordChange, options: WriteOptions): Promise<StoredRecord> {
    const commit = this.#maker.commitOf(ref, undefined, change, options);
    if (options.rehearse !== undefined) {
      await this.#refuseTaken(ref, commit.uniqueKeys);
      options.rehearse(commit, undefined);
    } else {
      const result = await this.#store.commit(commit);
      if (result.outcome === 'duplicate') throw taken(ref, result.key, result.holder);
      if (result.outcome === 'conflict') throw new StoreUnavailableError(`The new id ${ref.id} is in use.`);
      this.#tell(commit);
    }
    return commit.record;
  }

  /**
   * Writes many new records of one type and tenant, each atomic by itself, in as few turns to the database as it can.
   * @returns of each, in their order, the record, or the error that `create` would throw
   */
  async createEach(creates: readonly RecordCreate[]): Promise<readonly (StoredRecord | UniquenessError)[]> {
    const commits = creates.map(({ ref, change, options }) => this.#maker.commitOf(ref, undefined, change, options));
    if (creates.every(({ options }) => options.rehearse !== undefined)) return this.#rehearseEach(creates, commits);
    const results = await this.#store.commitEach(commits);
    this.#tell(...commits);
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
      let { known } = options;
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        const isKnown = known !== undefined;
        const record = known ?? (await this.#store.get(ref.tenant, ref.type.name, ref.id));
        known = undefined;
        if (record !== undefined) checkPrecondition(options.precondition, record.version);
        const decision = await decide(record);
        // What is written is held against the stored version; what is kept is not.
        if (decision.kind === 'keep' && isKnown) continue;
        if (decision.kind === 'keep') return decision.answer;
        const commit = this.#maker.commitFor(ref, record, decision, options);
        const answer = (): Answer =>
          decision.kind === 'put' ? decision.answer((commit as Put).record) : decision.answer;
        if (options.rehearse !== undefined) {
          if (commit.kind === 'put') await this.#refuseTaken(ref, commit.uniqueKeys);
          options.rehearse(commit, record);
          return answer();
        }
        const result = await this.#store.commit(commit);
        if (result.outcome === 'done') {
          this.#tell(commit);
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
        this.#tell(...staged.commits);
        return answer;
      }
      await pause(attempt);
    }
    throw new StoreUnavailableError('The resources are being changed by too many at once.');
  }

  /**
   * Does a piece of work whose writes go to the store together, once.
   * @param work as that of `atomically`
   * @returns false, with nothing written, where another was quicker or the database writes one resource at a time
   */
  async together(work: (store: ResourceStore, writer: RecordWriter) => Promise<void>): Promise<boolean> {
    return (await (await this.stage(work))?.write()) ?? false;
  }

  /**
   * Does a piece of work whose writes go to the store together, later.
   * @param work as that of `atomically`
   * @param onto earlier work whose writes show in it, and which must be written before it
   * @returns the work, to be written; undefined where the database writes one resource at a time
   */
  async stage(
    work: (store: ResourceStore, writer: RecordWriter) => Promise<void>,
    onto?: StagedWrites,
  ): Promise<StagedWrites | undefined> {
    if (!this.#store.transactions) return undefined;
    const store = new StagedStore(this.#store, onto?.store);
    await work(store, this.#over(store));
    return new StagedWrites(store, (commits) => this.#tell(...commits));
  }

  #tell(...commits: readonly Commit[]): void {
    const events = commits.flatMap((commit) => commit.events.filter(({ id }) => commit.settled?.has(id) !== true));
    if (events.length > 0) this.#onEvents(events);
  }

  /** A writer to another store, by the same rules; that store's events are told when it is written. */
  #over(store: ResourceStore): RecordWriter {
    return new RecordWriter(store, this.#clock, undefined, this.#rules);
  }

  /** A dry run has no database to refuse a duplicate; as nothing is stored, looking is enough. */
  async #refuseTaken(ref: RecordRef, keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const holder = await this.#store.findByKey(ref.tenant, ref.type.name, key);
      if (holder !== undefined && holder.id !== ref.id) throw taken(ref, key, holder.id);
    }
  }
}

/** Lets those who were quicker get on, for a random while that grows. */
function pause(attempt: number): Promise<void> {
  return sleep(Math.random() * Math.min(200, 5 * 2 ** attempt));
}
