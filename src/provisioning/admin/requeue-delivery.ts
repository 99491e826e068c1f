import type { Clock } from '../../clock.ts';
import type { Delivery } from '../../notify/delivery/delivery.ts';
import { ConflictError, NotFoundError } from '../../scim/model/scim-error.ts';
import type { AdminActor, AdminRecords } from './admin-records.ts';
import { isAwaited, requestOf } from '../messages/awaited-delivery.ts';
import { isUnderWay } from '../user/latchkey-extension.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { omit } from '../../omit.ts';
import { messageLine, noteMessage } from '../user/timeline.ts';

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
  await records.change(actor, ended.userId, (draft, rules) => noteRequeued(draft, rules, ended));
  return (await deliveries.find(actor.tenant, deliveryId)) ?? ended;
}

/** Unless news of the delivery's next end was quicker, the user's record shows it as queued again. */
function noteRequeued(draft: UserDraft, { now }: Rules, ended: Delivery): boolean {
  const { onboarding, account } = draft;
  const line = messageLine(onboarding, ended.id);
  if (line?.state === ended.state) {
    noteMessage(onboarding, { ...omit(line, 'reply'), state: 'queued', attempts: 0, at: now.toISOString() });
    if (isAwaited(account, ended) && isUnderWay(onboarding)) onboarding.status = 'queued';
  }
  draft.events.push({ type: 'delivery.requeued', data: { delivery: ended.id } });
  return true;
}
