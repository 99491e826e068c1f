import type { Clock } from '../../../base/clock.ts';

/** How long a measured difference holds, in milliseconds of a clock that never jumps. */
const holdsMs = 5_000;

/** A difference up to this is taken for the way there and back, in milliseconds. */
const tolerance = 1_000;

/**
 * How far the server's clock is ahead of this process's. Leases are counted by the server's, for it is the one clock
 * that all processes share: one whose own clock runs ahead would take what another still works on.
 */
export class ServerTime {
  readonly #clock: Clock;
  readonly #readServer: () => Promise<Date | undefined>;
  #aheadMs = 0;
  #measuredAt: number | undefined;

  /** @param readServer asks the server for its time */
  constructor(clock: Clock, readServer: () => Promise<Date | undefined>) {
    this.#clock = clock;
    this.#readServer = readServer;
  }

  /** The difference last measured, in milliseconds; negative where the server is behind. */
  get aheadMs(): number {
    return this.#aheadMs;
  }

  /** Measures the difference, unless that was done just now. */
  async measure(): Promise<number> {
    const at = performance.now();
    if (this.#measuredAt !== undefined && at - this.#measuredAt < holdsMs) return this.#aheadMs;
    const server = await this.#readServer();
    const ahead = server === undefined ? 0 : server.getTime() - this.#clock.now().getTime();
    this.#aheadMs = Math.abs(ahead) <= tolerance ? 0 : ahead;
    this.#measuredAt = at;
    return this.#aheadMs;
  }
}
