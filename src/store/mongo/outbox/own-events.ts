/** The most records remembered: the watch over leftovers finds the others. */
const most = 10_000;

/** Which records this process has written events into, and not seen without any since. */
export class OwnEvents {
  /** By the record's key, how often. */
  readonly #records = new Map<string, number>();

  /** To be called after a commit that held events. */
  add(key: string): void {
    if (this.#records.size < most || this.#records.has(key)) this.#records.set(key, (this.#records.get(key) ?? 0) + 1);
  }

  /** The first of them, with a number that changes when the record is written again. */
  some(limit: number): ReadonlyMap<string, number> {
    const first = new Map<string, number>();
    for (const [key, times] of this.#records) {
      if (first.size >= limit) break;
      first.set(key, times);
    }
    return first;
  }

  /** Forgets a record that holds no events any more, unless it has been written since. */
  forget(key: string, times: number): void {
    if (this.#records.get(key) === times) this.#records.delete(key);
  }
}
