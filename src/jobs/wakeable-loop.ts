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
  /** When the next run is due; while one is under way, when the one after it was asked for. */
  #due = Infinity;
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

  /**
   * Asks for a run; while one is under way, for another after it.
   * @param withinMs how long it may wait, for what comes after to share the run
   */
  wake(withinMs = this.#restMs): void {
    if (!this.#started) return;
    const due = this.#scheduler.elapsed() + withinMs;
    if (due >= this.#due) return;
    this.#due = due;
    if (this.#running === undefined) this.#runAfter(withinMs);
  }

  /** Runs no more; resolves when the run under way has ended. */
  async stop(): Promise<void> {
    this.#started = false;
    this.#callOff?.();
    await this.#running;
  }

  #run(): void {
    this.#due = Infinity;
    this.#running = this.#task().then((pause) => {
      this.#running = undefined;
      if (!this.#started) return;
      const now = this.#scheduler.elapsed();
      const asked = Math.max(this.#restMs, this.#due - now);
      this.#due = now + Math.min(pause, asked);
      this.#runAfter(Math.min(pause, asked));
    });
  }

  #runAfter(ms: number): void {
    this.#callOff?.();
    this.#callOff = this.#scheduler.after(ms, () => this.#run());
  }
}
