import type { Clock } from '../../base/clock.ts';
import type { Leases } from '../../domain/leases.ts';
import type { Collections } from './database/collections.ts';
import { isDuplicate } from './commands/database-errors.ts';
import type { ServerTime } from './database/server-time.ts';

/** Leases in MongoDB, by the server's clock. */
export class MongoLeases implements Leases {
  readonly #leases: Collections['leases'];
  readonly #clock: Clock;
  readonly #time: ServerTime;

  constructor(collections: Collections, clock: Clock, time: ServerTime) {
    this.#leases = collections.leases;
    this.#clock = clock;
    this.#time = time;
  }

  async take(name: string, owner: string, forMs: number): Promise<boolean> {
    const now = this.#clock.now().getTime() + (await this.#time.measure());
    try {
      await this.#leases.updateOne(
        { _id: name, $or: [{ owner }, { until: { $lte: new Date(now) } }] },
        { $set: { owner, until: new Date(now + forMs) } },
        { upsert: true },
      );
      return true;
    } catch (error) {
      // Another owner has it: the filter finds nothing, and the insert in its place is refused.
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  async release(name: string, owner: string): Promise<void> {
    await this.#leases.deleteOne({ _id: name, owner });
  }
}
