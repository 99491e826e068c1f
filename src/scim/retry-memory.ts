import { ScimError } from './scim-error.ts';

/** A create as its caller identifies it. */
export interface CreateAttempt {
  readonly tenant: string;
  readonly client: string;
  readonly resourceType: string;
  /** The `Idempotency-Key` header. */
  readonly key: string;
  /** A digest of the body: the same key with another body is a mistake of the caller. */
  readonly digest: string;
}

/**
 * PORT: makes creates safe to retry. A create that is repeated with the same `Idempotency-Key`, by the same client, answers with the resource
 * made the first time. An implementation that rests beside the resources survives a restart; the one below does not.
 */
export interface RetryMemory {
  /**
   * Runs `create` unless the attempt has been made before.
   * @param create makes the resource and answers its id; what it throws is thrown, and not remembered
   * @returns the id, and whether it was made just now
   * @throws ScimError 422 when the key was used with another body
   */
  once(attempt: CreateAttempt, create: () => Promise<string>): Promise<{ readonly id: string; readonly repeated: boolean }>;
}

/**
 * Remembers the latest creates of this process. That covers the common case, a client that repeats a request after a time-out; across
 * processes and restarts the uniqueness of `userName` is what stands between a retry and a duplicate.
 */
export class ProcessRetryMemory implements RetryMemory {
  readonly #capacity: number;
  readonly #creates = new Map<string, { readonly digest: string; readonly id: Promise<string> }>();

  /** @param capacity how many creates are remembered; the oldest go first */
  constructor(capacity = 10_000) {
    this.#capacity = capacity;
  }

  async once(attempt: CreateAttempt, create: () => Promise<string>): Promise<{ id: string; repeated: boolean }> {
    const name = JSON.stringify([attempt.tenant, attempt.client, attempt.resourceType, attempt.key]);
    const earlier = this.#creates.get(name);
    if (earlier !== undefined) {
      if (earlier.digest !== attempt.digest) throw new ScimError(422, undefined, 'This Idempotency-Key was used with another body.');
      return { id: await earlier.id, repeated: true };
    }
    const id = create();
    this.#creates.set(name, { digest: attempt.digest, id });
    this.#forgetOldest();
    try {
      return { id: await id, repeated: false };
    } catch (error) {
      this.#creates.delete(name);
      throw error;
    }
  }

  #forgetOldest(): void {
    if (this.#creates.size <= this.#capacity) return;
    const [oldest] = this.#creates.keys();
    if (oldest !== undefined) this.#creates.delete(oldest);
  }
}
