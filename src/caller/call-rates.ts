import { addressBlock } from '../network/address-block.ts';
import type { Client } from '../domain/client.ts';
import { usualLimit } from '../clients/call-limits.ts';
import { ScimError } from '../scim/model/scim-error.ts';
import { TokenBuckets } from './token-bucket.ts';

/** Calls that prove nobody, from one address: a minute of typing errors is free, a search for tokens is not. */
const failures = { perSecond: 1, burst: 60 };

/**
 * How often clients may call, and how often an address may fail to prove a client. Counted by each process: a client's
 * calls are told from those of every other, and who proves a client is never counted by address.
 */
export class CallRates {
  readonly #calls: TokenBuckets;
  readonly #failures: TokenBuckets;

  /** @param now milliseconds */
  constructor(now: () => number) {
    this.#calls = new TokenBuckets(now);
    this.#failures = new TokenBuckets(now, 20_000);
  }

  /** Counts a SCIM call of a client. @throws ScimError 429 with `Retry-After` beyond its rate */
  countCall({ tenant, id, name, callsPerSecond = usualLimit }: Client): void {
    if (callsPerSecond === null) return;
    const wait = this.#calls.take(`${tenant}/${id}`, { perSecond: callsPerSecond, burst: 2 * callsPerSecond });
    if (wait > 0)
      throw new TooManyCallsError(
        `client '${name}' calls more than ${callsPerSecond} times a second: wait, or have its callsPerSecond raised`,
        wait,
      );
  }

  /** Counts a call that proved nobody. @throws ScimError 429 with `Retry-After` where its address has too many */
  countFailure(address: string): void {
    const wait = this.#failures.take(addressBlock(address), failures);
    if (wait > 0) throw new TooManyCallsError('too many calls from this address did not prove a client: wait', wait);
  }
}

/** 429: the call may be repeated after a while (RFC 6585 §4). */
export class TooManyCallsError extends ScimError {
  /** @param seconds until it may be repeated */
  constructor(detail: string, seconds: number) {
    super(429, undefined, detail, { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) });
  }
}
