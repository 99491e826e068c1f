import type { Collections } from '../database/collections.ts';
import { isDuplicate } from '../commands/database-errors.ts';

/** Up to so many are counted each time: that takes a few milliseconds. */
const few = 10_000;

/** A larger number is kept at least so long, and at most, in milliseconds. */
const [leastMs, mostMs] = [2_000, 60_000] as const;

/** A number that took long to count is kept so many times as long. */
const patience = 50;

/** How long others go on with the old number while one process counts, in milliseconds. */
const countingMs = 30_000;

/** How long what this process creates and removes may wait to be told to the others, in milliseconds. */
const tellMs = 250;

/** A type of which no number is kept is not asked for again so long, in milliseconds, when something changes. */
const unkeptMs = 10_000;

/** Changes of more tenants and types than this are not remembered. */
const mostRemembered = 1_000;

/** Counts and kept numbers, as this needs them. */
export type CountedCollections = {
  readonly records: Pick<Collections['records'], 'count'>;
  readonly counts: Pick<Collections['counts'], 'findOne' | 'findOneAndUpdate' | 'updateOne'>;
};

/**
 * How many records of a type a tenant has. Up to ten thousand are counted each time. Beyond, the number is kept in the
 * database for all processes: each adds what it creates and takes off what it removes, and after a while, which grows
 * with the time that counting takes, one of them counts again. So however many records there are, lists spend a
 * fiftieth of their time on it.
 */
export class TypeCounts {
  readonly #collections: CountedCollections;
  readonly #serversNow: () => Promise<Date>;
  readonly #now: () => number;
  /** Tenants and types that had more than a few when they were counted last. */
  readonly #large = new Set<string>();
  /** What this process has changed and not yet told. */
  readonly #untold = new Map<string, number>();
  /** Until when nothing needs to be told of a type, for no number of it is kept. */
  readonly #unkept = new Map<string, number>();
  readonly #counting = new Map<string, Promise<number>>();
  #telling: NodeJS.Timeout | undefined;

  /**
   * @param serversNow the server's clock
   * @param now milliseconds of a clock that never jumps
   */
  constructor(
    collections: CountedCollections,
    serversNow: () => Promise<Date>,
    now: () => number = () => performance.now(),
  ) {
    this.#collections = collections;
    this.#serversNow = serversNow;
    this.#now = now;
  }

  /** The number at this moment, or the kept one. */
  async count(tenant: string, type: string): Promise<number> {
    const name = `${tenant}/${type}`;
    const counting = this.#counting.get(name) ?? this.#count(name, { tenant, type });
    this.#counting.set(name, counting);
    try {
      return await counting;
    } finally {
      if (this.#counting.get(name) === counting) this.#counting.delete(name);
    }
  }

  /** Notes a record that this process has created (1) or removed (-1). */
  changed(tenant: string, type: string, by: 1 | -1): void {
    const name = `${tenant}/${type}`;
    if ((this.#unkept.get(name) ?? 0) > this.#now()) return;
    if (this.#untold.size >= mostRemembered && !this.#untold.has(name)) return;
    this.#untold.set(name, (this.#untold.get(name) ?? 0) + by);
    this.#telling ??= setTimeout(() => void this.tell(), tellMs).unref();
  }

  /**
   * Tells the others what this process has created and removed. Never rejects: the next count puts right what fails.
   */
  async tell(): Promise<void> {
    clearTimeout(this.#telling);
    this.#telling = undefined;
    const changes = [...this.#untold];
    this.#untold.clear();
    if (this.#unkept.size >= mostRemembered) this.#unkept.clear();
    for (const [_id, by] of changes) {
      const told = this.#collections.counts.updateOne({ _id }, { $inc: { number: by } });
      const found = await told.then(
        ({ matchedCount }) => matchedCount,
        () => 1,
      );
      if (found === 0) this.#unkept.set(_id, this.#now() + unkeptMs);
    }
  }

  async #count(name: string, filter: { readonly tenant: string; readonly type: string }): Promise<number> {
    const { records } = this.#collections;
    if (!this.#large.has(name)) {
      const counted = await records.count(filter, few);
      if (counted < few) return counted;
      this.#large.add(name);
    }
    const kept = await this.#kept(name);
    if (kept !== undefined) return kept;
    const begun = this.#now();
    const number = await records.count(filter);
    if (number < few) this.#large.delete(name);
    this.#untold.delete(name);
    this.#unkept.delete(name);
    await this.#keep(name, number, Math.min(mostMs, Math.max(leastMs, (this.#now() - begun) * patience)));
    return number;
  }

  /** The kept number, with what is still to be told of it; undefined where this process is the one to count. */
  async #kept(_id: string): Promise<number | undefined> {
    const { counts } = this.#collections;
    const now = await this.#serversNow();
    const kept = await counts.findOne({ _id, until: { $gt: now } });
    if (kept !== null) return kept.number + (this.#untold.get(_id) ?? 0);
    const claimed = await counts.findOneAndUpdate(
      { _id, until: { $lte: now } },
      { $set: { until: new Date(now.getTime() + countingMs) } },
    );
    if (claimed !== null) return undefined;
    const since = await counts.findOne({ _id });
    return since === null ? undefined : since.number + (this.#untold.get(_id) ?? 0);
  }

  async #keep(_id: string, number: number, ms: number): Promise<void> {
    const until = new Date((await this.#serversNow()).getTime() + ms);
    try {
      await this.#collections.counts.updateOne({ _id }, { $set: { number, until } }, { upsert: true });
    } catch (error) {
      // Another process has kept the first number in the same moment.
      if (!isDuplicate(error)) throw error;
    }
  }
}
