import type { mongo } from 'mongoose';
import { NoAnswerError } from './answer-deadline.ts';
import type { Deadline } from './deadline.ts';
import type { ReadCommands } from './read-commands.ts';
import type { Filter, ReadOptions } from './read-options.ts';

/** The reads of a collection, each with a deadline: as plain commands, or by the driver's cursors. */
export class CollectionReads<T extends object> {
  readonly #driver: mongo.Collection<T>;
  readonly #commands: ReadCommands | undefined;
  readonly #deadline: Deadline;
  readonly #maxTimeMS: number;

  /**
   * @param commands without them, all reads go by the driver's cursors
   * @param maxTimeMS when the server gives up a read
   */
  constructor(driver: mongo.Collection<T>, commands: ReadCommands | undefined, deadline: Deadline, maxTimeMS: number) {
    this.#driver = driver;
    this.#commands = commands;
    this.#deadline = deadline;
    this.#maxTimeMS = maxTimeMS;
  }

  /** The first document that the filter lets through. */
  async findOne<Read = T>(filter: Filter, options: Omit<ReadOptions, 'limit'> = {}): Promise<Read | null> {
    const found = await this.#read(
      options,
      (reads) => reads.find<Read>(filter, { ...options, limit: 1 }, true),
      async () => {
        const one = await this.#driver.findOne<Read & mongo.Document>(filterOf(filter), this.#inTime(options));
        return one === null ? [] : [one];
      },
    );
    return found[0] ?? null;
  }

  /** The different values that a text field has among documents. */
  distinct(field: string, filter: Filter): Promise<string[]> {
    return this.#read(
      {},
      (reads) => reads.distinct(field, filter),
      () => this.#driver.distinct(field as never, filterOf(filter), this.#inTime({})) as Promise<string[]>,
    );
  }

  /** All documents that the filter lets through, at once: for what has a limit. */
  find<Read = T>(filter: Filter, options: ReadOptions = {}): Promise<Read[]> {
    const { limit = 0 } = options;
    // One batch holds them all, so that no second command is needed.
    const batch = limit > 0 ? { batchSize: limit + 1 } : {};
    return this.#read(
      options,
      (reads) => reads.find<Read>(filter, options),
      () =>
        this.#driver
          .find<Read & mongo.Document>(filterOf(filter), this.#inTime({ ...options, ...batch }))
          .toArray() as Promise<Read[]>,
    );
  }

  /** The same one after another, read in batches; the deadline is each batch's own. */
  async *each<Read = T>(filter: Filter, options: ReadOptions, batchSize: number): AsyncGenerator<Read> {
    const cursor = this.#driver.find<Read & mongo.Document>(filterOf(filter), { ...options, batchSize });
    try {
      for (;;) {
        const next = await this.#deadline.hold(cursor.next());
        if (next === null) return;
        yield next as Read;
      }
    } finally {
      void cursor.close().catch(() => undefined);
    }
  }

  /** @param limit counts no further than that */
  async count(filter: Filter, limit?: number): Promise<number> {
    const [counted] = await this.aggregate<{ n: number }>([
      { $match: filter },
      ...(limit === undefined ? [] : [{ $limit: limit }]),
      { $group: { _id: 1, n: { $sum: 1 } } },
    ]);
    return counted?.n ?? 0;
  }

  /** What a pipeline that only reads answers. */
  aggregate<Read extends object>(pipeline: readonly mongo.Document[]): Promise<Read[]> {
    return this.#read(
      {},
      (reads) => reads.aggregate<Read>(pipeline),
      () => this.#driver.aggregate<Read & mongo.Document>([...pipeline], this.#inTime({})).toArray() as Promise<Read[]>,
    );
  }

  #inTime<Options extends object>(options: Options): Options & { readonly maxTimeMS: number } {
    return { ...options, maxTimeMS: this.#maxTimeMS };
  }

  /** @param options with a session of a transaction, to which the driver's own cursors are bound */
  #read<Answer>(
    { session }: Pick<ReadOptions, 'session'>,
    quick: (reads: ReadCommands) => Promise<Answer | undefined>,
    byDriver: () => Promise<Answer>,
  ): Promise<Answer> {
    const reads = this.#commands;
    if (reads === undefined || session !== undefined) return this.#deadline.hold(byDriver());
    const until = performance.now() + this.#deadline.ms;
    const read = async () => {
      const answer = await quick(reads);
      if (answer !== undefined) return answer;
      // The caller has been told so by then.
      if (performance.now() >= until) throw new NoAnswerError('MongoDB did not answer a read in time');
      return byDriver();
    };
    return this.#deadline.hold(read());
  }
}

function filterOf<T>(filter: Filter): mongo.Filter<T> {
  return filter as mongo.Filter<T>;
}
