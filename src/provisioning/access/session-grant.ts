import type { Account } from '../records/account.ts';
import { omit } from '../../base/omit.ts';

/** A session as the browser's signed cookie carries it. */
export interface SessionGrant {
  readonly id: string;
  /** ISO 8601 UTC. */
  readonly signedInAt: string;
  /** The account's `sessionsValidFrom` when the session began; empty where there was none. */
  readonly validFrom: string;
}

/** How long a session lasts, in milliseconds. */
export const sessionLifeMs = 15 * 60_000;

/** An ended session is remembered longer than it could last, because the clocks of several processes differ. */
const rememberedMs = 2 * sessionLifeMs;

/** Past so many sign-outs within that time, all sessions of the account end. */
const endedKept = 20;

/** A session that begins now on this account. */
export function grantSession(account: Account, { now, id }: { readonly now: Date; readonly id: string }): SessionGrant {
  return { id, signedInAt: now.toISOString(), validFrom: account.sessionsValidFrom ?? '' };
}

/**
 * False once the user has signed out of this session, or the sessions of the account have ended since it began. The
 * mark is compared for equality, so it does not matter which process's clock wrote it.
 */
export function sessionHolds(account: Account, { id, validFrom }: SessionGrant): boolean {
  if ((account.sessionsValidFrom ?? '') !== validFrom) return false;
  return !(account.endedSessions ?? []).some((ended) => ended.id === id);
}

/** The account once the user has signed out of this session. */
export function endSession(account: Account, { id }: SessionGrant, now: Date): Account {
  const since = now.toISOString();
  const until = new Date(now.getTime() + rememberedMs).toISOString();
  const others = (account.endedSessions ?? []).filter((ended) => ended.until > since && ended.id !== id);
  if (others.length >= endedKept) return { ...omit(account, 'endedSessions'), sessionsValidFrom: since };
  return { ...account, endedSessions: [{ id, until }, ...others] };
}
