import type { Delivery } from '../../notify/delivery/delivery.ts';
import { isAwaited, requestOf } from './awaited-delivery.ts';
import type { Origin } from '../records/origin.ts';
import { pendingRequest, requestKey } from '../first-key/first-key-request.ts';
import { addressFor, methodOf } from '../first-key/key-address.ts';
import { isUnderWay } from '../user/latchkey-extension.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { omit } from '../../base/omit.ts';
import { type ChangeUser, write, keep } from '../user/change-user.ts';
import { messageLine, noteMessage, sentMessage } from '../user/timeline.ts';
import { isUndeliverable, markUndeliverable } from '../user/undeliverable.ts';

/** What came back of a mail after its server had taken it. */
export interface BounceNotice {
  /** The deliveries it may be about, likeliest first. */
  readonly deliveries: readonly string[];
  /** `bounced`: the address is dead. `softBounced`: this mail is lost, but the address may work another time. */
  readonly kind: 'bounced' | 'softBounced' | 'complained';
  /** The reason in one line, without addresses. */
  readonly reply: string;
  /** What an operator has to do, where the reason is about our own account, sender or host. */
  readonly ours?: string;
}

/**
 * `known`: the record said so already. `unknown`: there is no such mail, or its user is gone. `tooEarly`: the mail is
 * being sent at this moment, and what became of that is not known yet: the notice must come again.
 */
export type BounceOutcome = 'noted' | 'known' | 'unknown' | 'tooEarly';

/** What the use case works with. */
export interface BouncesParts {
  readonly changeUser: ChangeUser;
  readonly findDelivery: (tenant: string, id: string) => Promise<Delivery | undefined>;
}

/** Hours until a mail is sent again that came back because of our own account; the last value repeats. */
const gapsHours = [1, 4, 12, 24];
const weekMs = 7 * 24 * 3_600_000;
/** As many come back in a week at these gaps. */
const mostReturned = 9;

/** A line of the timeline moves only up. */
const weight: Readonly<Record<string, number>> = { softBounced: 1, bounced: 2, complained: 2 };

/**
 * Handles bounces and complaints: the timeline records them, and after a permanent one nothing more is sent to that
 * address until the user has another or a resend is requested. A user who still waits for the first key there becomes
 * `bounced`; a user whose mail is lost for another reason becomes `failed`, with the reason. When the reason is our own
 * account, the user is fine: the key is sent again, later each time.
 */
export class Bounces {
  readonly #parts: BouncesParts;

  constructor(parts: BouncesParts) {
    this.#parts = parts;
  }

  /** Safe to repeat. */
  async take(tenant: string, notice: BounceNotice, origin: Origin): Promise<BounceOutcome> {
    const delivery = await this.#find(tenant, notice.deliveries);
    if (delivery === undefined || delivery === 'tooEarly') return delivery ?? 'unknown';
    return (
      (await this.#parts.changeUser<BounceOutcome>({ tenant, id: delivery.userId }, origin, (draft, rules) =>
        noteBounce(draft, delivery, notice, rules) ? write('noted') : keep('known'),
      )) ?? 'unknown'
    );
  }

  /**
   * Only a mail that was tried can come back. A server may tell that before our worker has written that it sent it:
   * within the very connection, or while this process is busy.
   */
  async #find(
    tenant: string,
    ids: readonly string[],
  ): Promise<(Delivery & { readonly to: string }) | 'tooEarly' | undefined> {
    for (const id of ids) {
      const found = await this.#parts.findDelivery(tenant, id);
      if (found?.channel !== 'email') continue;
      if (found.to !== undefined) return { ...found, to: found.to };
      if (found.state === 'leased') return 'tooEarly';
    }
    return undefined;
  }
}

/** @returns false when the timeline said as much already */
function noteBounce(
  draft: UserDraft,
  delivery: Delivery & { readonly to: string },
  { kind, reply, ours }: BounceNotice,
  rules: Rules,
): boolean {
  const line = messageLine(draft.onboarding, delivery.id);
  if ((weight[line?.state ?? ''] ?? 0) >= (weight[kind] ?? 0)) return false;
  const { id, channel, template } = delivery;
  const at = rules.now.toISOString();
  noteMessage(draft.onboarding, {
    id,
    channel,
    template,
    state: kind,
    attempts: Math.max(1, delivery.attempts),
    at,
    reply,
  });
  draft.events.push({
    type: kind === 'complained' ? 'delivery.complained' : 'delivery.bounced',
    data: {
      delivery: id,
      channel,
      template,
      reply,
      ...(kind === 'complained' ? {} : { permanent: kind === 'bounced' }),
    },
  });
  if (kind === 'softBounced') {
    const lost = carriedKey(draft, delivery, line);
    if (ours !== undefined && (lost || carriedProof(draft, delivery)) && sendAnew(draft, rules)) return true;
    if (!lost) return true;
    draft.onboarding.status = 'failed';
    draft.account = omit(draft.account, 'sealedPassword');
    return true;
  }
  draft.account = markUndeliverable(draft.account, delivery.to, kind, at);
  if (isUnderWay(draft.onboarding) && isStranded(draft, rules)) {
    draft.onboarding.status = 'bounced';
    draft.account = omit(draft.account, 'sealedPassword');
  }
  return true;
}

/** True where the first key that the user waits for was in this mail, and no other mail of it has gone out since. */
function carriedKey(
  { onboarding, account }: UserDraft,
  delivery: Delivery,
  line: { readonly state: string } | undefined,
): boolean {
  if (!isUnderWay(onboarding) || onboarding.status === 'bounced' || delivery.template === 'reminder') return false;
  if (delivery.template === 'password') {
    const sent = sentMessage(onboarding, 'password');
    return (
      isAwaited(account, delivery)
      || (line?.state === 'sent' && sent === undefined && account.passwordMail === undefined)
    );
  }
  const kind = requestOf(delivery);
  return (kind === 'invitation' || kind === 'passwordMail') && isAwaited(account, delivery);
}

/** True where the user has to prove their address by what this mail carried. */
function carriedProof({ account }: UserDraft, delivery: Delivery): boolean {
  return requestOf(delivery) === 'verifyEmail' && isAwaited(account, delivery);
}

/**
 * Sends the user's pending message again, at growing intervals: our account may work again by then.
 * @returns false once that has gone on for a week
 */
function sendAnew(draft: UserDraft, rules: Rules): boolean {
  const kind = pendingRequest(draft);
  const since = rules.now.getTime() - weekMs;
  const returned = (draft.onboarding.deliveries ?? []).filter(
    ({ state, at, channel }) => state === 'softBounced' && channel === 'email' && Date.parse(at) > since,
  ).length;
  if (kind === undefined || returned > mostReturned) return false;
  const gap = gapsHours[returned - 1] ?? gapsHours.at(-1)!;
  requestKey(draft, rules, kind, new Date(rules.now.getTime() + gap * 3_600_000));
  return true;
}

/** True when what the user waits for would go, or has gone, to an address that is written to no more. */
function isStranded(draft: UserDraft, rules: Rules): boolean {
  const pending = pendingRequest(draft);
  const method = draft.account.invitation?.method ?? methodOf(draft.onboarding, rules.settings);
  // A password mail that has gone out is pending no more, and yet the user's key was in it.
  const address =
    pending === undefined
      ? addressFor(draft, rules, 'passwordMail', 'emailLink')
      : addressFor(draft, rules, pending, method);
  return address !== undefined && isUndeliverable(draft.account, address);
}
