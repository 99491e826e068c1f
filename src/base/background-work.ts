/** Work that no answer waits for. */
export class BackgroundWork {
  readonly #underWay = new Set<Promise<void>>();
  readonly #onError: (error: unknown) => void;

  /** @param onError told of what a task rejects with */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** How many tasks are under way. */
  get size(): number {
    return this.#underWay.size;
  }

  /** Begins a task; returns at once. */
  run(task: () => Promise<void>): void {
    const work = task()
      .catch(this.#onError)
      .finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  /** Resolves when everything begun so far is done: for a graceful stop. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }
}
