import type { Connection } from '../database/connection.ts';
import type { Sql } from '../database/sql.ts';

/** Counts kept at a time: whoever pages through a list asks for the same one again and again. */
const mostKept = 100;

/**
 * Counts that are true as long as nothing at all has been written to the database, by whichever connection. To be
 * asked within a transaction, so that the version and the count are of one snapshot.
 */
export class KeptCounts {
  readonly #connection: Connection;
  readonly #counts = new Map<string, number>();
  #version: number | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The count of a statement whose one value it is; read anew where something was written since. */
  of({ text, values }: Sql): number {
    const [version] = this.#connection.get<[number]>('PRAGMA data_version') ?? [0];
    if (version !== this.#version) this.#counts.clear();
    this.#version = version;
    const key = JSON.stringify([text, values]);
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const [count] = this.#connection.get<[number]>(text, ...values) ?? [0];
    if (this.#counts.size >= mostKept) this.#counts.clear();
    this.#counts.set(key, count);
    return count;
  }
}
