import type { ChangeTickets } from './change-ticket.ts';
import { hashToken, invitationOfToken, linkOf } from '../first-key/invitations.ts';
import { readOnboarding } from '../user/latchkey-extension.ts';
import type { GivenRight } from './own-password.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import { sentMessage } from '../user/timeline.ts';
import type { Proof } from './access-results.ts';

/** What gives the right to set a password, for the record of its use. */
export function rightGiven(
  tickets: ChangeTickets,
  tenant: string,
  proof: Proof,
  { resource, account }: StoredRecord,
): GivenRight {
  if ('token' in proof) {
    const tokenHash = hashToken(proof.token);
    const invitation = account === undefined ? undefined : invitationOfToken(account, tokenHash);
    return invitation === undefined
      ? {}
      : { invitation: invitation.id, message: linkOf(invitation, tokenHash)?.delivery };
  }
  const ticket = tickets.read(tenant, proof.ticket);
  if (ticket?.reason === 'code') return { invitation: ticket.binding, message: account?.invitation?.code?.delivery };
  return account?.mailedPassword === true
    ? { message: sentMessage(readOnboarding(resource), 'password', 'passwordReveal') }
    : {};
}
