import type { Invitation } from '../records/account.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import { isActive } from '../user/event-policy.ts';
import { sentFor } from '../first-key/invitations.ts';
import { type DeliveryNote, readOnboarding } from '../user/latchkey-extension.ts';

/** Why a link is dead that no reader used: each is true as it is told. */
export type Ending = 'superseded' | 'replaced' | 'moved' | 'cancelled';

/** Messages that carry a key. */
const withKey = new Set([
  'invitation',
  'invitationCode',
  'recovery',
  'recoveryCode',
  'password',
  'passwordReveal',
  'verifyEmail',
]);
/** States of a message that has gone out, or still will. */
const underWay = new Set(['held', 'queued', 'leased', 'sent', 'bounced', 'complained']);

/**
 * What ended an invitation that was not used. `superseded`: a newer message goes out or has gone out; `replaced`: the
 * password was set in another way; `moved`: the user no longer has the address that it went to; `cancelled`: it was
 * called off, or what was to follow it could not be sent.
 */
export function whatEnded(record: StoredRecord, invitation: Invitation): Ending {
  const { endedAt, state } = invitation;
  if (!isActive(record.resource)) return 'cancelled';
  const { deliveries = [], passwordChangedAt } = readOnboarding(record.resource);
  if (state === 'superseded') {
    if (endedAt === undefined || deliveries.some((line) => isNewer(line, endedAt))) return 'superseded';
    if (passwordChangedAt !== undefined && passwordChangedAt >= endedAt) return 'replaced';
  }
  const own = sentFor(invitation).map(({ delivery }) => delivery);
  return own.some((id) => wentElsewhere(deliveries, id)) ? 'moved' : 'cancelled';
}

function isNewer({ template, state, queuedAt, at }: DeliveryNote, endedAt: string): boolean {
  return withKey.has(template) && underWay.has(state) && (queuedAt ?? at) >= endedAt;
}

function wentElsewhere(deliveries: readonly DeliveryNote[], message: string): boolean {
  return deliveries.some(({ id, state }) => state === 'superseded' && id.startsWith(`${message}.`));
}
