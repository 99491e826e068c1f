import { ScimError } from '../../scim/model/scim-error.ts';

/** 503 with `Retry-After`: more work is waiting than can be done in reasonable time. */
export class OverloadedError extends ScimError {
  constructor(retryAfterSeconds: number) {
    super(503, undefined, 'The server is busy with other passwords; try again shortly.', { 'Retry-After': String(retryAfterSeconds) });
  }
}

/** Lets a bounded number of costly tasks run at once and a bounded number wait, in order of arrival. */
export class WorkLimit {
  readonly #concurrency: number;
  readonly #waitingAtMost: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /**
   * @param concurrency tasks that may run at once
   * @param waitingAtMost tasks that may wait
   */
  constructor(concurrency: number, waitingAtMost: number) {
    this.#concurrency = concurrency;
    this.#waitingAtMost = waitingAtMost;
  }

  /**
   * Runs a task when there is room.
   * @throws OverloadedError at once when too many wait
   */
  async run<T>(task: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < this.#concurrency) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= this.#waitingAtMost) throw new OverloadedError(5);
    // Whoever leaves hands its place on, so the count of those running stands.
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
