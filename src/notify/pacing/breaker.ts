/** When a breaker opens and for how long. */
export interface BreakerSettings {
  /** Failures in a row that open it. */
  readonly threshold: number;
  /** Milliseconds of the first pause; each further one is twice as long. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

/**
 * A circuit breaker: after failures in a row it pauses what it guards, longer each time, until a success. Times are
 * elapsed ms.
 */
export class Breaker {
  readonly #settings: BreakerSettings;
  readonly #random: () => number;
  #failures = 0;
  #pauses = 0;
  #until = -Infinity;

  /** @param random from 0 to below 1: shortens each pause by up to a quarter, so that processes do not probe in step */
  constructor(settings: BreakerSettings, random: () => number) {
    this.#settings = settings;
    this.#random = random;
  }

  /** True from the first failure to the next success: worth one try at a time, no more. */
  get suspect(): boolean {
    return this.#failures > 0;
  }

  /** Milliseconds of pause left; 0 when there is none. */
  remaining(now: number): number {
    return Math.max(0, this.#until - now);
  }

  succeeded(): void {
    this.#failures = 0;
    this.#pauses = 0;
    this.#until = -Infinity;
  }

  /** Counts a failure; those of tries that were under way when the pause began are one and the same trouble. */
  failed(now: number): void {
    if (this.remaining(now) > 0) return;
    this.#failures += 1;
    if (this.#failures < this.#settings.threshold) return;
    const pause = Math.min(this.#settings.firstPauseMs * 2 ** this.#pauses, this.#settings.longestPauseMs);
    this.#until = now + pause * (1 - this.#random() / 4);
    this.#pauses += 1;
  }
}
