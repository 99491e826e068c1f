import { isUnderWay } from '../user/latchkey-extension.ts';
import type { UserDraft, Rules } from '../user/user-draft.ts';
import type { EventType } from '../../domain/events.ts';
import type { JsonObject } from '../../base/json.ts';
import { deliveryId } from '../../notify/delivery/delivery.ts';
import { InvalidValueError } from '../../scim/model/scim-error.ts';
import type { InvitationMethod } from '../../config/settings.ts';
import type { Account, Invitation } from '../records/account.ts';
import { notBefore } from '../user/first-key-address.ts';
import { endInvitation, expiryOf, issueInvitation, leadsToFirstKey } from './invitations.ts';
import type { Onboarding, OnboardingStatus } from '../user/latchkey-extension.ts';
import { omit } from '../../base/omit.ts';
import { addressFor, goesBySms, type KeyRequest, methodOf, whyNoAddress, templateOf } from './key-address.ts';
import { noteMessage } from '../user/timeline.ts';
import { isUndeliverable, undeliverableReply } from '../user/undeliverable.ts';
import { withheld } from './withheld.ts';

/**
 * Sets a request going: what was pending before is superseded, and an event says what to send. Nothing goes out
 * before the start date (`held`), without an address or to one that mail came back from (`failed`, `bounced`, with
 * the reason in the timeline) or where the method's expiry is 0 (`expired`). Where the tenant puts no passwords into
 * mails, the mail of a password holds a link, whose right begins here.
 * @param earliest not to be sent before this
 */
export function requestKey(draft: UserDraft, rules: Rules, kind: KeyRequest, earliest?: Date): void {
  if (kind === 'recovery' && withheld(draft, rules, kind, methodOf(draft.onboarding, rules.settings))) return;
  const at = rules.now.toISOString();
  const id = rules.newId();
  const firstKey = kind === 'invitation' || kind === 'passwordMail';
  const reveal = kind === 'passwordMail' && rules.settings.onboarding.mailedPassword === 'reveal';
  const method = kind === 'verifyEmail' || reveal ? 'emailLink' : methodOf(draft.onboarding, rules.settings);
  if (kind === 'passwordMail') {
    draft.account = awaitPassword(draft.account, id, at, reveal);
  } else {
    draft.account = issueInvitation(kind === 'invitation' ? withoutPasswordMail(draft.account) : draft.account, {
      id,
      purpose: kind,
      method,
      createdAt: at,
    });
  }
  if (firstKey) delete draft.onboarding.invitationExpiresAt;
  const setStatus = (status: OnboardingStatus): void => {
    if (firstKey) draft.onboarding.status = status;
  };

  const event = rules.newId();
  const template = reveal ? 'passwordReveal' : templateOf(kind, method);
  const line = {
    id: deliveryId(event, template),
    channel: goesBySms(kind, method) ? 'sms' : 'email',
    template,
    attempts: 0,
  } as const;
  const address = addressFor(draft, rules, kind, method);
  if (address === undefined || isUndeliverable(draft.account, address)) {
    setStatus(address === undefined ? 'failed' : 'bounced');
    const reply = address === undefined ? whyNoAddress(draft, rules, kind, method) : undeliverableReply;
    noteMessage(draft.onboarding, { ...line, state: 'failed', at, reply });
    return;
  }
  if (
    (kind !== 'passwordMail' || reveal)
    && kind !== 'verifyEmail'
    && expiryOf(method, rules.settings, rules.now) === at
  ) {
    setStatus('expired');
    if (firstKey) draft.onboarding.invitationExpiresAt = at;
    if (draft.account.invitation !== undefined)
      draft.account = {
        ...omit(draft.account, 'sealedPassword'),
        invitation: { ...draft.account.invitation, expiresAt: at },
      };
    return;
  }
  const start = notBefore(draft.onboarding, rules.settings, rules.now);
  setStatus(start === undefined ? 'queued' : 'held');
  const due = [start, earliest]
    .filter((date) => date !== undefined && date > rules.now)
    .sort((one, other) => Number(other) - Number(one))[0];
  const dueAt = due?.toISOString();
  const heldFor = due !== undefined && due === start ? 'the start date has not come' : undefined;
  noteMessage(draft.onboarding, {
    ...line,
    state: heldFor === undefined ? 'queued' : 'held',
    at: dueAt ?? at,
    queuedAt: at,
    ...(heldFor === undefined ? {} : { reply: heldFor }),
  });
  draft.events.push({
    id: event,
    type: eventOf[kind],
    data: {
      ...eventData(draft, kind, id, method),
      ...domainOf(address),
      ...applicationOf(draft.onboarding),
      ...(dueAt === undefined ? {} : { notBefore: dueAt }),
      ...(heldFor === undefined ? {} : { heldFor }),
    },
  });
}

