import type { Collections } from '../database/collections.ts';

/** Up to so many are counted each time: that takes a few milliseconds. */
const few = 10_000;

/** A larger number is kept at least so long, and at most, in milliseconds. */
const [leastMs, mostMs] = [2_000, 60_000] as const;

/** A number that took long to count is kept so many times as long. */
const patience = 50;

/** Numbers of more tenants and types than this are not kept. */
const mostKept = 1_000;

interface Kept {
  number: number;
  readonly until: number;
}

/**
 * How many records of a type a tenant has. Beyond ten thousand the number is kept, and goes up and down with what
 * this process creates and removes; what others do shows when it is counted again, after a while that grows with the
 * time that counting takes. So however many records there are, lists spend a fiftieth of their time on it.
 */
export class TypeCounts {
  readonly #records: Pick<Collections['records'], 'count'>;
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();
  readonly #counting = new Map<string, Promise<number>>();

  /** @param now milliseconds of a clock that never jumps */
  constructor(records: Pick<Collections['records'], 'count'>, now: () => number = () => performance.now()) {
    this.#records = records;
    this.#now = now;
  }

  /** The number at this moment, or the kept one. */
  async count(tenant: string, type: string): Promise<number> {
    const name = nameOf(tenant, type);
    const kept = this.#kept.get(name);
    if (kept !== undefined && kept.until > this.#now()) return kept.number;
    const counting = this.#counting.get(name) ?? this.#count(name, { tenant, type });
    this.#counting.set(name, counting);
    try {
      return await counting;
    } finally {
      this.#counting.delete(name);
    }
  }

  /** Tells of a record that this process has created (1) or removed (-1). */
  changed(tenant: string, type: string, by: 1 | -1): void {
    const kept = this.#kept.get(nameOf(tenant, type));
    if (kept !== undefined) kept.number += by;
  }

  async #count(name: string, filter: { readonly tenant: string; readonly type: string }): Promise<number> {
    const begun = this.#now();
    this.#kept.delete(name);
    const counted = await this.#records.count(filter, few);
    if (counted < few) return counted;
    const number = await this.#records.count(filter);
    const holds = Math.min(mostMs, Math.max(leastMs, (this.#now() - begun) * patience));
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(name, { number, until: this.#now() + holds });
    return number;
  }
}

function nameOf(tenant: string, type: string): string {
  return `${tenant}/${type}`;
}
