/**
 * Spreads sends evenly: at most so many in any minute, without the burst at a minute's start that fixed windows allow
 * (from 1,200 a minute on a tenth of a second's worth may go at once). Times are elapsed ms. One per process: several
 * processes share a server's limit by each being given a part of it.
 */
export class RateLimit {
  readonly #intervalMs: number;
  readonly #burst: number;
  /** When the credit was last zero. */
  #origin: number | undefined;

  /** @param perMinute undefined: no limit */
  constructor(perMinute: number | undefined) {
    this.#intervalMs = perMinute === undefined ? 0 : 60_000 / perMinute;
    // A tenth of a second's worth, so that timers of a millisecond do not throttle a high rate.
    this.#burst = perMinute === undefined ? Infinity : Math.max(1, Math.floor(perMinute / 600));
  }

  /** How many may go now. */
  available(now: number): number {
    if (this.#intervalMs === 0) return Infinity;
    this.#origin ??= now - this.#intervalMs;
    this.#origin = Math.max(this.#origin, now - this.#burst * this.#intervalMs);
    // A rounding error of the division must not cost a whole turn.
    return Math.floor((now - this.#origin) / this.#intervalMs + 1e-9);
  }

  /** Takes one. */
  take(now: number): void {
    this.available(now);
    if (this.#origin !== undefined) this.#origin += this.#intervalMs;
  }

  /** Gives one back that was not used. */
  giveBack(): void {
    if (this.#origin !== undefined) this.#origin -= this.#intervalMs;
  }

  /** Milliseconds until the next may go. */
  wait(now: number): number {
    return this.available(now) > 0 ? 0 : (this.#origin ?? now) + this.#intervalMs - now;
  }
}
