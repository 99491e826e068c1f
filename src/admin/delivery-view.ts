import type { Delivery } from '../notify/delivery.ts';
import type { DeliveryNote } from '../provisioning/latchkey-extension.ts';

/** A delivery as administrators see it: without the address, which stands on the user. Times are ISO 8601 UTC. */
export interface DeliveryView {
  readonly id: string;
  readonly userId: string;
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
}

/** Shows a delivery. */
export function viewDelivery(delivery: Delivery): DeliveryView {
  const { id, userId, channel, template, state, attempts, createdAt, notBefore, endedAt, lastReply } = delivery;
  return { id, userId, channel, template, state, attempts, createdAt, notBefore: endedAt === undefined ? notBefore : undefined, endedAt, reply: lastReply };
}

/** One user's timeline, newest first: what the outbox knows and, from the user's record, what never got into it or has left it. */
export function timelineOf(userId: string, deliveries: readonly Delivery[], notes: readonly DeliveryNote[]): readonly DeliveryView[] {
  const known = new Set(deliveries.map(({ id }) => id));
  const noted = notes.filter(({ id }) => !known.has(id)).map(({ id, channel, template, state, attempts, at, reply }): DeliveryView =>
    ({ id, userId, channel, template, state, attempts, createdAt: at, notBefore: undefined, endedAt: at, reply }));
  return [...deliveries.map(viewDelivery), ...noted].sort((one, other) => (one.createdAt < other.createdAt ? 1 : one.createdAt > other.createdAt ? -1 : 0));
}
