import { turnTaking } from '../../base/cooperative.ts';
import { ScimError } from '../../scim/model/scim-error.ts';
import { StoreUnavailableError } from '../records/resource-store.ts';

/** Changes of one record that are made together at most: their callers wait for all of them. */
const mostTogether = 64;

/** A change of one record, made by whichever service it is given. */
type Change<Service> = (service: Service) => Promise<unknown>;

interface Waiting<Service> {
  readonly change: Change<Service>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (cause: unknown) => void;
}

type Outcome = { readonly answer: unknown } | { readonly refusal: ScimError };

/** Does work whose writes go to the store together. @returns false, with nothing written, where another was quicker */
type Together<Service> = (work: (service: Service) => Promise<void>) => Promise<boolean>;

/**
 * Joins changes of one record: those that come while another one is written are made one after another, each on what
 * the one before it has left, and written in one go. A group that many calls change at once is written as often as the
 * disk allows, not once for each call. Each change keeps its own version, events and answer, and a refused one leaves
 * no trace.
 */
export class JoinedChanges<Service> {
  readonly #alone: Service;
  readonly #together: Together<Service>;
  /** Those that wait for a record that is being changed. */
  readonly #lines = new Map<string, Waiting<Service>[]>();

  /** @param alone makes a change by itself */
  constructor(alone: Service, together: Together<Service>) {
    this.#alone = alone;
    this.#together = together;
  }

  /**
   * Makes a change of a record.
   * @param key of the record
   * @param change may be called again, from the beginning, where somebody else was quicker
   * @returns what the change answers, once it is durable; rejects as it rejects
   */
  async run<Answer>(key: string, change: (service: Service) => Promise<Answer>): Promise<Answer> {
    const line = this.#lines.get(key);
    if (line !== undefined)
      return new Promise<Answer>((resolve, reject) => {
        line.push({ change, resolve: (answer) => resolve(answer as Answer), reject });
      });
    this.#lines.set(key, []);
    try {
      return await change(this.#alone);
    } finally {
      this.#goOn(key);
    }
  }

  #goOn(key: string): void {
    const some = this.#lines.get(key)?.splice(0, mostTogether) ?? [];
    if (some.length === 0) this.#lines.delete(key);
    else void this.#make(some).finally(() => this.#goOn(key));
  }

  async #make(some: readonly Waiting<Service>[]): Promise<void> {
    if (some.length > 1 && (await this.#makeTogether(some))) return;
    for (const { change, resolve, reject } of some) await change(this.#alone).then(resolve, reject);
  }

  /** @returns false where each must be made by itself */
  async #makeTogether(some: readonly Waiting<Service>[]): Promise<boolean> {
    const outcomes: Outcome[] = [];
    const takeTurns = turnTaking();
    try {
      const isWritten = await this.#together(async (service) => {
        for (const { change } of some) {
          outcomes.push(await outcomeOf(change(service)));
          await takeTurns();
        }
      });
      if (!isWritten) return false;
    } catch (cause) {
      if (!(cause instanceof StoreUnavailableError)) return false;
      // Whether they were written is not known: made again, they might be made twice.
      for (const { reject } of some) reject(cause);
      return true;
    }
    for (const [index, outcome] of outcomes.entries()) {
      const { resolve, reject } = some[index]!;
      if ('answer' in outcome) resolve(outcome.answer);
      else reject(outcome.refusal);
    }
    return true;
  }
}

/** @throws what is not a refusal */
async function outcomeOf(made: Promise<unknown>): Promise<Outcome> {
  try {
    return { answer: await made };
  } catch (cause) {
    if (cause instanceof ScimError) return { refusal: cause };
    throw cause;
  }
}
