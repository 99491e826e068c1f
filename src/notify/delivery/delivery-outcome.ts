import type { Prepared } from './addressee.ts';
import { backoff } from './backoff.ts';
import type { Delivery } from './delivery.ts';
import type { SendResult } from './send-result.ts';

/** How a worker's turn with a delivery ended. */
export type Outcome =
  | { readonly kind: 'sent' | 'cancelled'; readonly reply: string }
  /** Can never be sent; `attempted`: a server said so. */
  | { readonly kind: 'dead'; readonly reply: string; readonly attempted: boolean }
  /**
   * Failed for now: tried again after a gap that grows with the attempts, until they are used up. `notBeforeMs`: no
   * sooner than that many ms from now.
   */
  | { readonly kind: 'retry'; readonly reply: string; readonly notBeforeMs?: number }
  /** Not its turn yet. No attempt is counted, but where a server was asked. */
  | { readonly kind: 'held'; readonly reply: string; readonly until: Date; readonly attempted?: boolean }
  /**
   * Nothing was wrong with this delivery: it goes back to its place in the queue, or behind others until `afterMs` from
   * now. No attempt is counted.
   */
  | { readonly kind: 'returned'; readonly reply: string; readonly afterMs?: number };

/**
 * The delivery after an outcome, without its lease, not yet written to the user's record. Pure.
 * @param now the wall clock
 * @param random from 0 to below 1, for the jitter of retries
 * @param gapAfter how long to wait after so many failed attempts
 */
export function concludeDelivery(
  delivery: Delivery,
  outcome: Outcome,
  now: Date,
  random: () => number,
  gapAfter = backoff,
): Delivery {
  const { lease, heldFor, ...unleased } = delivery;
  void lease;
  void heldFor;
  const base = { ...unleased, lastReply: outcome.reply, reported: false };
  const ended = { endedAt: now.toISOString() };
  switch (outcome.kind) {
    case 'sent':
      return { ...base, ...ended, state: 'sent', attempts: delivery.attempts + 1 };
    case 'dead':
      return { ...base, ...ended, state: 'dead', attempts: delivery.attempts + (outcome.attempted ? 1 : 0) };
    case 'cancelled':
      return { ...base, ...ended, state: 'cancelled' };
    case 'returned':
      return {
        ...base,
        state: 'queued',
        ...(outcome.afterMs === undefined
          ? {}
          : { notBefore: new Date(now.getTime() + outcome.afterMs).toISOString() }),
      };
    // A moment that has passed already would bring it back at once, over and over.
    case 'held':
      return {
        ...base,
        state: 'queued',
        heldFor: outcome.reply,
        attempts: delivery.attempts + (outcome.attempted === true ? 1 : 0),
        notBefore: new Date(Math.max(outcome.until.getTime(), now.getTime() + 1000)).toISOString(),
      };
    case 'retry': {
      const attempts = delivery.attempts + 1;
      const gap = gapAfter(attempts, random);
      if (gap === undefined) return { ...base, ...ended, state: 'dead', attempts };
      return {
        ...base,
        state: 'queued',
        attempts,
        notBefore: new Date(now.getTime() + Math.max(gap, outcome.notBeforeMs ?? 0)).toISOString(),
      };
    }
  }
}

/** What it means that nothing is to be sent. */
export function outcomeWithoutSending(prepared: Exclude<Prepared, { readonly outcome: 'send' }>): Outcome {
  switch (prepared.outcome) {
    case 'cancel':
      return { kind: 'cancelled', reply: prepared.reason };
    case 'hold':
      return { kind: 'held', reply: prepared.reason, until: prepared.until };
    case 'fail':
      return { kind: 'dead', reply: prepared.reason, attempted: false };
  }
}

/**
 * How long a server may say that it is sent too much, or that our account is at fault while it takes other messages,
 * in ms, before that counts as failing.
 */
const patienceMs = 48 * 3_600_000;

/**
 * What the answer to a send means for the delivery.
 * @param takesOthers whether the server has taken other messages lately
 */
export function outcomeOfSend(
  result: SendResult,
  { createdAt }: Pick<Delivery, 'createdAt'>,
  now: Date,
  takesOthers = false,
): Outcome {
  const { reply } = result;
  const patient = now.getTime() - Date.parse(createdAt) < patienceMs;
  switch (result.outcome) {
    case 'accepted':
      return { kind: 'sent', reply };
    case 'permanent':
      return { kind: 'dead', reply, attempted: true };
    case 'temporary':
      return {
        kind: 'retry',
        reply,
        ...(result.retryAfterMs === undefined ? {} : { notBeforeMs: result.retryAfterMs }),
      };
    case 'throttled':
      return { kind: patient ? 'returned' : 'retry', reply };
    case 'channelDown':
      if (result.retryAfterMs === undefined) return { kind: 'returned', reply };
      return !patient && takesOthers
        ? { kind: 'retry', reply, notBeforeMs: result.retryAfterMs }
        : { kind: 'returned', reply, afterMs: result.retryAfterMs };
  }
}

/**
 * The domain was asked on everyone's behalf and failed: that counts as an attempt, or its mail would stay in the
 * queue for ever.
 */
export function outcomeOfPause({ forMs, reply }: { readonly forMs: number; readonly reply: string }): Outcome {
  return { kind: 'retry', reply: `The domain is paused, its last answer was: ${reply}`, notBeforeMs: forMs };
}
