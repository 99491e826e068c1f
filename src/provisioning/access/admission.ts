import type { Settings } from '../../config/settings.ts';
import type { Account } from '../records/account.ts';
import { forgetFailures, type LockedUser, lockedReason, pausedUntil } from '../user/account-lock.ts';
import { startOf } from '../user/first-key-address.ts';
import { omit } from '../../base/omit.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { endReveal } from '../first-key/invitations.ts';
import type { Refusal, AcceptResult } from './sign-in-result.ts';
import { bindToPassword, type ChangeTickets } from './change-ticket.ts';
import { isActive } from '../user/event-policy.ts';
import { write, keep } from '../user/change-user.ts';
import { personOf } from '../user/person.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import type { ServiceParts } from '../first-key/service-parts.ts';
import { bySelf } from '../records/origin.ts';
import { grantSession } from './session-grant.ts';

/** `lastSignInAt` is exact to this: a user who signs in every minute does not cost a write every minute. */
const signInNotedEveryMs = 15 * 60_000;

const dayMs = 86_400_000;

/** An account as its owner's browser finds it: what strangers have tried does not count there. */
export function withoutLock(account: Account): Account {
  return { ...omit(account, 'lockedUntil', 'failedAt'), failedSignIns: 0 };
}

/** Why a right password does not let its owner in. */
export function refusalOf(user: LockedUser, moment: Pick<Rules, 'settings' | 'now'>): Refusal | undefined {
  const reason = lockedReason(user, moment);
  if (reason === 'notStarted')
    return { outcome: 'notStarted', startsAt: startOf(user.onboarding, moment.settings)?.toISOString() };
  return reason === undefined ? undefined : { outcome: 'locked', until: undefined };
}

export function mustChange({ onboarding, account }: UserDraft, { passwords }: Settings, now: Date): boolean {
  if (onboarding.forcePasswordReset === true || account.mailedPassword === true) return true;
  const changedAt = onboarding.passwordChangedAt === undefined ? Number.NaN : Date.parse(onboarding.passwordChangedAt);
  return passwords.maxAgeDays !== null && now.getTime() - changedAt >= passwords.maxAgeDays * dayMs;
}

/** Notes a sign-in where there is something to note; false when the record may stay as it is. */
export function noteSignIn(draft: UserDraft, now: Date, knownBrowser: boolean): boolean {
  const { onboarding, account } = draft;
  const last = onboarding.lastSignInAt === undefined ? Number.NEGATIVE_INFINITY : Date.parse(onboarding.lastSignInAt);
  const arrives = onboarding.status !== 'active';
  // From a known browser, strangers' tries go on to count.
  const wasTroubled = !knownBrowser && (account.failedSignIns > 0 || account.lockedUntil !== undefined);
  if (now.getTime() - last < signInNotedEveryMs && !arrives && !wasTroubled) return false;
  if (!knownBrowser) forgetFailures(draft);
  onboarding.lastSignInAt = now.toISOString();
  if (arrives) {
    // They have the password already: nothing is left to be shown.
    draft.account = {
      ...omit(endReveal(draft.account, now.toISOString()), 'keepsPassword'),
      hasArrived: true,
      mailedTo: [],
    };
    onboarding.status = 'active';
    draft.events.push({ type: 'user.activated', data: {} });
  }
  draft.events.push({ type: 'signIn.succeeded', data: {} });
  return true;
}

/**
 * The password was right: whether that lets its owner in is decided on the record as it is now, which may have been
 * locked meanwhile.
 * @param knownBrowser strangers have not locked the owner out of it
 */
export async function letIn(
  { changeUser, hasher, tickets }: Pick<ServiceParts, 'changeUser' | 'hasher'> & { readonly tickets: ChangeTickets },
  checked: StoredRecord,
  secret: string,
  knownBrowser: boolean,
): Promise<AcceptResult> {
  const strongerHash = hasher.needsRehash(checked.account?.passwordHash ?? '') ? await hasher.hash(secret) : undefined;
  return (
    (await changeUser<AcceptResult>(checked, bySelf, (draft, { settings, now, newId }, record) => {
      const { account } = record;
      if (account === undefined || !isActive(record.resource) || account.passwordHash !== checked.account?.passwordHash)
        return keep({ outcome: 'invalid' });
      // It was tried beside wrong ones that have closed the account meanwhile, and is answered as they are.
      if (!knownBrowser && pausedUntil(account, now) !== undefined) return keep({ outcome: 'invalid' });
      const refusal = refusalOf(knownBrowser ? { ...draft, account: withoutLock(account) } : draft, { settings, now });
      if (refusal !== undefined) return keep(refusal);
      const person = personOf(record);
      if (mustChange(draft, settings, now)) {
        const issued = tickets.issue(
          { tenant: record.tenant, userId: record.id, reason: 'change', binding: bindToPassword(account.passwordHash) },
          now,
        );
        return keep({ outcome: 'changeRequired', person, ...issued });
      }
      const answer = {
        outcome: 'ok' as const,
        person,
        lastSignInAt: draft.onboarding.lastSignInAt,
        session: grantSession(account, { now, id: newId() }),
      };
      const noted = noteSignIn(draft, now, knownBrowser);
      if (strongerHash !== undefined) draft.account = { ...draft.account, passwordHash: strongerHash };
      return noted || strongerHash !== undefined ? write({ ...answer, noted }) : keep({ ...answer, noted });
    })) ?? { outcome: 'invalid' }
  );
}
