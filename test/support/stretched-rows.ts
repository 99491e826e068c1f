import type { ChainEntry } from '../../src/history/chain-entry.ts';
import { type CheckedRange, type CheckedStretch, checkStretch } from '../../src/history/verify/checked-stretch.ts';
import type { ChainSource } from '../../src/history/verify/verify-stored.ts';

/** Rows of a stretch where a chain is large; small chains have several stretches too. */
const mostRows = 4_096;

/**
 * Rows as a store gives them to the verifier: in stretches that were checked elsewhere, and one by one where anything
 * is odd. What a fault has left as it was is checked once, however many faults are tried.
 */
export class StretchedRows {
  readonly #chain: readonly ChainEntry[];
  readonly #rows: number;
  readonly #known = new Map<number, CheckedStretch | undefined>();

  /** @param chain without a fault */
  constructor(chain: readonly ChainEntry[]) {
    this.#chain = chain;
    this.#rows = Math.min(mostRows, Math.ceil(chain.length / 8));
  }

  /** The source of a chain with faults; untouched rows are the same objects. */
  of(rows: readonly ChainEntry[]): ChainSource {
    const ranges = this.#ranges(rows);
    let at = 0;
    let count = 0;
    return {
      async *ranges() {
        for (const range of ranges) {
          count = 'stretch' in range ? range.stretch.count : range.entries.length;
          yield await Promise.resolve(range);
          at += count;
        }
      },
      // Only the range that was given last is read again.
      read: async () => rows.slice(at, at + count),
    };
  }

  *#ranges(rows: readonly ChainEntry[]): Generator<CheckedRange> {
    for (let at = 0; at < rows.length;) {
      const start = this.#startOf(rows, at);
      if (start !== undefined) {
        const stretch = this.#stretchAt(start);
        yield { ...(stretch === undefined ? { entries: rows.slice(at, at + this.#rows) } : { stretch }), misfiled: [] };
        at += this.#rows;
        continue;
      }
      let end = at + 1;
      while (end < rows.length && end - at < this.#rows && this.#startOf(rows, end) === undefined) end += 1;
      const entries = rows.slice(at, end);
      const stretch = checkStretch(rows[0]!.tenant, entries);
      yield { ...(stretch === undefined ? { entries } : { stretch }), misfiled: [] };
      at = end;
    }
  }

  /** Where in the chain a whole stretch of untouched rows begins; undefined where none does. */
  #startOf(rows: readonly ChainEntry[], at: number): number | undefined {
    const start = rows[at]!.seq - 1;
    if (start % this.#rows !== 0 || rows.length - at < this.#rows || this.#chain[start] !== rows[at]) return undefined;
    for (let n = 1; n < this.#rows; n += 1) if (this.#chain[start + n] !== rows[at + n]) return undefined;
    return this.#chain.length >= start + this.#rows ? start : undefined;
  }

  #stretchAt(start: number): CheckedStretch | undefined {
    if (!this.#known.has(start))
      this.#known.set(start, checkStretch(this.#chain[0]!.tenant, this.#chain.slice(start, start + this.#rows)));
    return this.#known.get(start);
  }
}
