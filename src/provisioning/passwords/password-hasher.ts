import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { QueueFullError, Semaphore } from '../../base/semaphore.ts';
import { normalizePassword } from './normalize-password.ts';
import { OverloadedError } from './overloaded-error.ts';

/** What a hash costs: `memoryCost` in KiB, `timeCost` in passes (RFC 9106 §3.1). The algorithm is argon2id. */
export interface HashCost {
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

/** OWASP's second choice for argon2id, and what product promises at least. */
export const defaultHashCost: HashCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * Makes and checks argon2id hashes (PHC strings), a few at a time: a flood of passwords waits in a bounded line
 * instead of exhausting memory, and what does not fit is refused with OverloadedError (503).
 */
export class PasswordHasher {
  readonly #cost: HashCost;
  readonly #limit: Semaphore;
  #dummy: Promise<string> | undefined;

  /**
   * @param cost raising it makes {@link needsRehash} true for older hashes
   * @param limit how many hashes may be under way and waiting
   */
  constructor(
    cost: HashCost = defaultHashCost,
    limit = new Semaphore(Math.max(2, Math.min(4, availableParallelism())), 1_024),
  ) {
    this.#cost = cost;
    this.#limit = limit;
  }

  /** Hashes a password or a code. */
  async hash(secret: string): Promise<string> {
    return this.#limited(() => hash(normalizePassword(secret), this.#cost));
  }

  /**
   * Tells whether a secret is the one behind a hash. Without a hash it works as long, on a hash of nothing that
   * anyone knows, and answers false: so the time taken does not tell whether there is an account.
   */
  async verify(hashed: string | undefined, secret: string): Promise<boolean> {
    const against = hashed ?? (await this.#unknown());
    const right = await this.#limited(() => verify(against, normalizePassword(secret)).catch(() => false));
    return right && hashed !== undefined;
  }

  /** Tells which of some hashes, if any, a secret is behind; checks them in order and stops at the first. */
  async matching(hashes: readonly string[], secret: string): Promise<string | undefined> {
    for (const hashed of hashes) if (await this.verify(hashed, secret)) return hashed;
    return undefined;
  }

  /** True when a hash was made at a lower cost than new ones are. */
  needsRehash(hashed: string): boolean {
    const [, memory, time] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$/.exec(hashed) ?? [];
    return memory === undefined || Number(memory) < this.#cost.memoryCost || Number(time) < this.#cost.timeCost;
  }

  async #limited<Result>(task: () => Promise<Result>): Promise<Result> {
    try {
      return await this.#limit.run(task);
    } catch (cause) {
      throw cause instanceof QueueFullError ? new OverloadedError(5) : cause;
    }
  }

  #unknown(): Promise<string> {
    this.#dummy ??= hash(crypto.randomUUID(), this.#cost);
    return this.#dummy;
  }
}
