import type { mongo } from 'mongoose';
import { usualCommandMs } from './answer-deadline.ts';
import { CollectionReads } from './collection-reads.ts';
import { Deadline } from './deadline.ts';
import type { Filter, ReadOptions } from './read-options.ts';
import { ReadCommands } from './read-commands.ts';
import { SessionPool } from './session-pool.ts';
import type { Unanswered } from './unanswered.ts';

/** What a write may be told beside what to write. */
export interface WriteOptions {
  readonly session?: mongo.ClientSession;
  readonly writeConcern?: mongo.WriteConcernSettings;
  readonly upsert?: boolean;
}

/** An update document, or a pipeline. */
export type Update = Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[];

/** How many documents one step takes. */
const stepSize = 1_000;

/** What a collection works with, beside the driver's own. */
export interface CollectionParts {
  /** Where its commands are sent; without it, all reads go by the driver's cursors. */
  readonly db?: Pick<mongo.Db, 'command'>;
  readonly sessions?: SessionPool;
  readonly readConcern?: mongo.ReadConcernLike | undefined;
  /** The deadline of each command, in milliseconds. */
  readonly commandMs?: number | undefined;
  /** Where commands under way are noted. */
  readonly unanswered?: Unanswered | undefined;
}

/**
 * One collection: the driver's own, with a deadline for every command. Nothing is cast, wrapped or checked in between:
 * what is written is what was given, and what is read is a plain object.
 */
export class Collection<T extends object> {
  readonly #driver: mongo.Collection<T>;
  readonly #deadline: Deadline;
  /** The server gives up a command shortly before its caller does, so that none is carried out much later. */
  readonly #maxTimeMS: number;
  readonly #sessions: SessionPool;
  readonly #reads: CollectionReads<T>;

