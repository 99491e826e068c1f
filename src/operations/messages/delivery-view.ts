import type { Delivery } from '../../notify/delivery/delivery.ts';
import { hostThatSaid, judgeReply } from '../../notify/delivery/judge-reply.ts';
import type { ReplyMeaning } from '../../notify/delivery/reply-rule.ts';
import { shownState } from '../../provisioning/messages/awaited-delivery.ts';
import type { DeliveryNote } from '../../provisioning/user/latchkey-extension.ts';

/** A delivery as administrators see it: without the address, which is on the user. Times are ISO 8601 UTC. */
export interface DeliveryView {
  readonly id: string;
  readonly userId: string;
  /** In lists: what the user is called. */
  readonly person?: string;
  /** The audit event that led to it. */
  readonly eventId?: string | undefined;
  readonly channel: string;
  readonly template: string;
  readonly state: string;
  readonly attempts: number;
  readonly createdAt: string;
  /** When its next turn is; once it has ended, absent. */
  readonly notBefore: string | undefined;
  readonly endedAt: string | undefined;
  /** What the server said last, or our own reason. */
  readonly reply: string | undefined;
  /** Of a mail that was not taken: what the reply is about, and which of the large hosts said it. */
  readonly means?: ReplyMeaning;
  readonly saidBy?: string;
  /** Of a line that tells what was done with a message, or what it went through: see `timeline.ts`. */
  readonly verdict?: string | undefined;
  readonly count?: number | undefined;
  readonly lastAt?: string | undefined;
}

/** Shows a delivery. */
export function viewDelivery(delivery: Delivery): DeliveryView {
  const { id, userId, eventId, channel, template, attempts, createdAt, notBefore, endedAt, lastReply } = delivery;
  return {
    id,
    userId,
    eventId,
    channel,
    template,
    state: shownState(delivery),
    attempts,
    createdAt,
    notBefore: endedAt === undefined ? notBefore : undefined,
    endedAt,
    reply: lastReply,
    ...meaningOf(delivery),
  };
}

/** What the reply to a mail is about. Our own reasons are sentences, and a mail that was taken has no fault. */
function meaningOf({ channel, state, lastReply }: Delivery): Pick<DeliveryView, 'means' | 'saidBy'> {
  if (channel !== 'email' || state === 'sent' || lastReply === undefined) return {};
  const { means, code } = judgeReply(lastReply);
  if (code === undefined || means === 'unclear') return {};
  const saidBy = hostThatSaid(lastReply);
  return { means, ...(saidBy === undefined ? {} : { saidBy }) };
}

/** What is learnt of a message after it was sent is on the user's record only. */
const heardLater: readonly string[] = ['softBounced', 'bounced', 'complained'];

/**
 * One user's timeline, newest first: what the outbox knows and, from the user's record, what never got into it or has
 * left it, what has come back, and what was done with the messages.
 */
export function timelineOf(
  userId: string,
  deliveries: readonly Delivery[],
  notes: readonly DeliveryNote[],
): readonly DeliveryView[] {
  const filed = new Set(deliveries.map(({ id }) => id));
  const noted = notes
    .filter(({ id }) => !filed.has(id))
    .map(({ id, channel, template, state, attempts, at, reply, verdict, count, lastAt }): DeliveryView => ({
      id,
      userId,
      eventId: eventOf(id),
      channel,
      template,
      state,
      attempts,
      createdAt: at,
      notBefore: undefined,
      endedAt: at,
      reply,
      verdict,
      count,
      lastAt,
    }));
  const later = new Map(notes.filter(({ state }) => heardLater.includes(state)).map((line) => [line.id, line]));
  const known = deliveries.map((delivery): DeliveryView => {
    const line = later.get(delivery.id);
    return line === undefined
      ? viewDelivery(delivery)
      : { ...viewDelivery(delivery), state: line.state, endedAt: line.at, reply: line.reply };
  });
  return [...known, ...noted].sort((one, other) =>
    one.createdAt < other.createdAt ? 1 : one.createdAt > other.createdAt ? -1 : 0,
  );
}

/** The event that a delivery is named after, see `deliveryId`. */
function eventOf(id: string): string | undefined {
  const end = id.indexOf('.');
  return end === -1 ? undefined : id.slice(0, end);
}
