import type { mongo } from 'mongoose';
import { answered, usualCommandMs } from './answer-deadline.ts';
import type { Unanswered } from './unanswered.ts';

/** What to read, beside the filter. */
export interface ReadOptions {
  readonly projection?: mongo.Document;
  readonly sort?: Readonly<Record<string, 1 | -1>>;
  readonly skip?: number;
  readonly limit?: number;
  readonly session?: mongo.ClientSession;
}

/** What a write may be told beside what to write. */
export interface WriteOptions {
  readonly session?: mongo.ClientSession;
  readonly writeConcern?: mongo.WriteConcernSettings;
  readonly upsert?: boolean;
}

/** A filter as MongoDB takes it; built from constants and bound values alone. */
export type Filter = Readonly<Record<string, unknown>>;

/** An update document, or a pipeline. */
export type Update = Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[];

/** How many documents one step takes. */
const stepSize = 1_000;

/**
 * One collection: the driver's own, with a deadline for every command. Nothing is cast, wrapped or checked in between:
 * what is written is what was given, and what is read is a plain object.
 */
export class Collection<T extends object> {
  readonly #driver: mongo.Collection<T>;
  readonly #commandMs: number;
  /** The server gives up a command shortly before its caller does, so that none is carried out much later. */
  readonly #maxTimeMS: number;
  readonly #unanswered: Unanswered | undefined;

  /**
   * @param commandMs the deadline of each command, in milliseconds
   * @param unanswered where commands under way are noted
   */
  constructor(driver: mongo.Collection<T>, commandMs: number = usualCommandMs, unanswered?: Unanswered) {
    this.#driver = driver;
    this.#commandMs = commandMs;
    this.#unanswered = unanswered;
    this.#maxTimeMS = Math.ceil(commandMs * 0.95);
  }

  /** What the database calls it. */
  get name(): string {
    return this.#driver.collectionName;
  }

  /** The first document that the filter lets through. */
  findOne<Read = T>(filter: Filter, options: Omit<ReadOptions, 'limit'> = {}): Promise<Read | null> {
    return this.#answered(
      this.#driver.findOne<Read & mongo.Document>(filterOf(filter), { ...options, maxTimeMS: this.#maxTimeMS }),
    );
  }

  /** All documents that the filter lets through, at once: for what has a limit. */
  /** The different values that a text field has among documents. */
  distinct(field: string, filter: Filter): Promise<string[]> {
    const values = this.#driver.distinct(field as never, filterOf(filter), { maxTimeMS: this.#maxTimeMS });
    return this.#answered(values as Promise<string[]>);
  }

  find<Read = T>(filter: Filter, options: ReadOptions = {}): Promise<Read[]> {
    const { limit = 0 } = options;
    // One batch holds them all, so that no second command is needed.
    const batch = limit > 0 ? { batchSize: limit + 1 } : {};
    return this.#answered(
      this.#driver
        .find<Read & mongo.Document>(filterOf(filter), { ...options, ...batch, maxTimeMS: this.#maxTimeMS })
        .toArray(),
    );
  }

  /** The same one after another, read in batches; the deadline is each batch's own. */
  async *each<Read = T>(filter: Filter, options: ReadOptions, batchSize: number): AsyncGenerator<Read> {
    const cursor = this.#driver.find<Read & mongo.Document>(filterOf(filter), { ...options, batchSize });
    try {
      for (;;) {
        const next = await this.#answered(cursor.next());
        if (next === null) return;
        yield next as Read;
      }
    } finally {
      void cursor.close().catch(() => undefined);
    }
  }

  /** @param limit counts no further than that */
  count(filter: Filter, limit?: number): Promise<number> {
    const options = { maxTimeMS: this.#maxTimeMS, ...(limit === undefined ? {} : { limit }) };
    return this.#answered(this.#driver.countDocuments(filterOf(filter), options));
  }

  aggregate<Read extends mongo.Document>(pipeline: readonly mongo.Document[]): Promise<Read[]> {
    return this.#answered(this.#driver.aggregate<Read>([...pipeline], { maxTimeMS: this.#maxTimeMS }).toArray());
  }

  insertOne(document: T, options: WriteOptions = {}): Promise<mongo.InsertOneResult<T>> {
    return this.#answered(this.#driver.insertOne(document as mongo.OptionalUnlessRequiredId<T>, this.#inTime(options)));
  }

  /** In any order; see `insertMissing`. */
  insertMany(documents: readonly T[]): Promise<mongo.InsertManyResult<T>> {
    return this.#answered(
      this.#driver.insertMany([...documents] as mongo.OptionalUnlessRequiredId<T>[], this.#inTime({ ordered: false })),
    );
  }

  /** One after another, up to the first that is refused; see `insertInOrder`. */
  insertInOrder(documents: readonly T[]): Promise<mongo.InsertManyResult<T>> {
    return this.#answered(
      this.#driver.insertMany([...documents] as mongo.OptionalUnlessRequiredId<T>[], this.#inTime({ ordered: true })),
    );
  }

  /** In any order, but in a transaction in the order given; see `upsertEach`. */
  bulkWrite(
    operations: readonly mongo.AnyBulkWriteOperation<T>[],
    { session }: Pick<WriteOptions, 'session'> = {},
  ): Promise<mongo.BulkWriteResult> {
    const options = session ? { ordered: true, session } : { ordered: false };
    return this.#answered(this.#driver.bulkWrite(operations, this.#inTime(options)));
  }

  updateOne(filter: Filter, update: Update, options: WriteOptions = {}): Promise<mongo.UpdateResult<T>> {
    return this.#answered(
      this.#driver.updateOne(filterOf(filter), update as mongo.UpdateFilter<T>, this.#inTime(options)),
    );
  }

  updateMany(filter: Filter, update: Update, options: WriteOptions = {}): Promise<mongo.UpdateResult<T>> {
    return this.#answered(
      this.#driver.updateMany(filterOf(filter), update as mongo.UpdateFilter<T>, this.#inTime(options)),
    );
  }

  /** Updates one document. @returns the document as it is then; null where the filter finds none */
  findOneAndUpdate<Read = T>(
    filter: Filter,
    update: Update,
    options: WriteOptions & Pick<ReadOptions, 'projection' | 'sort'> = {},
  ): Promise<Read | null> {
    return this.#answered(
      this.#driver.findOneAndUpdate(filterOf(filter), update as mongo.UpdateFilter<T>, {
        ...this.#inTime(options),
        returnDocument: 'after',
      }),
    ) as Promise<Read | null>;
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

  #answered<Answer>(command: Promise<Answer>): Promise<Answer> {
    const wait = answered(command, this.#commandMs);
    return this.#unanswered ? this.#unanswered.note(wait) : wait;
  }

  deleteOne(filter: Filter): Promise<mongo.DeleteResult> {
    return this.#answered(this.#driver.deleteOne(filterOf(filter), this.#inTime({})));
  }

  deleteMany(filter: Filter): Promise<mongo.DeleteResult> {
    return this.#answered(this.#driver.deleteMany(filterOf(filter), this.#inTime({})));
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
