import type { Log } from '../base/log.ts';

/** A chore, and the milliseconds between its turns. */
export interface Chore {
  readonly everyMs: number;
  /** True when its first turn is at once. */
  readonly atStart?: boolean;
  /**
   * Within how many milliseconds its first turn comes: what has time is done after the start, and not by all processes
   * that start together in one moment.
   */
  readonly firstWithinMs?: number;
  readonly run: () => Promise<unknown>;
  /** What the log says when a turn fails; the next turn comes all the same. */
  readonly failure: string;
}

/** Does chores at intervals, until stopped. Holds up no exit. */
export class Housekeeping {
  readonly #chores: readonly Chore[];
  readonly #log: Pick<Log, 'warn'>;
  readonly #chance: () => number;
  #timers: readonly NodeJS.Timeout[] = [];

  /** @param chance answers a number from 0 up to, but not including, 1 */
  constructor(chores: readonly Chore[], log: Pick<Log, 'warn'>, chance: () => number = Math.random) {
    this.#chores = chores;
    this.#log = log;
    this.#chance = chance;
  }

  start(): void {
    for (const chore of this.#chores) if (chore.atStart === true) this.#turn(chore);
    this.#timers = this.#chores.flatMap((chore) => [
      setInterval(() => this.#turn(chore), chore.everyMs).unref(),
      ...(chore.firstWithinMs === undefined
        ? []
        : [setTimeout(() => this.#turn(chore), chore.firstWithinMs * this.#chance()).unref()]),
    ]);
  }

  stop(): void {
    this.#timers.forEach(clearInterval);
  }

  #turn({ run, failure }: Chore): void {
    run().catch((error: unknown) => this.#log.warn({ err: error }, failure));
  }
}
