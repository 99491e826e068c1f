import type { Settings } from '../../config/settings.ts';
import type { Account, Invitation } from '../records/account.ts';
import { bindToPassword, type ChangeTicket } from './change-ticket.ts';
import { isActive } from '../user/event-policy.ts';
import { notBefore } from '../user/first-key-address.ts';
import { hasExpired, invitationOfToken, linkOf, purposeOfLink } from '../first-key/invitations.ts';
import { readOnboarding } from '../user/latchkey-extension.ts';
import { type Person, personOf } from '../user/person.ts';
import { reaches } from './own-password.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import { type Ending, whatEnded } from './what-ended.ts';

/** What a mailed link, or a ticket, is worth at this moment. Times are ISO 8601 UTC. */
export type Right =
  /** It may set a password; `expiresAt` null: never expires. */
  | {
      readonly state: 'valid';
      readonly person: Person;
      readonly expiresAt: string | null;
      /** Whether they chose or used a password before this one, as far as is known. */
      readonly ownPasswordBefore?: boolean;
    }
  | DeadRight;

/** A right that does not hold, and why. */
export type DeadRight =
  | {
      /**
       * `locked`: too many wrong codes; `notYet`: the start date has not come, see `at`; `superseded`, `replaced`,
       * `moved`, `cancelled`: as `whatEnded` has them.
       */
      readonly state: 'expired' | 'used' | 'locked' | 'notYet' | Ending;
      readonly person: Person;
      readonly at: string | undefined;
    }
  | { readonly state: 'unknown' };

const unknown: DeadRight = { state: 'unknown' };

/** The moment and the rules by which a right is judged. */
interface Moment {
  readonly settings: Settings;
  readonly now: Date;
}

/**
 * What a link's token gives its holder on this user's record. A link that proves an address, or shows a password, is
 * no right to set one.
 */
export function rightOfToken(record: StoredRecord | undefined, tokenHash: string, moment: Moment): Right {
  return rightOfLink(record, tokenHash, moment, ['invitation', 'recovery']);
}

/** What the token of a link to a password gives its holder; `valid`: they may be shown it. */
export function rightToSee(record: StoredRecord | undefined, tokenHash: string, moment: Moment): Right {
  return rightOfLink(record, tokenHash, moment, ['reveal']);
}

/**
 * What the token of a link that proves an address gives its holder; `valid`: the button below proves it. A link is
 * superseded by the one to another address, and there is no start date to be waited for.
 */
export function rightToProve(record: StoredRecord | undefined, tokenHash: string, moment: Moment): Right {
  const right = rightOfLink(record, tokenHash, moment, ['verifyEmail']);
  if ((right.state !== 'valid' && right.state !== 'notYet') || record?.account === undefined) return right;
  const { account } = record;
  const { person } = right;
  const invitation = invitationOfToken(account, tokenHash);
  if (invitation === undefined || hasExpired(invitation, moment.now))
    return { state: 'expired', person, at: invitation?.expiresAt ?? undefined };
  if (!reaches(linkOf(invitation, tokenHash), record)) return { state: 'superseded', person, at: undefined };
  return { state: 'valid', person, expiresAt: invitation.expiresAt ?? null };
}

function rightOfLink(
  record: StoredRecord | undefined,
  tokenHash: string,
  moment: Moment,
  purposes: readonly Invitation['purpose'][],
): Right {
  const invitation = record?.account === undefined ? undefined : invitationOfToken(record.account, tokenHash);
  const link = invitation === undefined ? undefined : linkOf(invitation, tokenHash);
  if (record === undefined || invitation === undefined || link === undefined) return unknown;
  if (!purposes.includes(purposeOfLink(link, invitation))) return unknown;
  return rightOfInvitation(record, invitation, moment);
}

/** What a ticket gives its holder on this user's record. */
export function rightOfTicket(record: StoredRecord | undefined, ticket: ChangeTicket, moment: Moment): Right {
  if (record?.account === undefined) return unknown;
  const { account } = record;
  const person = personOf(record);
  if (ticket.expiresAt <= moment.now.toISOString()) return { state: 'expired', person, at: ticket.expiresAt };
  if (ticket.reason === 'code') {
    const invitation = [account.invitation, ...account.pastInvitations].find((one) => one?.id === ticket.binding);
    return invitation === undefined ? unknown : rightOfInvitation(record, invitation, moment);
  }
  if (!isActive(record.resource)) return { state: 'cancelled', person, at: account.sessionsValidFrom };
  if (ticket.binding !== bindToPassword(account.passwordHash) || endsSession(account, ticket.issuedAt)) {
    return { state: 'used', person, at: readOnboarding(record.resource).passwordChangedAt };
  }
  return { state: 'valid', person, expiresAt: ticket.expiresAt, ownPasswordBefore: ownPasswordBefore(record) };
}

/** True when what was granted then no longer counts. */
export function endsSession({ sessionsValidFrom }: Account, grantedAt: string): boolean {
  return sessionsValidFrom !== undefined && grantedAt < sessionsValidFrom;
}

/** What an invitation, live or past, gives its holder. */
export function rightOfInvitation(record: StoredRecord, invitation: Invitation, { settings, now }: Moment): Right {
  const person = personOf(record);
  switch (invitation.state) {
    case 'superseded':
    case 'cancelled':
      return { state: whatEnded(record, invitation), person, at: invitation.endedAt };
    case 'used':
      return { state: 'used', person, at: invitation.endedAt };
    case 'spent':
      return { state: 'locked', person, at: invitation.endedAt };
    case 'pending':
      break;
  }
  if (!isActive(record.resource)) return { state: 'cancelled', person, at: record.account?.sessionsValidFrom };
  const start = notBefore(readOnboarding(record.resource), settings, now);
  if (start !== undefined) return { state: 'notYet', person, at: start.toISOString() };
  if (hasExpired(invitation, now)) return { state: 'expired', person, at: invitation.expiresAt ?? undefined };
  return {
    state: 'valid',
    person,
    expiresAt: invitation.expiresAt ?? null,
    ownPasswordBefore: ownPasswordBefore(record),
  };
}

/** True when there is a password that its owner knows: one they chose, or one they have signed in with. */
function ownPasswordBefore({ account, resource }: StoredRecord): boolean {
  if (account === undefined) return false;
  if (account.passwordHistory.length > 0) return true;
  return (
    account.passwordHash !== undefined
    && account.mailedPassword !== true
    && readOnboarding(resource).status === 'active'
  );
}
