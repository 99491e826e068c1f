import { isDeepStrictEqual } from 'node:util';
import { foldCase } from '../../scim/model/case-fold.ts';
import type { InvitationMethod } from '../../config/settings.ts';
import { equalJson } from '../../base/json.ts';
import { omit } from '../../base/omit.ts';
import type { SentMessage } from '../records/account.ts';
import { isActive } from '../user/event-policy.ts';
import { mailPlaces } from '../user/first-key-address.ts';
import { phonePlaces, phoneTarget } from '../user/phone-number.ts';
import { noteUse, sentMessage } from '../user/timeline.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { requestFor } from './first-key-request.ts';
import { changeInvitation } from './first-key-request.ts';
import { endInvitation, sentFor } from './invitations.ts';
import { addressFor, isWellAddressed, type KeyRequest } from './key-address.ts';
import { dropPassword } from './mailed-password.ts';

/** What the timeline says of a message that went to an address the user does not have any more. */
export const addressChanged = 'The address was changed: what went to the older one is worth nothing any more.';

/**
 * Ends keys that were sent to an address the user no longer has: a key belongs to the address it went to. An unused
 * mailed password and a code for another phone stop working, open recovery and address proofs end, and what leads to a
 * first key is sent again. What has not gone out yet follows the address by itself. Letter case, order and types of
 * addresses do not count, nor does a work address beside `notificationEmail`.
 * @param before the user before the write
 * @returns what to send again; it supersedes the older one
 */
export function followAddress(before: UserDraft, draft: UserDraft, rules: Rules): KeyRequest | undefined {
  if (isReachedAlike(before, draft, rules)) return undefined;
  dropSecondCode(before, draft, rules);
  const anew = followInvitation(before, draft, rules);
  if (!followPassword(before, draft, rules)) return anew;
  return anew ?? (draft.account.invitation === undefined ? 'passwordMail' : undefined);
}

function isReachedAlike(before: UserDraft, after: UserDraft, { settings }: Rules): boolean {
  // Most writes touch nothing of this, and reading phone numbers takes longer than the rest of such a write.
  if (namesTheSame(before, after)) return true;
  const places = ({ resource, onboarding }: UserDraft): string[][] => [
    mailPlaces(resource, onboarding),
    phonePlaces(resource, settings),
  ];
  return isDeepStrictEqual(places(before), places(after));
}

/** What decides where messages go; the country of an address is that of a phone number without one. */
function namesTheSame(before: UserDraft, after: UserDraft): boolean {
  return (
    before.onboarding.notificationEmail === after.onboarding.notificationEmail
    && ['emails', 'phoneNumbers', 'addresses'].every((name) => equalJson(before.resource[name], after.resource[name]))
  );
}

function followInvitation(before: UserDraft, draft: UserDraft, rules: Rules): KeyRequest | undefined {
  const { invitation } = draft.account;
  if (invitation === undefined) return undefined;
  const kind = requestFor(invitation);
  const lost = misdirected(sentFor(invitation), before, draft, rules, kind, invitation.method);
  if (lost.length === 0) return undefined;
  noteLost(draft, lost, rules);
  const sendAnew = isActive(draft.resource) && (kind === 'invitation' || kind === 'passwordMail');
  if (sendAnew) return kind;
  const goesOn = kind === 'verifyEmail' && addressFor(draft, rules, kind, invitation.method) !== undefined;
  draft.account = endInvitation(draft.account, goesOn ? 'superseded' : 'cancelled', rules.now.toISOString());
  return undefined;
}

/** @returns true when a password died */
function followPassword(before: UserDraft, draft: UserDraft, rules: Rules): boolean {
  const lost = misdirected(mailedBy(draft), before, draft, rules, 'passwordMail', 'emailLink');
  if (lost.length === 0) return false;
  noteLost(draft, lost, rules);
  dropPassword(draft, rules);
  return true;
}

/** The messages that the password in force went in; of an older record, the last one that was sent. */
function mailedBy({ account, onboarding }: UserDraft): readonly SentMessage[] {
  if (account.mailedTo !== undefined) return account.mailedTo;
  if (account.mailedPassword !== true || account.passwordMail !== undefined || account.invitation !== undefined)
    return [];
  const delivery = sentMessage(onboarding, 'password', 'passwordReveal');
  return delivery === undefined ? [] : [{ delivery }];
}

/** An older record does not say where a message went: it is taken to be where it would have gone before the write. */
function misdirected(
  sent: readonly SentMessage[],
  before: UserDraft,
  draft: UserDraft,
  rules: Rules,
  kind: KeyRequest,
  method: InvitationMethod,
): readonly SentMessage[] {
  const assumed = foldCase(addressFor(before, rules, kind, method) ?? '');
  return sent.filter(({ to = assumed }) => !isWellAddressed(to, draft, rules, kind, method));
}

function dropSecondCode(before: UserDraft, draft: UserDraft, { settings }: Rules): void {
  const code = draft.account.invitation?.secondCode;
  if (code === undefined) return;
  const [had, has] = [before, draft].map(({ resource }) => phoneTarget(resource, settings));
  const to = code.to ?? (had !== undefined && 'to' in had ? had.to : undefined);
  if (has === undefined || !('to' in has) || has.to !== to) changeInvitation(draft, (live) => omit(live, 'secondCode'));
}

function noteLost({ onboarding }: UserDraft, lost: readonly SentMessage[], { now }: Rules): void {
  for (const delivery of new Set(lost.map((message) => message.delivery)))
    noteUse(onboarding, delivery, { state: 'superseded', at: now.toISOString(), reply: addressChanged });
}
