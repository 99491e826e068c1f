import { mongo } from 'mongoose';
import type { Filter, ReadOptions } from './read-options.ts';
import { isOutOfTime, isUnavailable } from './database-errors.ts';
import type { SessionPool } from './session-pool.ts';

/** What reads of a collection go by. */
export interface ReadCommandsParts {
  readonly db: Pick<mongo.Db, 'command'>;
  readonly collection: string;
  readonly sessions: SessionPool;
  readonly readConcern?: mongo.ReadConcernLike;
  /** When the server gives up a command, in milliseconds. */
  readonly maxTimeMS: number;
}

/** A cursor as a reply holds it. */
interface Reply<Read> {
  readonly cursor: { readonly id: unknown; readonly firstBatch: Read[] };
}

/** More documents than any read asks for at once; a reply that would exceed 16 MB holds fewer. */
const wholeBatch = 100_000;

/**
 * Reads as plain commands, each with its answer in one reply. The driver's cursors do the same in three times the
 * processor time, and are for what one reply cannot hold, and for the second try of a read that failed.
 */
export class ReadCommands {
  readonly #parts: ReadCommandsParts;

  constructor(parts: ReadCommandsParts) {
    this.#parts = parts;
  }

  /** @returns undefined where the driver's cursor is to read: one reply could not hold them all, or the read failed */
  find<Read>(
    filter: Filter,
    { projection, sort, skip, limit = 0 }: ReadOptions,
    single = false,
  ): Promise<Read[] | undefined> {
    return this.#cursor<Read>({
      find: this.#parts.collection,
      filter,
      ...(projection && { projection }),
      ...(sort && { sort }),
      ...(skip !== undefined && skip > 0 && { skip }),
      ...(limit > 0 && { limit }),
      // The one document is in the first batch, and the server keeps no cursor.
      ...(single ? { singleBatch: true } : { batchSize: limit > 0 ? limit + 1 : wholeBatch }),
    });
  }

  /** @returns as `find` does */
  aggregate<Read>(pipeline: readonly mongo.Document[]): Promise<Read[] | undefined> {
    return this.#cursor<Read>({ aggregate: this.#parts.collection, pipeline, cursor: { batchSize: wholeBatch } });
  }

  /** The different values of a field. @returns as `find` does */
  async distinct(key: string, query: Filter): Promise<string[] | undefined> {
    const reply = await this.#send<{ values: string[] }>({ distinct: this.#parts.collection, key, query });
    return reply?.values;
  }

  async #cursor<Read>(command: mongo.Document): Promise<Read[] | undefined> {
    const reply = await this.#send<Reply<Read>>(command);
    if (reply === undefined) return undefined;
    const { id, firstBatch } = reply.cursor;
    if (String(id) === '0') return firstBatch;
    const { db, collection, sessions } = this.#parts;
    await sessions
      .use((session) => db.command({ killCursors: collection, cursors: [id] }, session && { session }))
      .catch(() => undefined);
    return undefined;
  }

  async #send<Answer>(command: mongo.Document): Promise<Answer | undefined> {
    const { db, sessions, readConcern, maxTimeMS } = this.#parts;
    const whole = { ...command, maxTimeMS, ...(readConcern && { readConcern }) };
    try {
      return (await sessions.use((session) => db.command(whole, session && { session }))) as Answer;
    } catch (error) {
      if (isUnavailable(error) && !isOutOfTime(error) && !(error instanceof mongo.MongoSystemError)) return undefined;
      throw error;
    }
  }
}