  constructor(driver: mongo.Collection<T>, parts: CollectionParts = {}) {
    const { db, commandMs = usualCommandMs, readConcern, unanswered, sessions = new SessionPool(undefined) } = parts;
    const maxTimeMS = Math.ceil(commandMs * 0.95);
    const collection = driver.collectionName;
    this.#driver = driver;
    this.#deadline = new Deadline(commandMs, unanswered);
    this.#maxTimeMS = maxTimeMS;
    this.#sessions = sessions;
    this.#reads = new CollectionReads(
      driver,
      db && new ReadCommands({ db, collection, sessions, maxTimeMS, ...(readConcern && { readConcern }) }),
      this.#deadline,
      maxTimeMS,
    );
  }

  /** What the database calls it. */
  get name(): string {
    return this.#driver.collectionName;
  }

  /** The first document that the filter lets through. */
  findOne<Read = T>(filter: Filter, options: Omit<ReadOptions, 'limit'> = {}): Promise<Read | null> {
    return this.#reads.findOne<Read>(filter, options);
  }

  /** The different values that a text field has among documents. */
  distinct(field: string, filter: Filter): Promise<string[]> {
    return this.#reads.distinct(field, filter);
  }

  /** All documents that the filter lets through, at once: for what has a limit. */
  find<Read = T>(filter: Filter, options: ReadOptions = {}): Promise<Read[]> {
    return this.#reads.find<Read>(filter, options);
  }

  /** The same one after another, read in batches; the deadline is each batch's own. */
  each<Read = T>(filter: Filter, options: ReadOptions, batchSize: number): AsyncGenerator<Read> {
    return this.#reads.each<Read>(filter, options, batchSize);
  }

  /** @param limit counts no further than that */
  count(filter: Filter, limit?: number): Promise<number> {
    return this.#reads.count(filter, limit);
  }

  /** What a pipeline that only reads answers. */
  aggregate<Read extends object>(pipeline: readonly mongo.Document[]): Promise<Read[]> {
    return this.#reads.aggregate<Read>(pipeline);
  }

  insertOne(document: T, options: WriteOptions = {}): Promise<mongo.InsertOneResult<T>> {
    return this.#write(options, (within) =>
      this.#driver.insertOne(document as mongo.OptionalUnlessRequiredId<T>, within),
    );
  }

  /** In any order; see `insertMissing`. */
  insertMany(documents: readonly T[]): Promise<mongo.InsertManyResult<T>> {
    return this.#insertMany(documents, false);
  }

  /** One after another, up to the first that is refused; see `insertInOrder`. */
  insertInOrder(documents: readonly T[]): Promise<mongo.InsertManyResult<T>> {
    return this.#insertMany(documents, true);
  }

  #insertMany(documents: readonly T[], ordered: boolean): Promise<mongo.InsertManyResult<T>> {
    return this.#write({}, (within) =>
      this.#driver.insertMany([...documents] as mongo.OptionalUnlessRequiredId<T>[], { ...within, ordered }),
    );
  }

  /** In any order, but in a transaction in the order given; see `upsertEach`. */
  bulkWrite(
    operations: readonly mongo.AnyBulkWriteOperation<T>[],
    { session }: Pick<WriteOptions, 'session'> = {},
  ): Promise<mongo.BulkWriteResult> {
    const ordered = session !== undefined;
    return this.#write(session ? { session } : {}, (within) =>
      this.#driver.bulkWrite(operations, { ...within, ordered }),
    );
  }

  updateOne(filter: Filter, update: Update, options: WriteOptions = {}): Promise<mongo.UpdateResult<T>> {
    return this.#write(options, (within) =>
      this.#driver.updateOne(filterOf(filter), update as mongo.UpdateFilter<T>, within),
    );
  }

  updateMany(filter: Filter, update: Update, options: WriteOptions = {}): Promise<mongo.UpdateResult<T>> {
    return this.#write(options, (within) =>
      this.#driver.updateMany(filterOf(filter), update as mongo.UpdateFilter<T>, within),
    );
  }

  /** Updates one document. @returns the document as it is then; null where the filter finds none */
  findOneAndUpdate<Read = T>(
    filter: Filter,
    update: Update,
    options: WriteOptions & Pick<ReadOptions, 'projection' | 'sort'> = {},
  ): Promise<Read | null> {
    return this.#write(
      options,
      (within) =>
        this.#driver.findOneAndUpdate(filterOf(filter), update as mongo.UpdateFilter<T>, {
          ...within,
          returnDocument: 'after',
        }) as Promise<Read | null>,
    );
  }

  /**
   * Deletes everything that matches the filter, in short steps: however many match, no command exceeds its deadline,
   * and other work does not wait long.
   * @param by a field by which an index orders the matches
   */
  async deleteInSteps(filter: Filter, by: string): Promise<void> {
    await this.#inSteps(filter, by, (step) => this.deleteMany(step));
  }

  /** Updates in such steps. @param filter lets through no document that the update has changed */
  async updateInSteps(filter: Filter, by: string, update: Update): Promise<void> {
    await this.#inSteps(filter, by, (step) => this.updateMany(step, update));
  }

  async #inSteps(filter: Filter, by: string, act: (step: Filter) => Promise<unknown>): Promise<void> {
    for (;;) {
      const last = await this.findOne<Record<string, unknown>>(filter, {
        projection: { [by]: 1 },
        sort: { [by]: 1 },
        skip: stepSize,
      });
      await act(last === null ? filter : { $and: [filter, { [by]: { $lte: last[by] } }] });
      if (last === null) return;
    }
  }

  #inTime<Options extends object>(options: Options): Options & { readonly maxTimeMS: number } {
    return { ...options, maxTimeMS: this.#maxTimeMS };
  }

  #write<Options extends WriteOptions, Answer>(
    options: Options,
    write: (options: Options & { readonly maxTimeMS: number }) => Promise<Answer>,
  ): Promise<Answer> {
    const within = this.#inTime(options);
    if (options.session !== undefined) return this.#deadline.hold(write(within));
    return this.#deadline.hold(this.#sessions.use((session) => write(session ? { ...within, session } : within)));
  }

  deleteOne(filter: Filter): Promise<mongo.DeleteResult> {
    return this.#write({}, (within) => this.#driver.deleteOne(filterOf(filter), within));
  }

  deleteMany(filter: Filter): Promise<mongo.DeleteResult> {
    return this.#write({}, (within) => this.#driver.deleteMany(filterOf(filter), within));
  }

  /** Updates however many there are, without a deadline: for the start alone. */
  async convert(filter: Filter, update: Update): Promise<void> {
    await this.#driver.updateMany(filterOf(filter), update);
  }

  /** Makes the indexes that are missing, and the collection with them; takes as long as it takes. */
  async createIndexes(indexes: readonly mongo.IndexDescription[]): Promise<void> {
    await this.#driver.createIndexes([...indexes]);
  }

  /** Drops indexes that are no longer needed, if they exist. */
  async dropIndex(name: string): Promise<void> {
    await this.#driver.dropIndex(name).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && (error.code === 27 || error.code === 26)) return;
      throw error;
    });
  }
}

function filterOf<T>(filter: Filter): mongo.Filter<T> {
  return filter as mongo.Filter<T>;
}
