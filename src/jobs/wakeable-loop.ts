import type { Scheduler } from './scheduler.ts';

/**
 * Runs one task over and over: soon after a wake, else after the pause the task asked for; never twice at a time.
 * Between two runs the event loop always has its turn.
 */
export class WakeableLoop {
  readonly #scheduler: Scheduler;
  readonly #task: () => Promise<number>;
  readonly #restMs: number;
  #running: Promise<void> | undefined;
  #callOff: (() => void) | undefined;
  #woken = false;
  #started = false;

  /**
   * @param task answers the milliseconds until it wants to run again; must not reject
   * @param restMs the least time between two runs however often it is woken, so that wakes in quick succession share
   *   one run
   */
  constructor(scheduler: Scheduler, task: () => Promise<number>, restMs = 0) {
    this.#scheduler = scheduler;
    this.#task = task;
    this.#restMs = restMs;
  }

  /** Runs the task for the first time. */
  start(): void {
    this.#started = true;
    this.#run();
  }

  /** Asks for a run; while one is under way, for another after it. */
  wake(): void {
    if (!this.#started || this.#woken) return;
    this.#woken = true;
    if (this.#running === undefined) this.#runAfter(this.#restMs);
  }

  /** Runs no more; resolves when the run under way has ended. */
  async stop(): Promise<void> {
    this.#started = false;
    this.#callOff?.();
    await this.#running;
  }

  #run(): void {
    this.#woken = false;
    this.#running = this.#task().then((pause) => {
      this.#running = undefined;
      if (this.#started) this.#runAfter(this.#woken ? Math.min(pause, this.#restMs) : pause);
    });
  }

  #runAfter(ms: number): void {
    this.#callOff?.();
    this.#callOff = this.#scheduler.after(ms, () => this.#run());
  }
}