/**
 * The account that waits for its password's mail. One that was given goes on resting in it, sealed, for the new mail.
 */
function awaitPassword(account: Account, id: string, at: string, reveal: boolean): Account {
  const given = account.sealedPassword === undefined ? {} : { sealedPassword: account.sealedPassword };
  if (!reveal) return { ...endInvitation(account, 'superseded', at), ...given, passwordMail: { id, createdAt: at } };
  return {
    ...issueInvitation(omit(account, 'passwordMail'), { id, purpose: 'reveal', method: 'emailLink', createdAt: at }),
    ...given,
  };
}

const eventOf: Readonly<Record<KeyRequest, EventType>> = {
  invitation: 'invitation.requested',
  passwordMail: 'passwordMail.requested',
  recovery: 'recovery.requested',
  verifyEmail: 'emailVerification.requested',
};

function eventData(draft: UserDraft, kind: KeyRequest, id: string, method: InvitationMethod): JsonObject {
  const generated = draft.account.sealedPassword === undefined;
  if (kind === 'passwordMail')
    return draft.account.passwordMail === undefined
      ? { invitation: id, reveal: true, generated }
      : { passwordMail: id, generated };
  return { invitation: id, method };
}

/** The application whose templates a message uses, for an event's data. */
export function applicationOf({ application }: Onboarding): { application?: string } {
  return application === undefined ? {} : { application };
}

/** The part of an address that says which server it is for: enough to be fair between them, too little to say who. */
export function domainOf(address: string): { domain?: string } {
  const at = address.lastIndexOf('@');
  return at < 0 ? {} : { domain: address.slice(at + 1).toLowerCase() };
}

/** @throws InvalidValueError (400) where the tenant refuses users who are to be written to and have no address */
export function requireAddress(draft: UserDraft, rules: Rules, kind: KeyRequest): void {
  if (rules.settings.onboarding.noAddress !== 'refuse') return;
  const method = methodOf(draft.onboarding, rules.settings);
  if (addressFor(draft, rules, kind, method) !== undefined) return;
  throw new InvalidValueError(
    goesBySms(kind, method)
      ? `phoneNumbers: the user is to get a text message. ${whyNoAddress(draft, rules, kind, method)}`
      : `emails: the user is to get a message. ${whyNoAddress(draft, rules, kind, method)}`,
  );
}

/** What a resend would restart: whatever the user is pending on; undefined when they have what they need. */
export function pendingRequest({ account, onboarding }: UserDraft): KeyRequest | undefined {
  if (account.passwordMail !== undefined) return 'passwordMail';
  if (account.invitation !== undefined) return requestFor(account.invitation);
  if (onboarding.status === 'active') return undefined;
  if (account.mailedPassword === true) return 'passwordMail';
  if (onboarding.preRegistration === true) return 'invitation';
  if (onboarding.sendPassword === true) return 'passwordMail';
  return account.passwordHash === undefined ? 'invitation' : undefined;
}

/** What asked for an invitation. */
export function requestFor({ purpose }: Pick<Invitation, 'purpose'>): KeyRequest {
  return purpose === 'reveal' ? 'passwordMail' : purpose;
}

/**
 * Calls off whatever is pending: invitations, password mails, and deliveries already filed.
 * @returns false when there was nothing to call off
 */
export function cancelPending(draft: UserDraft, rules: Rules): boolean {
  const { account, onboarding } = draft;
  if (account.invitation === undefined && account.passwordMail === undefined && !isUnderWay(onboarding)) return false;
  draft.account = withoutPasswordMail(endInvitation(account, 'cancelled', rules.now.toISOString()));
  if (isUnderWay(onboarding)) onboarding.status = 'none';
  delete onboarding.invitationExpiresAt;
  draft.events.push({ type: 'deliveries.cancelled', data: {} });
  return true;
}

/** Changes the live invitation, and what the user's record shows of its expiry. */
export function changeInvitation(draft: UserDraft, change: (live: Invitation) => Invitation): void {
  const { invitation } = draft.account;
  if (invitation === undefined) return;
  const changed = change(invitation);
  draft.account = { ...draft.account, invitation: changed };
  if (!leadsToFirstKey(changed)) return;
  if (typeof changed.expiresAt === 'string') draft.onboarding.invitationExpiresAt = changed.expiresAt;
  else delete draft.onboarding.invitationExpiresAt;
}

/** The account with no password mail pending and no readable password in it. */
export function withoutPasswordMail(account: Account): Account {
  return omit(account, 'passwordMail', 'sealedPassword');
}
