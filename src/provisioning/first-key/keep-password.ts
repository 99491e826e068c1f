import type { Account } from '../records/account.ts';
import { isActive } from '../user/event-policy.ts';
import { pendingRequest, withoutPasswordMail } from './first-key-request.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { rememberedHashes } from './mailed-password.ts';
import { endRecovery, endReveal } from './invitations.ts';
import { hasArrived, standingOf } from '../user/arrival.ts';
import { type Onboarding, readOnboarding } from '../user/latchkey-extension.ts';
import type { UserChange } from './user-change.ts';
import { rises } from './key-wish.ts';

/**
 * Whether a password that comes with the change is to be mailed: `always`, only `ifNew` to the user, or `never`. It is
 * where the write says `sendPassword: true`, where the mail of an earlier one has not gone out, and where `resend`
 * restarts such a mail.
 */
export function mailsPassword({
  before,
  after,
  sends,
}: Pick<UserChange, 'before' | 'after' | 'sends'>): 'always' | 'ifNew' | 'never' {
  const wanted = readOnboarding(after);
  const had: Onboarding = before === undefined ? {} : readOnboarding(before.resource);
  if (!isActive(after)) return 'never';
  if (before === undefined) return wanted.sendPassword === true && wanted.preRegistration !== true ? 'always' : 'never';
  const standing = standingOf(had, before.account);
  if (rises('preRegistration', had, wanted) && standing !== 'arrived') return 'never';
  if (rises('sendPassword', had, wanted) && standing !== 'arrived') return 'always';
  const resends =
    wanted.resend !== undefined
    && wanted.resend !== before.account.resend
    && pendingRequest({ ...before, onboarding: had, events: [] }) === 'passwordMail';
  const awaits = awaitsMail(before.account, had) && wanted.sendPassword !== false;
  return sends === true || resends || awaits ? 'ifNew' : 'never';
}

/** True while the mail of a password has not gone out. */
function awaitsMail({ passwordMail, invitation }: Account, { status }: Onboarding): boolean {
  return (
    passwordMail !== undefined || (invitation?.purpose === 'reveal' && status !== 'delivered' && status !== 'expired')
  );
}

/**
 * Gives the user a password that someone else chose for them; every session of the old password ends, and so does what
 * was sent as a way back in.
 */
export function keepPassword(
  draft: UserDraft,
  { before, password }: Pick<UserChange, 'before' | 'password'>,
  { settings, now }: Rules,
): void {
  if (password === undefined) return;
  draft.account = {
    ...(password.sealed === undefined
      ? withoutPasswordMail(endReveal(draft.account, now.toISOString()))
      : draft.account),
    passwordHash: password.hash,
    mailedTo: [],
    generatedPassword: password.generated === true,
    passwordHistory: rememberedHashes(draft.account, settings.passwords.history),
    mailedPassword: password.sealed !== undefined && settings.onboarding.changeMailedPassword,
    ...(password.sealed === undefined ? {} : { sealedPassword: password.sealed }),
  };
  draft.onboarding.passwordChangedAt = now.toISOString();
  if (before === undefined) return;
  draft.account = { ...endRecovery(draft.account, now.toISOString()), sessionsValidFrom: now.toISOString() };
  draft.events.push({ type: 'password.changed', data: {} });
}

/**
 * A password from before a late invitation goes on working: a lock until one is set is for the create. It does so for
 * a deactivated user as well, who is invited only once they are active. A placeholder that the user was invited with
 * stays locked.
 * @param before the user before the write that invites
 */
export function keepUnusedPassword(
  draft: UserDraft,
  { onboarding, account }: Pick<UserDraft, 'onboarding' | 'account'>,
): void {
  if (draft.account.passwordHash === undefined || hasArrived(onboarding, account)) return;
  const isPending = account.invitation?.purpose === 'invitation' && account.keepsPassword !== true;
  if (!isPending) draft.account = { ...draft.account, keepsPassword: true };
}
