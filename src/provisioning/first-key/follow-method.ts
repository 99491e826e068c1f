import { deliveryId } from '../../notify/delivery/delivery.ts';
import { isActive } from '../user/event-policy.ts';
import { noteMessage } from '../user/timeline.ts';
import { isUndeliverable, undeliverableReply } from '../user/undeliverable.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { hasExpired } from './invitations.ts';
import { addressFor, goesBySms, methodOf, whyNoAddress, templateOf } from './key-address.ts';

/**
 * Sends a pending invitation anew by the method that a write gives it; the older one is superseded. Where that method
 * has no address to send to, the older one stays good, the timeline says why nothing was sent, and it is sent once
 * there is an address.
 * @param before the user before the write
 * @returns what to send again
 */
export function followMethod(before: UserDraft, draft: UserDraft, rules: Rules): 'invitation' | undefined {
  const { invitation } = draft.account;
  if (invitation?.purpose !== 'invitation' || hasExpired(invitation, rules.now) || !isActive(draft.resource))
    return undefined;
  const method = methodOf(draft.onboarding, rules.settings);
  if (method === invitation.method) return undefined;
  const isNew = before.onboarding.invitationMethod !== draft.onboarding.invitationMethod;
  if (!isNew && draft.onboarding.invitationMethod === undefined) return undefined;
  const reach = (user: UserDraft): string | undefined => {
    const to = addressFor(user, rules, 'invitation', method);
    return to === undefined || isUndeliverable(user.account, to) ? undefined : to;
  };
  if (reach(draft) !== undefined) return isNew || reach(before) === undefined ? 'invitation' : undefined;
  if (!isNew) return undefined;
  const isKnown = addressFor(draft, rules, 'invitation', method) !== undefined;
  const template = templateOf('invitation', method);
  noteMessage(draft.onboarding, {
    id: deliveryId(rules.newId(), template),
    channel: goesBySms('invitation', method) ? 'sms' : 'email',
    template,
    attempts: 0,
    state: 'failed',
    at: rules.now.toISOString(),
    reply: isKnown ? undeliverableReply : whyNoAddress(draft, rules, 'invitation', method),
  });
  return undefined;
}
