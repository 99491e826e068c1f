import type { Clock } from '../../../base/clock.ts';

/**
 * Tells the order of writes without asking the database: microseconds, always rising within one process, in step with
 * the clock among several.
 */
export class Stamps {
  readonly #clock: Clock;
  #last = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A number greater than every one given before. */
  next(): number {
    this.#last = Math.max(this.#last + 1, this.#clock.now().getTime() * 1000);
    return this.#last;
  }
}
