import { createHash, randomBytes } from 'node:crypto';
import type { InvitationMethod, Settings } from '../../config/settings.ts';
import type { Account, Invitation, InvitationLink, SentMessage } from '../records/account.ts';
import { omit } from '../../base/omit.ts';

/** How many earlier invitations are remembered. */
const pastKept = 20;
/** How many links of one invitation stay good: more are never mailed unless something is badly wrong. */
const linksKept = 20;
/** Wrong codes, or wrong proofs before a password is shown, that spend an invitation. */
export const wrongTriesAllowed = 5;

/** Makes a link's token: 32 random bytes, base64url. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is kept of a token: its SHA-256, hex. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** An account whose open invitation, if it had one, is a new one; the older is superseded. */
export function issueInvitation(
  account: Account,
  issue: Pick<Invitation, 'id' | 'purpose' | 'method' | 'createdAt'>,
): Account {
  const ended = endInvitation(account, 'superseded', issue.createdAt);
  return { ...ended, invitation: { ...issue, state: 'pending', links: [], wrongTries: 0 } };
}

/**
 * The account after its open invitation, if any, ended this way and moved to the past ones. Its codes are dropped, and
 * so is a sealed password that was still to be shown.
 */
export function endInvitation(
  account: Account,
  state: Exclude<Invitation['state'], 'pending'>,
  endedAt: string,
): Account {
  const { invitation, ...others } = account;
  if (invitation === undefined) return account;
  const past: Invitation = { ...omit(invitation, 'code', 'secondCode'), state, endedAt };
  const rest = invitation.purpose === 'reveal' ? omit(others, 'sealedPassword') : others;
  return { ...rest, pastInvitations: [past, ...account.pastInvitations].slice(0, pastKept) };
}

/**
 * The account after its open invitation was used to set a password. Links of it that were to show one were not used:
 * they are kept apart, as called off.
 */
export function useInvitation(account: Account, endedAt: string): Account {
  const { invitation } = account;
  if (invitation?.purpose !== 'reveal') return endInvitation(account, 'used', endedAt);
  const links = invitation.links.filter(({ purpose }) => purpose === undefined);
  const shown: Invitation = { ...omit(invitation, 'code', 'secondCode'), links, state: 'cancelled', endedAt };
  const used = { ...invitation, links: invitation.links.filter(({ purpose }) => purpose !== undefined) };
  const others = { ...account, pastInvitations: [shown, ...account.pastInvitations] };
  return endInvitation({ ...others, invitation: used }, 'used', endedAt);
}

/** The account without a link that still has a password to show: another password has taken its place. */
export function endReveal(account: Account, endedAt: string): Account {
  return account.invitation?.purpose === 'reveal' ? endInvitation(account, 'cancelled', endedAt) : account;
}

/**
 * The account in which nothing that was sent as a way back in may set a password any more: somebody else has set one.
 * The proof of an address goes on, without the links and codes for a password that were sent meanwhile.
 */
export function endRecovery(account: Account, endedAt: string): Account {
  const { invitation } = account;
  if (invitation?.purpose === 'recovery') return endInvitation(account, 'superseded', endedAt);
  if (invitation?.purpose !== 'verifyEmail') return account;
  const goesOn = omit(invitation, 'code');
  const lost = invitation.links.filter(({ purpose }) => purpose === 'recovery');
  if (lost.length === 0) return { ...account, invitation: goesOn };
  const links = invitation.links.filter(({ purpose }) => purpose !== 'recovery');
  const past: Invitation = { ...goesOn, links: lost, state: 'superseded', endedAt };
  return {
    ...account,
    invitation: { ...goesOn, links },
    pastInvitations: [past, ...account.pastInvitations].slice(0, pastKept),
  };
}

/** True for what leads to a first key: the user's record shows when it runs out. */
export function leadsToFirstKey({ purpose }: Pick<Invitation, 'purpose'>): boolean {
  return purpose === 'invitation' || purpose === 'reveal';
}

/** What a link of an invitation is for. */
export function purposeOfLink(
  link: Pick<InvitationLink, 'purpose'>,
  { purpose }: Pick<Invitation, 'purpose'>,
): Invitation['purpose'] {
  return link.purpose ?? purpose;
}

/** The page that a link for such a purpose opens, without a slash. */
export function linkPage(purpose: Invitation['purpose']): string {
  if (purpose === 'reveal') return 'reveal-password';
  return purpose === 'verifyEmail' ? 'verify-email' : 'set-password';
}

/** When something sent now by this method runs out: null for never. */
export function expiryOf(method: InvitationMethod, settings: Settings, now: Date): string | null {
  const minutes = settings.onboarding.expiryMinutes[method];
  return minutes < 0 ? null : new Date(now.getTime() + minutes * 60_000).toISOString();
}

/** An invitation that has just been given a further link. */
export function addLink(invitation: Invitation, link: InvitationLink, expiresAt: string | null): Invitation {
  return { ...invitation, links: [link, ...invitation.links].slice(0, linksKept), expiresAt };
}

/**
 * An invitation whose code this is. Every message of an invitation carries the same code, so wrong tries go on being
 * counted.
 */
export function setCode(
  invitation: Invitation,
  code: NonNullable<Invitation['code']>,
  expiresAt: string | null,
): Invitation {
  const { code: last } = invitation;
  const earlier =
    last === undefined ? [] : [omit(last, 'hash', 'earlier'), ...(last.earlier ?? [])].slice(0, linksKept);
  return { ...invitation, code: { ...code, ...(earlier.length === 0 ? {} : { earlier }) }, expiresAt };
}

/** What a wrong code does: counts, and at the fifth spends the invitation. */
export function countWrongCode(account: Account, now: string): Account {
  const { invitation } = account;
  if (invitation === undefined) return account;
  const counted = { ...account, invitation: { ...invitation, wrongTries: invitation.wrongTries + 1 } };
  return counted.invitation.wrongTries >= wrongTriesAllowed ? endInvitation(counted, 'spent', now) : counted;
}

/** The pending invitation if it can still be used. */
export function usableInvitation(account: Account | undefined, now: Date): Invitation | undefined {
  const invitation = account?.invitation;
  return invitation !== undefined && !hasExpired(invitation, now) ? invitation : undefined;
}

/** True once an invitation's time is over; one that was never sent has not begun to run. */
export function hasExpired(invitation: Invitation, now: Date): boolean {
  return typeof invitation.expiresAt === 'string' && invitation.expiresAt <= now.toISOString();
}

/** The invitation, live or past, that a link belongs to. */
export function invitationOfToken(account: Account, tokenHash: string): Invitation | undefined {
  return [account.invitation, ...account.pastInvitations].find(
    (invitation) => invitation !== undefined && linkOf(invitation, tokenHash) !== undefined,
  );
}

/** Every message whose link or code is good, as long as the invitation is. */
export function sentFor({ links, code }: Invitation): readonly SentMessage[] {
  return code === undefined ? links : [...links, code, ...(code.earlier ?? [])];
}

/** The link of an invitation that bears this token. */
export function linkOf({ links }: Invitation, tokenHash: string): InvitationLink | undefined {
  return links.find((link) => link.tokenHash === tokenHash);
}
