import type { Connection } from '../database/connection.ts';
import type { Sql } from '../database/sql.ts';

/** Counts kept at a time: a client that pages through a list asks for the same one again and again. */
const mostKept = 100;

/**
 * Counts that are true as long as nothing has been written that a list could hold. What is written beside the
 * resources, such as the request log, leaves them as they are.
 */
export class KeptCounts {
  readonly #connection: Connection;
  readonly #counts = new Map<string, number>();
  #generation: number | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * The count of a statement whose one value it is; read again where something was written since.
   * @param generation as `WriteThread.generation` was when the count was asked for; undefined reads it again
   */
  of({ text, values }: Sql, generation: number | undefined): number {
    if (generation === undefined || generation !== this.#generation) this.#counts.clear();
    this.#generation = generation;
    const key = JSON.stringify([text, values]);
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const [count] = this.#connection.get<[number]>(text, ...values) ?? [0];
    if (this.#counts.size >= mostKept) this.#counts.clear();
    this.#counts.set(key, count);
    return count;
  }
}
