import type { Leases } from '../../domain/leases.ts';
import type { Clock } from '../../base/clock.ts';
import type { WriteThread } from './writing/write-thread.ts';

/** Leases in SQLite: one process has the file, so its own clock is the database's. */
export class SqliteLeases implements Leases {
  readonly #writes: WriteThread;
  readonly #clock: Clock;

  constructor(writes: WriteThread, clock: Clock) {
    this.#writes = writes;
    this.#clock = clock;
  }

  take(name: string, owner: string, forMs: number): Promise<boolean> {
    const now = this.#clock.now();
    const until = new Date(now.getTime() + forMs);
    return this.#writes.run('takeLease', name, owner, now.toISOString(), until.toISOString());
  }

  release(name: string, owner: string): Promise<void> {
    return this.#writes.run('releaseLease', name, owner);
  }
}
