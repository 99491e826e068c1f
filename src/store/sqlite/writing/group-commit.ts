import type { Connection } from '../database/connection.ts';
import { unavailable } from '../database/connection.ts';
import { writes } from './writes.ts';
import type { Written } from './write.ts';

/** A write that is asked for: its name among `writes`, and what it takes after the connection. */
export interface WriteRequest {
  readonly name: keyof typeof writes;
  readonly values: readonly unknown[];
}

/** What became of a write, once it is durable: its result, or why there is none. */
export type WriteAnswer = { readonly result: unknown } | { readonly failure: string };

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

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  add(requests: readonly WriteRequest[]): void {
    this.#waiting.push(...requests);
  }

  get hasWork(): boolean {
    return this.#waiting.length > 0;
  }

  /** Commits as many of the waiting writes as one transaction takes, and answers them in their order. */
  commitSome(): readonly WriteAnswer[] {
    const answers: WriteAnswer[] = [];
    const end = performance.now() + LONGEST_MS;
    const connection = this.#connection;
    try {
      connection.run('BEGIN IMMEDIATE');
      do answers.push(this.#attempt(this.#waiting[answers.length]!));
      while (answers.length < Math.min(this.#waiting.length, MOST_WRITES) && performance.now() < end);
      connection.run('COMMIT');
      this.#waiting.splice(0, answers.length);
      return answers;
    } catch (error) {
      if (connection.inTransaction) connection.run('ROLLBACK');
      // When not even BEGIN went through, the writes would wait for ever.
      const failure = { failure: unavailable(error).message };
      return this.#waiting.splice(0, Math.max(1, answers.length)).map(() => failure);
    }
  }

  close(): void {
    this.#connection.close();
  }

  #attempt({ name, values }: WriteRequest): WriteAnswer {
    const connection = this.#connection;
    connection.run('SAVEPOINT one_write');
    try {
      const { keep, result } = (
        writes[name] as (connection: Connection, ...values: readonly unknown[]) => Written<unknown>
      )(connection, ...values);
      if (!keep) connection.run('ROLLBACK TO one_write');
      connection.run('RELEASE one_write');
      return { result };
    } catch (error) {
      // A full or failing disk has SQLite end the whole transaction: then all of it has failed.
      if (!connection.inTransaction) throw error;
      connection.run('ROLLBACK TO one_write');
      connection.run('RELEASE one_write');
      return { failure: unavailable(error).message };
    }
  }
}
