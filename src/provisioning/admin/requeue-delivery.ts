import type { Clock } from '../../base/clock.ts';
import type { Delivery } from '../../notify/delivery/delivery.ts';
import { ConflictError, NotFoundError } from '../../scim/model/scim-error.ts';
import type { AdminActor, AdminRecords } from './admin-records.ts';
import { isAwaited, requestOf } from '../messages/awaited-delivery.ts';
import { noteRequeued } from '../messages/note-requeued.ts';

/** PORT: the part of the outbox that knows deliveries which have ended and puts them back. */
export interface EndedDeliveries {
  find(tenant: string, id: string): Promise<Delivery | undefined>;
  requeue(tenant: string, id: string, now: Date): Promise<boolean>;
}

/** What putting back works with. */
export interface RequeueParts {
  readonly records: AdminRecords;
  readonly deliveries: EndedDeliveries;
  readonly clock: Clock;
}

/**
 * Puts a dead or cancelled message back in the queue, if its user still waits for what it carries.
 * @returns it as it is now
 * @throws NotFoundError; ConflictError with the reason where it cannot be put back
 */
export async function requeueDelivery(
  { records, deliveries, clock }: RequeueParts,
  actor: AdminActor,
  deliveryId: string,
): Promise<Delivery> {
  const ended = await deliveries.find(actor.tenant, deliveryId);
  if (ended === undefined) throw new NotFoundError(`There is no delivery with id "${deliveryId.slice(0, 100)}".`);
  if (ended.state !== 'dead' && ended.state !== 'cancelled')
    throw new ConflictError(`The delivery is ${ended.state}: only one that is dead or cancelled can be queued again.`);
  if (ended.channel === 'webhook') throw new ConflictError('This went to a webhook: replay it.');
  const { account } = await records.read(actor.tenant, ended.userId);
  // A mere notice is not waited for: it can always be sent again.
  if (requestOf(ended) !== undefined && (account === undefined || !isAwaited(account, ended)))
    throw new ConflictError('The user does not wait for this delivery any more. Resend instead.');
  if (!(await deliveries.requeue(actor.tenant, deliveryId, clock.now())))
    throw new ConflictError('The delivery is queued already.');
  await records.change(actor, ended.userId, (draft, rules) => {
    noteRequeued(draft, rules, ended);
    return true;
  });
  return (await deliveries.find(actor.tenant, deliveryId)) ?? ended;
}
