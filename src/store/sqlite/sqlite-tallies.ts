import type { Tallies, Tally } from '../../domain/tallies.ts';
import type { Connection } from './database/connection.ts';
import type { WriteThread } from './writing/write-thread.ts';

/** Tallies in SQLite. */
export class SqliteTallies implements Tallies {
  readonly #reader: Connection;
  readonly #writes: WriteThread;

  constructor(reader: Connection, writes: WriteThread) {
    this.#reader = reader;
    this.#writes = writes;
  }

  async read(keys: readonly string[], now: Date): Promise<ReadonlyMap<string, Tally>> {
    const rows = this.#reader.all<[string, number, string]>(
      `SELECT key, count, last_at FROM tallies WHERE key IN (${keys.map(() => '?').join(', ')}) AND expires_at > ?`,
      ...keys,
      now.toISOString(),
    );
    return new Map(rows.map(([key, count, lastAt]) => [key, { count, lastAt }]));
  }

  async add(key: string, now: Date, memoryMs: number): Promise<Tally> {
    const lastAt = now.toISOString();
    const expiresAt = new Date(now.getTime() + memoryMs).toISOString();
    return { count: await this.#writes.run('addTally', key, lastAt, expiresAt), lastAt };
  }

  forget(keys: readonly string[]): Promise<void> {
    return this.#writes.run('forgetTallies', keys);
  }

  purge(now: Date, most: number): Promise<void> {
    return this.#writes.run('purgeTallies', now.toISOString(), most);
  }
}
