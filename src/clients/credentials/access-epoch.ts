import { installation, type Notes } from '../../domain/notes.ts';

const kind = 'epoch';
const key = 'access';

/**
 * A number that grows with each change of a client or credential, in every process alike. What was cached under an
 * earlier number is looked up again, so a revoked credential stops working everywhere before its revocation is
 * answered.
 */
export class AccessEpoch {
  readonly #notes: Notes;
  readonly #alone: boolean;
  /** Changes of this process. */
  #advances = 0;
  #waiting: Promise<number> | undefined;
  #reading: Promise<unknown> = Promise.resolve();

  /** @param alone whether no other process has the store: then this one knows the number without asking */
  constructor(notes: Notes, alone = false) {
    this.#notes = notes;
    this.#alone = alone;
  }

  /**
   * The number now. Calls that come while one look-up is under way share the next one: it begins after they came, and
   * a busy process asks the store no more often than it answers.
   */
  current(): number | Promise<number> {
    if (this.#alone) return this.#advances;
    this.#waiting ??= this.#next();
    return this.#waiting;
  }

  /** To be called after each change, before it is answered. */
  async advance(): Promise<void> {
    this.#advances += 1;
    await this.#notes.put({ tenant: installation, kind, key, value: {} }, undefined);
  }

  async #next(): Promise<number> {
    await this.#reading.catch(() => undefined);
    this.#waiting = undefined;
    const reading = this.#notes.find(installation, kind, key);
    this.#reading = reading;
    return (await reading)?.version ?? 0;
  }
}
