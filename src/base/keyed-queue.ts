/**
 * Runs tasks of one key one after another and tasks of different keys side by side. Holds nothing of a key that is
 * idle.
 */
export class KeyedQueue {
  readonly #tails = new Map<string, Promise<unknown>>();

  /**
   * Runs `task` once every earlier task of this key has ended, well or badly.
   * @returns what the task returns; rejects as it rejects
   */
  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key);
    const run = before === undefined ? task() : before.then(task, task);
    const tail = run.catch(() => undefined);
    this.#tails.set(key, tail);
    try {
      return await run;
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    }
  }
}
