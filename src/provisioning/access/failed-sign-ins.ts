import { createHash } from 'node:crypto';
import { delayAfter } from '../user/account-lock.ts';

/** Failures under one key. */
interface Failures {
  readonly count: number;
  readonly lastAt: number;
  readonly until: string | undefined;
}

const keysKept = 10_000;

/** Failed sign-ins from one address that make nobody wait: behind one address there can be a whole office. */
const addressAllowance = 100;
/** An address from which nothing has failed for so long begins anew, in milliseconds. */
const addressMemoryMs = 15 * 60_000;

/** Counts failed sign-ins by a key and makes the next try wait, as an account does. In memory, bounded: the oldest keys are
 * forgotten first, and of each, which a stranger may make as long as a form, a hash is kept. */
export class FailedSignIns {
  readonly #allowance: number;
  readonly #memoryMs: number;
  readonly #failures = new Map<string, Failures>();

  /**
   * @param allowance failures that do not count
   * @param memoryMs how long after the last failure they are remembered
   */
  private constructor(allowance: number, memoryMs: number) {
    this.#allowance = allowance;
    this.#memoryMs = memoryMs;
  }

  /**
   * For user names that do not exist, counted exactly as an account counts its own: otherwise the name that never
   * gets locked would be the one without an account.
   */
  static ofUnknownNames(): FailedSignIns {
    return new FailedSignIns(0, Number.POSITIVE_INFINITY);
  }

  /** For the addresses that sign-ins come from, whichever accounts they are tried on. */
  static ofAddresses(): FailedSignIns {
    return new FailedSignIns(addressAllowance, addressMemoryMs);
  }

  /** Until when no try is taken under this key; undefined when one is. */
  lockedUntil(key: string, now: Date): string | undefined {
    const until = this.#failures.get(digest(key))?.until;
    return until !== undefined && until > now.toISOString() ? until : undefined;
  }

  /** Counts a failure. */
  fail(longKey: string, now: Date): void {
    const key = digest(longKey);
    const before = this.#failures.get(key);
    const remembered = before !== undefined && now.getTime() - before.lastAt < this.#memoryMs ? before.count : 0;
    const count = remembered + 1;
    const delay = delayAfter(count - this.#allowance);
    this.#failures.delete(key);
    this.#failures.set(key, {
      count,
      lastAt: now.getTime(),
      until: delay === 0 ? undefined : new Date(now.getTime() + delay).toISOString(),
    });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > keysKept && oldest !== undefined) this.#failures.delete(oldest);
  }
}

function digest(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
