import { delayAfter } from './account-lock.ts';

/** Failures for one name. */
interface Failures {
  readonly count: number;
  readonly until: string | undefined;
}

const namesKept = 10_000;

/**
 * Counts failures for user names that do not exist, exactly as an account counts its own: otherwise the name that never gets locked
 * would be the one without an account. In memory, bounded; the oldest names are forgotten first.
 */
export class UnknownNames {
  readonly #failures = new Map<string, Failures>();

  /** Until when no try is taken for this name; undefined when one is. */
  lockedUntil(name: string, now: Date): string | undefined {
    const until = this.#failures.get(name)?.until;
    return until !== undefined && until > now.toISOString() ? until : undefined;
  }

  /** Counts a failure. */
  fail(name: string, now: Date): void {
    const count = (this.#failures.get(name)?.count ?? 0) + 1;
    const delay = delayAfter(count);
    this.#failures.delete(name);
    this.#failures.set(name, { count, until: delay === 0 ? undefined : new Date(now.getTime() + delay).toISOString() });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > namesKept && oldest !== undefined) this.#failures.delete(oldest);
  }
}
