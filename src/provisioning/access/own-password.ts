import { foldCase } from '../../scim/model/case-fold.ts';
import { omit } from '../../base/omit.ts';
import { hasArrived } from '../user/arrival.ts';
import type { Account, InvitationLink } from '../records/account.ts';
import { forgetFailures } from '../user/account-lock.ts';
import { emailAddress, firstKeyAddress } from '../user/first-key-address.ts';
import { applicationOf, withoutPasswordMail } from '../first-key/first-key-request.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { endInvitation, endReveal, sentFor, useInvitation } from '../first-key/invitations.ts';
import { rememberedHashes } from '../first-key/mailed-password.ts';
import { noteUse } from '../user/timeline.ts';
import { forgetUndeliverable } from '../user/undeliverable.ts';

/** What gave the right to choose a password: the id of an invitation, and the message that brought it. */
export interface GivenRight {
  readonly invitation?: string | undefined;
  readonly message?: string | undefined;
}

/**
 * Gives a user the password they chose: the key is theirs, so whatever was pending ends, a forced change is done,
 * failures are forgotten and every session from before ends. A message that reached them by mail has proved that
 * address.
 * @param right what gave the right, where that was no password of theirs
 */
export function takePassword(draft: UserDraft, rules: Rules, hash: string, { invitation, message }: GivenRight): void {
  const at = rules.now.toISOString();
  const firstTime = draft.onboarding.status !== 'active';
  // A client's placeholder that was never used does not count as the user's own password.
  const hadOwn =
    draft.account.passwordHash !== undefined
    && draft.account.mailedPassword !== true
    && hasArrived(draft.onboarding, draft.account);
  const proved = provedAddress(draft, rules, { invitation, message });
  if (message !== undefined) noteUse(draft.onboarding, message, { state: 'passwordSet', at });
  const ended =
    draft.account.invitation?.id === invitation
      ? useInvitation(draft.account, at)
      : endInvitation(endReveal(draft.account, at), 'superseded', at);
  draft.account = forgetUndeliverable(withoutPasswordMail(ended), proved);
  forgetFailures(draft);
  const { account } = draft;
  draft.account = {
    ...omit(account, 'keepsPassword'),
    passwordHash: hash,
    hasArrived: true,
    passwordHistory: rememberedHashes(account, rules.settings.passwords.history),
    mailedPassword: false,
    generatedPassword: false,
    mailedTo: [],
    sessionsValidFrom: at,
    ...(proved === undefined ? {} : { verifiedEmail: proved }),
  };
  draft.onboarding = { ...draft.onboarding, status: 'active', passwordChangedAt: at };
  if (draft.onboarding.forcePasswordReset === true) draft.onboarding.forcePasswordReset = false;
  delete draft.onboarding.invitationExpiresAt;
  draft.events.push({ type: 'password.changed', data: {} });
  const notice = applicationOf(draft.onboarding);
  // Where the account is new to them as well, one message says it all.
  const told = firstTime && rules.settings.onboarding.activationNotice;
  if (hadOwn && !told && rules.settings.passwords.changeNotice && emailAddress(draft.resource) !== undefined) {
    draft.events.push({ type: 'passwordNotice.requested', data: notice });
  }
  if (!firstTime) return;
  draft.events.push({ type: 'user.activated', data: {} });
  if (told) draft.events.push({ type: 'activationNotice.requested', data: notice });
}

/** Takes the user's own address as proved; false when there is none. */
export function proveAddress(draft: UserDraft, { now }: Pick<Rules, 'now'>): boolean {
  const address = emailAddress(draft.resource);
  if (address === undefined) return false;
  const asked = draft.account.invitation?.purpose === 'verifyEmail';
  const account = asked ? endInvitation(draft.account, 'used', now.toISOString()) : draft.account;
  draft.account = { ...forgetUndeliverable(account, address), verifiedEmail: foldCase(address) };
  draft.events.push({ type: 'email.verified', data: {} });
  return true;
}

/** The user's own address (case-folded), where using this right proves that they read it. */
export function provedAddress(
  { account, resource, onboarding }: UserDraft,
  { now }: Rules,
  { invitation, message }: GivenRight,
): string | undefined {
  const own = emailAddress(resource);
  const used: Account['invitation'] = account.invitation;
  if (used === undefined || used.id !== invitation || used.method === 'smsOtp' || own === undefined) return undefined;
  const wouldGo = used.purpose === 'recovery' ? own : firstKeyAddress(resource, onboarding, now);
  const sentTo = sentFor(used).find(({ delivery }) => delivery === message)?.to ?? wouldGo;
  return sentTo !== undefined && foldCase(sentTo) === foldCase(own) ? foldCase(own) : undefined;
}

/** True for a link that went to the user's own address. */
export function reaches(link: InvitationLink | undefined, { resource }: Pick<UserDraft, 'resource'>): boolean {
  return (
    link !== undefined
    && link.purpose === undefined
    && (link.to === undefined || link.to === foldCase(emailAddress(resource) ?? ''))
  );
}
