import type { Prepared } from '../../notify/delivery/addressee.ts';
import type { Delivery } from '../../notify/delivery/delivery.ts';
import type { Invitation } from '../records/account.ts';
import { isAwaited, methodOfDelivery, requestOf } from './awaited-delivery.ts';
import { isActive } from '../user/event-policy.ts';
import { emailAddress, notBefore } from '../user/first-key-address.ts';
import { addressFor, whyNoAddress } from '../first-key/key-address.ts';
import { isUnderWay } from '../user/latchkey-extension.ts';
import type { Rules } from '../user/user-draft.ts';
import { expiryOf, usableInvitation } from '../first-key/invitations.ts';
import { draftOf } from '../user/change-user.ts';
import { personOf } from '../user/person.ts';
import { phoneTarget } from '../user/phone-number.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import { waitOf } from './sending-hours.ts';
import { isUndeliverable, undeliverableReply } from '../user/undeliverable.ts';

/** Whether a delivery may go out now: where to, or why not. A message that must wait may still say where it will go. */
export type Verdict =
  | { readonly outcome: 'go'; readonly to: string }
  | Exclude<Prepared, { readonly outcome: 'send' | 'hold' }>
  | (Extract<Prepared, { readonly outcome: 'hold' }> & { readonly to: string | undefined });

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** How long a user has after a reminder before their manager hears that they have not come. */
export const hoursToReact = 24;

/**
 * Judges a delivery by its user's record as it is now. Pure: time and settings come from the rules.
 * @param manager where notices to the user's manager go
 */
export function judgeDelivery(
  record: StoredRecord | undefined,
  delivery: Delivery,
  rules: Rules,
  manager?: string,
): Verdict {
  const { settings, now } = rules;
  if (record === undefined) return { outcome: 'cancel', reason: 'the user is deleted' };
  if (!isActive(record.resource)) return { outcome: 'cancel', reason: 'the user is deactivated' };
  const draft = draftOf(record);
  const kind = requestOf(delivery);
  const invitation = isAwaited(draft.account, delivery) ? draft.account.invitation : undefined;
  if (isForManager(delivery)) {
    if (invitation === undefined || !isUnderWay(draft.onboarding))
      return { outcome: 'cancel', reason: 'no longer needed' };
    if (manager !== undefined && isUndeliverable(draft.account, manager))
      return { outcome: 'cancel', reason: undeliverableReply };
    const until = delivery.template === 'managerNotIn' ? timeToReact(invitation, delivery, now) : undefined;
    if (until !== undefined)
      return { outcome: 'hold', until, reason: 'the last reminder has only just gone out', to: manager };
    return goOrWait(manager ?? noAddress, record, rules);
  }
  if (delivery.template === 'revealCode') return judgeSecondCode(record, delivery, rules);
  if (kind !== undefined && !isAwaited(draft.account, delivery))
    return { outcome: 'cancel', reason: 'superseded, or no longer needed' };
  if (delivery.template === 'reminder' && invitation !== undefined) {
    const reason = isUnderWay(draft.onboarding)
      ? needlessReminder(invitation, delivery, draft.onboarding.status)
      : 'no longer needed';
    if (reason !== undefined) return { outcome: 'cancel', reason };
  }
  const method = methodOfDelivery(delivery, draft.account);
  const to = kind === undefined ? emailAddress(record.resource) : addressFor(draft, rules, kind, method);
  const start = notBefore(draft.onboarding, settings, now);
  if (start !== undefined) return { outcome: 'hold', until: start, reason: 'the start date has not come', to };
  if (kind !== undefined && delivery.template !== 'password' && expiryOf(method, settings, now) === now.toISOString()) {
    return { outcome: 'fail', reason: 'expired on arrival: the expiry of this method is 0' };
  }
  if (to === undefined) return { outcome: 'fail', reason: whyNoAddress(draft, rules, kind ?? 'verifyEmail', method) };
  if (isUndeliverable(draft.account, to)) return { outcome: 'fail', reason: undeliverableReply };
  // A user who has just asked for recovery or set a password is awake; and a warning must not wait.
  return kind === undefined || kind === 'recovery' ? { outcome: 'go', to } : goOrWait(to, record, rules);
}

/** The user has the page open and waits for this code: it goes at any hour. */
function judgeSecondCode({ resource, account }: StoredRecord, delivery: Delivery, { settings, now }: Rules): Verdict {
  const link = usableInvitation(account, now);
  if (link?.secondCode === undefined || link.id !== delivery.data['invitation'])
    return { outcome: 'cancel', reason: 'superseded, or no longer needed' };
  const target = phoneTarget(resource, settings);
  return 'to' in target ? { outcome: 'go', to: target.to } : { outcome: 'fail', reason: target.reason };
}

/**
 * Until when a manager is not told yet. Where everything is late, after an outage or a jump of the clock, the
 * reminder goes first.
 */
function timeToReact({ lastReminder }: Invitation, { data, heldFor }: Delivery, now: Date): Date | undefined {
  const reacted = lastReminder === undefined ? 0 : Date.parse(lastReminder.at) + hoursToReact * hourMs;
  if (reacted > now.getTime()) return new Date(reacted);
  const due = typeof data['due'] === 'string' ? Date.parse(data['due']) : now.getTime();
  return heldFor === undefined && now.getTime() - due > hourMs ? new Date(now.getTime() + minuteMs) : undefined;
}

/** True for what is sent to the user's manager. */
export function isForManager({ template }: Pick<Delivery, 'template'>): boolean {
  return template === 'managerInvited' || template === 'managerNotIn';
}

const noAddress: Verdict = { outcome: 'cancel', reason: 'there is no manager to write to' };

function goOrWait(to: string | Verdict, record: StoredRecord, { settings, now }: Rules): Verdict {
  if (typeof to !== 'string') return to;
  const wait = waitOf(settings.onboarding, personOf(record).timezone ?? settings.timezone, now);
  return wait === undefined ? { outcome: 'go', to } : { outcome: 'hold', ...wait, to };
}

/**
 * Why a reminder must not go: another one went out late and replaces it (after a clock jump or an outage). The due time
 * decides, not the time of the attempt, so that quiet hours lose no reminder. An expired invitation is not a reason:
 * the reminder has a new link, for users who missed the first.
 */
function needlessReminder(
  { lastReminder }: Invitation,
  { id, data }: Delivery,
  status: string | undefined,
): string | undefined {
  const due = typeof data['due'] === 'string' ? Date.parse(data['due']) : 0;
  if (status === 'bounced') return 'the messages before it bounced';
  if (lastReminder !== undefined && lastReminder.delivery !== id && Date.parse(lastReminder.at) >= due)
    return 'another reminder has just gone out';
  return undefined;
}
