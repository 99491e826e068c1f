import { ScimError } from '../../scim/model/scim-error.ts';
import { lockedReason } from '../user/account-lock.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { coolDownEnd } from '../first-key/resend-key.ts';

export function refuseInCoolDown({ account }: UserDraft, { now }: Rules): void {
  const end = coolDownEnd(account) ?? now;
  if (end <= now) return;
  const seconds = Math.ceil((end.getTime() - now.getTime()) / 1000);
  throw new ScimError(
    429,
    undefined,
    `Something was sent to this user less than a minute ago: try again in ${seconds} seconds.`,
    { 'Retry-After': String(seconds) },
  );
}

export function notLockedOut(draft: UserDraft, rules: Rules): string {
  switch (lockedReason(draft, rules)) {
    case 'notStarted':
      return 'the user waits for their start date.';
    case 'pendingPassword':
      return 'the user has not set a password yet. Resend their invitation, or reset the password.';
    case 'emailNotVerified':
      return 'the user has not proved their e-mail address yet. Resend the link, or take the address as verified.';
    default:
      return 'no sign-in has failed.';
  }
}
