import type { Connection } from '../database/connection.ts';
import { unavailable } from '../database/connection.ts';
import { writes } from './writes.ts';
import type { Written } from './write.ts';

/** A write that is asked for: its name among `writes`, and what it takes after the connection. */
export interface WriteRequest {
  /** Unlike that of any other write that is not answered yet. */
  readonly id: number;
  readonly name: keyof typeof writes;
  readonly values: readonly unknown[];
}

/** What became of a write, once it is durable: its result, or why there is none. */
export type WriteAnswer = { readonly id: number } & ({ readonly result: unknown } | { readonly failure: string });

/** Writes that no caller waits for. */
const inBackground: ReadonlySet<WriteRequest['name']> = new Set(['sealEventsInBackground']);

/** While others wait, writes in the background have one part of so many parts of the time. */
const BACKGROUND_SHARE = 3;

/** What one transaction takes at most before it is committed, in writes and in milliseconds. */
const MOST_WRITES = 256;
const LONGEST_MS = 20;

/**
 * Group commit: writes that wait together are committed together, in one transaction with one sync to disk. Each has
 * a savepoint of its own, so one that fails does not spoil the others; none is answered before the commit is durable.
 */
export class GroupCommit {
  readonly #connection: Connection;
  readonly #waiting: WriteRequest[] = [];
  readonly #background: WriteRequest[] = [];
  /** When a write in the background may keep others waiting again, of `performance.now`. */
  #backgroundAt = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  add(requests: readonly WriteRequest[]): void {
    for (const request of requests) (inBackground.has(request.name) ? this.#background : this.#waiting).push(request);
  }

  get hasWork(): boolean {
    return this.#waiting.length + this.#background.length > 0;
  }

  /**
   * Commits as many of the waiting writes as one transaction takes, in their order, and answers them. A write in the
   * background has a transaction to itself: no other write waits for it to end.
   */
  commitSome(): readonly WriteAnswer[] {
    const now = performance.now();
    const [background] = this.#background;
    if (background === undefined || (this.#waiting.length > 0 && now < this.#backgroundAt))
      return this.#commit(this.#waiting);
    const alone = [background];
    const answers = this.#commit(alone);
    if (alone.length === 0) this.#background.shift();
    const end = performance.now();
    this.#backgroundAt = end + (BACKGROUND_SHARE - 1) * (end - now);
    return answers;
  }

  /** Takes what it has committed off the list. */
  #commit(waiting: WriteRequest[]): readonly WriteAnswer[] {
    const answers: WriteAnswer[] = [];
    const end = performance.now() + LONGEST_MS;
    const connection = this.#connection;
    try {
      connection.run('BEGIN IMMEDIATE');
      do answers.push(this.#attempt(waiting[answers.length]!));
      while (answers.length < Math.min(waiting.length, MOST_WRITES) && performance.now() < end);
      connection.run('COMMIT');
      waiting.splice(0, answers.length);
      return answers;
    } catch (error) {
      if (connection.inTransaction) connection.run('ROLLBACK');
      // When not even BEGIN went through, the writes would wait for ever.
      const failure = unavailable(error).message;
      return waiting.splice(0, Math.max(1, answers.length)).map(({ id }) => ({ id, failure }));
    }
  }

  close(): void {
    this.#connection.close();
  }

  #attempt({ id, name, values }: WriteRequest): WriteAnswer {
    const connection = this.#connection;
    connection.run('SAVEPOINT one_write');
    try {
      const { keep, result } = (
        writes[name] as (connection: Connection, ...values: readonly unknown[]) => Written<unknown>
      )(connection, ...values);
      if (!keep) connection.run('ROLLBACK TO one_write');
      connection.run('RELEASE one_write');
      return { id, result };
    } catch (error) {
      // A full or failing disk has SQLite end the whole transaction: then all of it has failed.
      if (!connection.inTransaction) throw error;
      connection.run('ROLLBACK TO one_write');
      connection.run('RELEASE one_write');
      return { id, failure: unavailable(error).message };
    }
  }
}
