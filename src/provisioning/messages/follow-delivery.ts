import type { EventType } from '../../domain/events.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Delivery } from '../../notify/delivery/delivery.ts';
import { isAwaited, requestOf, shownState } from './awaited-delivery.ts';
import { withoutPasswordMail } from '../first-key/first-key-request.ts';
import { isUnderWay } from '../user/latchkey-extension.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { forgetMinted } from './minted-secret.ts';
import { hoursToReact, isForManager } from './judge-delivery.ts';
import type { DeliveryNote } from '../user/latchkey-extension.ts';
import { omit } from '../../base/omit.ts';
import { messageLine, noteMessage } from '../user/timeline.ts';

const hourMs = 3_600_000;

/**
 * Writes what became of a delivery on the user's record: the timeline, the status, and what is to follow. Safe to
 * repeat.
 */
export function followDelivery(draft: UserDraft, delivery: Delivery, rules: Rules): void {
  const before = messageLine(draft.onboarding, delivery.id);
  noteDelivery(draft, delivery, before);
  if (isFinal(delivery.state)) forgetMinted(draft, delivery.id);
  if (messageLine(draft.onboarding, delivery.id)?.state !== before?.state) announce(draft, delivery);
  if (!isAwaited(draft.account, delivery) || (before !== undefined && hasComeBack(before.state))) return;
  followStatus(draft, delivery);
  planFollowUps(draft, delivery, rules);
}

const endings: Readonly<Record<string, EventType>> = {
  sent: 'delivery.sent',
  dead: 'delivery.failed',
  cancelled: 'delivery.cancelled',
};

/** Reports how a message ended. */
function announce(draft: UserDraft, { id, channel, template, state, attempts, lastReply }: Delivery): void {
  const type = endings[state];
  if (type === undefined) return;
  draft.events.push({
    type,
    data: { delivery: id, channel, template, attempts, ...(lastReply === undefined ? {} : { reply: lastReply }) },
  });
}

function noteDelivery(draft: UserDraft, delivery: Delivery, older: DeliveryNote | undefined): void {
  // A report that comes late or twice must not turn the clock back.
  if (older !== undefined && isFinal(older.state) && !isFinal(delivery.state)) return;
  // It was sent before it could come back, whatever is heard first.
  if (older !== undefined && hasComeBack(older.state)) return;
  // A follow-up that was not needed is not reported: it was never announced.
  if (
    older === undefined
    && delivery.state === 'cancelled'
    && (delivery.template === 'reminder' || isForManager(delivery))
  )
    return;
  const state = shownState(delivery);
  noteMessage(draft.onboarding, {
    id: delivery.id,
    channel: delivery.channel,
    template: delivery.template,
    state,
    attempts: delivery.attempts,
    at:
      delivery.endedAt
      ?? (older?.state === state && older.attempts === delivery.attempts ? older.at : delivery.notBefore),
    queuedAt: delivery.createdAt,
    ...(delivery.lastReply === undefined ? {} : { reply: delivery.lastReply }),
  });
}

function isFinal(state: string): boolean {
  return state === 'sent' || state === 'dead' || state === 'cancelled';
}

/** True for what is told of a message after it was sent. */
function hasComeBack(state: string): boolean {
  return state === 'softBounced' || state === 'bounced' || state === 'complained';
}

/** What the outcome of the delivery that the user waits for makes of their status. */
function followStatus(draft: UserDraft, delivery: Delivery): void {
  const { onboarding, account } = draft;
  const kind = requestOf(delivery);
  const firstKey = (kind === 'invitation' || kind === 'passwordMail') && isUnderWay(onboarding);
  if (kind === 'passwordMail' && isFinal(delivery.state)) {
    // A dead mail can be queued again by an admin; it will then carry a new password. What a link has still to show
    // goes on resting.
    if (delivery.state === 'dead') draft.account = omit(account, 'sealedPassword');
    else if (delivery.template === 'password') draft.account = withoutPasswordMail(account);
  }
  // Only a new request leads out of `bounced`.
  if (!firstKey || delivery.template === 'reminder' || onboarding.status === 'bounced') return;
  if (delivery.state === 'sent') {
    onboarding.status = kind === 'invitation' ? 'invited' : 'delivered';
    if (delivery.endedAt !== undefined) onboarding.invitedAt = delivery.endedAt;
  } else if (delivery.state === 'dead') {
    onboarding.status = expiredOnArrival(draft, delivery) ? 'expired' : 'failed';
  } else if (delivery.state === 'queued' && (onboarding.status === 'queued' || onboarding.status === 'held')) {
    onboarding.status = delivery.heldFor === undefined ? 'queued' : 'held';
  }
}

function expiredOnArrival({ account }: UserDraft, { template, lastReply }: Delivery): boolean {
  return (
    template !== 'password'
    && account.invitation?.expiresAt === undefined
    && lastReply?.startsWith('expired on arrival') === true
  );
}

/**
 * Once the first message of an invitation has gone out an event says what is to follow, each with the moment it is
 * due: the reminders, and the notices to the manager. What turns out to be needless is called off when its turn
 * comes.
 */
function planFollowUps(
  draft: UserDraft,
  { template, state, endedAt, data }: Delivery,
  { settings: { onboarding: rules } }: Rules,
): void {
  const { invitation } = draft.account;
  if (
    state !== 'sent'
    || endedAt === undefined
    || invitation?.purpose !== 'invitation'
    || invitation.remindersPlanned === true
  )
    return;
  if (template !== 'invitation' && template !== 'invitationCode') return;
  draft.account = { ...draft.account, invitation: { ...invitation, remindersPlanned: true } };
  const after = (hours: number): string => new Date(Date.parse(endedAt) + hours * hourMs).toISOString();
  const hours = [...new Set(rules.reminderHours)].sort((one, other) => one - other);
  const followUps: JsonObject[] = hours.map((each) => ({ template: 'reminder', due: after(each) }));
  if (rules.managerNotice) {
    followUps.push({ template: 'managerInvited', due: endedAt });
    const last = hours.at(-1);
    if (last !== undefined) followUps.push({ template: 'managerNotIn', due: after(last + hoursToReact) });
  }
  if (followUps.length > 0)
    draft.events.push({ type: 'invitation.sent', data: { ...omit(data, 'notBefore', 'heldFor'), followUps } });
}
