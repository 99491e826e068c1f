import type { Log } from '../base/log.ts';

/** A chore, and the milliseconds between its turns. */
export interface Chore {
  readonly everyMs: number;
  /** True when its first turn is at once. */
  readonly atStart?: boolean;
  readonly run: () => Promise<unknown>;
  /** What the log says when a turn fails; the next turn comes all the same. */
  readonly failure: string;
}

/** Does chores at intervals, until stopped. Holds up no exit. */
export class Housekeeping {
  readonly #chores: readonly Chore[];
  readonly #log: Pick<Log, 'warn'>;
  #timers: readonly NodeJS.Timeout[] = [];

  constructor(chores: readonly Chore[], log: Pick<Log, 'warn'>) {
    this.#chores = chores;
    this.#log = log;
  }

  start(): void {
    for (const chore of this.#chores) if (chore.atStart === true) this.#turn(chore);
    this.#timers = this.#chores.map((chore) => setInterval(() => this.#turn(chore), chore.everyMs).unref());
  }

  stop(): void {
    this.#timers.forEach(clearInterval);
  }

  #turn({ run, failure }: Chore): void {
    run().catch((error: unknown) => this.#log.warn({ err: error }, failure));
  }
}
