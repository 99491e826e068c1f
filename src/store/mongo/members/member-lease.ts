import { StoreUnavailableError } from '../../../provisioning/records/resource-store.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Collections } from '../database/collections.ts';
import type { ServerTime } from '../database/server-time.ts';
import { movingFields, only } from './moving-record.ts';
import type { MovingRecord } from './moving-record.ts';

/** A lease that is not renewed for so long is anybody's, in milliseconds. */
const leaseMs = 2_000;

/** It is renewed when so much of it has passed. */
const renewMs = 600;

/**
 * Lets one worker at a time apply the pending changes of a record. The lease is in the record itself. If it expires
 * because a worker is slow, two workers do the same work: that costs time and does no harm.
 */
export class MemberLease {
  readonly #records: Collections['records'];
  readonly #clock: Clock;
  readonly #time: ServerTime;

  constructor({ records }: Collections, clock: Clock, time: ServerTime) {
    this.#records = records;
    this.#clock = clock;
    this.#time = time;
  }

  /**
   * Takes the lease of a record in which something waits.
   * @param by a name of its own for each piece of work
   * @returns the record; `busy` where another holds the lease, undefined where nothing waits
   */
  async take(record: Pick<MovingRecord, '_id' | 'tenant'>, by: string): Promise<MovingRecord | 'busy' | undefined> {
    const before = new Date(this.#clock.now().getTime() + (await this.#time.measure()) - leaseMs);
    const after = new Date(before.getTime() + 3 * leaseMs);
    const isFree = [
      { work: { $exists: false } },
      { 'work.by': by },
      { 'work.at': { $lt: before } },
      // Written by a clock that is ahead of the server's.
      { 'work.at': { $gt: after } },
    ];
    const taken = await this.#records.findOneAndUpdate<MovingRecord>(
      { ...only(record), moving: { $exists: true }, $or: isFree },
      { $set: { 'work.by': by }, $currentDate: { 'work.at': true } },
      { projection: movingFields },
    );
    if (taken) return taken;
    const held = await this.#records.findOne(
      { ...only(record), moving: { $exists: true } },
      { projection: { _id: 1 } },
    );
    return held ? 'busy' : undefined;
  }

  /**
   * Gives the lease back after failed work, so that others need not wait until it expires; if that fails too, they
   * wait.
   */
  giveBack(record: Pick<MovingRecord, '_id' | 'tenant'>, by: string): Promise<unknown> {
    return this.#records
      .updateOne({ ...only(record), 'work.by': by }, { $unset: { work: '' } }, { writeConcern: { w: 1 } })
      .catch(() => undefined);
  }

  /** A watch over a lease that has just been taken: to be called between two steps of the work. */
  watch(record: Pick<MovingRecord, '_id' | 'tenant'>, by: string): () => Promise<void> {
    let renewedAt = performance.now();
    return async () => {
      if (performance.now() - renewedAt < renewMs) return;
      renewedAt = performance.now();
      const { matchedCount } = await this.#records.updateOne(
        { ...only(record), 'work.by': by },
        { $currentDate: { 'work.at': true } },
        { writeConcern: { w: 1 } },
      );
      if (matchedCount === 0) throw new LeaseLostError('another process carries out the change of members by now');
    };
  }
}

/** The work is another's by now. */
export class LeaseLostError extends StoreUnavailableError {}
