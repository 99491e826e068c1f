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

  /**
   * A moment of this process's clock at which something is due: where that has come, it has come by the server's clock
   * too. A moment to come may be anybody's, a day that somebody starts for example, and stays as it is.
   */
  notLate(moment: string): string {
    const now = this.#clock.now();
    if (this.#aheadMs >= 0 || moment > now.toISOString()) return moment;
    const servers = new Date(now.getTime() + this.#aheadMs).toISOString();
    return moment < servers ? moment : servers;
  }

  /** The server's time at this moment. */
  async now(): Promise<Date> {
    const ahead = await this.measure();
    return new Date(this.#clock.now().getTime() + ahead);
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
