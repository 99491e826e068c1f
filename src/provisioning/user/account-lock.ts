import type { Account } from '../records/account.ts';
import type { LockedReason } from './latchkey-extension.ts';
import type { Rules, UserDraft } from './user-draft.ts';
import { hasArrived } from './arrival.ts';
import { needsProof } from './needs-proof.ts';
import { notBefore } from './first-key-address.ts';
import { omit } from '../../base/omit.ts';

/** Failed sign-ins from which on each further one makes the next wait. */
const freeTries = 4;
/** Failed sign-ins that lock the account for a while. */
const triesUntilLock = 10;
const lockMs = 15 * 60_000;
/** How long after the last of them failed sign-ins are remembered: a lock that has run its time leaves none behind. */
export const failuresMemoryMs = lockMs;

/**
 * How long no further try is taken after so many failures: 1 s after the fifth, doubling, 15 minutes from the tenth
 * on.
 */
export function delayAfter(failures: number): number {
  if (failures >= triesUntilLock) return lockMs;
  return failures <= freeTries ? 0 : 1_000 * 2 ** (failures - freeTries - 1);
}

/** The failed sign-ins of an account that are not forgotten yet. */
export function failuresOf({ failedSignIns, failedAt, lockedUntil }: Account, now: Date): number {
  // Earlier releases noted no `failedAt`.
  const ends = failedAt === undefined ? Date.parse(lockedUntil ?? '') : Date.parse(failedAt) + failuresMemoryMs;
  return ends <= now.getTime() ? 0 : failedSignIns;
}

/**
 * Until when no password of strangers is taken, after a few failed sign-ins or many: the account is locked until then,
 * as sign-in, SCIM and administration say alike. Undefined when one is taken.
 */
export function pausedUntil(account: Account | undefined, now: Date): string | undefined {
  return account?.lockedUntil !== undefined && account.lockedUntil > now.toISOString()
    ? account.lockedUntil
    : undefined;
}

/** An account on which one more sign-in has failed. */
export function countFailure(account: Account, now: Date): Account {
  const failedSignIns = failuresOf(account, now) + 1;
  const delay = delayAfter(failedSignIns);
  return {
    ...omit(account, 'lockedUntil'),
    failedSignIns,
    failedAt: now.toISOString(),
    ...(delay === 0 ? {} : { lockedUntil: new Date(now.getTime() + delay).toISOString() }),
  };
}

/** True when so many failures are a lock of which others are told (`account.locked`), and not just a pause. */
export function isLockedOut(failures: number): boolean {
  return failures >= triesUntilLock;
}

/** What a user's lock is judged by. */
export type LockedUser = Pick<UserDraft, 'resource' | 'onboarding' | 'account'>;

/**
 * Why a right password does not let a user in at this moment; undefined when it does. The one judgement that sign-in,
 * the API, SCIM (`locked`, `lockedReason`) and the view of administrators share.
 */
export function lockedReason(user: LockedUser, moment: Pick<Rules, 'settings' | 'now'>): LockedReason | undefined {
  if (pausedUntil(user.account, moment.now) !== undefined) return 'failedAttempts';
  if (notBefore(user.onboarding, moment.settings, moment.now) !== undefined) return 'notStarted';
  return lastingReason(user, moment);
}

/** Why a right password does not let a user in, apart from what time alone decides. */
export function lastingReason(user: LockedUser, { settings }: Pick<Rules, 'settings'>): LockedReason | undefined {
  const { onboarding, account } = user;
  const invited = account.invitation?.purpose === 'invitation' || onboarding.preRegistration === true;
  // Whatever became of the invitation: one that was called off, or whose user was restored, leaves no way in by a
  // placeholder. With 'delivered' a password is in the user's hands: signing in with it is the next step.
  const pending =
    invited
    && !hasArrived(onboarding, account)
    && onboarding.status !== 'delivered'
    && account.mailedPassword !== true
    && account.keepsPassword !== true
    && (account.mailedTo ?? []).length === 0;
  if (settings.onboarding.lockUntilPasswordSet && pending) return 'pendingPassword';
  return needsProof(user, { settings }) ? 'emailNotVerified' : undefined;
}

/** Forgets failed sign-ins and the pause or lock that came of them; false when there were none. */
export function forgetFailures(draft: UserDraft): boolean {
  const { account } = draft;
  if (account.failedSignIns === 0 && account.lockedUntil === undefined) return false;
  if (isLockedOut(account.failedSignIns)) draft.events.push({ type: 'account.unlocked', data: {} });
  draft.account = { ...omit(account, 'lockedUntil', 'failedAt'), failedSignIns: 0 };
  return true;
}

/** Brings the visible `locked` and `lockedReason` in line. */
export function showLock(draft: UserDraft, rules: Rules): void {
  const reason = lockedReason(draft, rules);
  draft.onboarding.locked = reason !== undefined;
  if (reason === undefined) delete draft.onboarding.lockedReason;
  else draft.onboarding.lockedReason = reason;
}
