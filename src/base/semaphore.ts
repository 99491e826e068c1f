/** More tasks wait for a semaphore than it allows. */
export class QueueFullError extends Error {}

/** Runs a bounded number of tasks at once; further tasks wait in order of arrival. */
export class Semaphore {
  readonly #waiting: (() => void)[] = [];
  readonly #waitingAtMost: number;
  #free: number;

  /**
   * @param count tasks that may run at once
   * @param waitingAtMost tasks that may wait
   */
  constructor(count: number, waitingAtMost = Number.POSITIVE_INFINITY) {
    this.#free = count;
    this.#waitingAtMost = waitingAtMost;
  }

  /**
   * Runs a task when a place is free; returns and throws what the task does.
   * @throws QueueFullError at once when too many tasks wait
   */
  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#queue();
    try {
      return await task();
    } finally {
      this.#release();
    }
  }

  async #queue(): Promise<void> {
    if (this.#waiting.length >= this.#waitingAtMost) throw new QueueFullError('too many tasks are waiting');
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Hands the place to the next waiting task, so that no newcomer can overtake it. */
  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
