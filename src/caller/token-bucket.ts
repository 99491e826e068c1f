interface Level {
  tokens: number;
  at: number;
}

/** A rate at which something may happen, and how often it may happen at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * Counts what happens against a rate, for each of many keys apart. Keys whose bucket is full again are forgotten; past
 * the most there may be, the one that was not seen for longest is.
 */
export class TokenBuckets {
  readonly #levels = new Map<string, Level>();
  readonly #now: () => number;
  readonly #most: number;

  /**
   * @param now milliseconds that only go on
   * @param most keys that are remembered
   */
  constructor(now: () => number, most = 100_000) {
    this.#now = now;
    this.#most = most;
  }

  /**
   * Counts one more.
   * @returns 0 if it is within the rate, else the seconds until the next one would be
   */
  take(key: string, { perSecond, burst }: Rate): number {
    const now = this.#now();
    const before = this.#levels.get(key) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, before.tokens + (Math.max(0, now - before.at) / 1000) * perSecond);
    this.#levels.delete(key);
    const left = tokens >= 1 ? tokens - 1 : tokens;
    this.#levels.set(key, { tokens: left, at: now });
    if (this.#levels.size > this.#most) this.#levels.delete(this.#levels.keys().next().value!);
    return tokens >= 1 ? 0 : (1 - tokens) / perSecond;
  }
}
