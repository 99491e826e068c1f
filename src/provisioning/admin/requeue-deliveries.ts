import type { Delivery } from '../../notify/delivery/delivery.ts';
import { ScimError } from '../../scim/model/scim-error.ts';
import type { AdminActor } from './admin-records.ts';
import { type EndedDeliveries, requeueDelivery, type RequeueParts } from './requeue-delivery.ts';

/** Which deliveries are to be queued again. */
export interface RequeueOrder {
  readonly state: 'dead' | 'cancelled';
  /** Only those whose last reply has this text, in any letter case. */
  readonly reason?: string;
  /** Looked at in one call. */
  readonly count: number;
  /** The id after which to go on. */
  readonly before?: string;
}

/** What came of it. */
export interface RequeueReport {
  readonly requeued: readonly string[];
  /** Those that match and cannot be queued again, each with the reason. */
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
  /** Where the next call goes on; absent when every delivery in that state was looked at. */
  readonly next?: string;
}

/** PORT: the part of the outbox that lists deliveries which have ended, newest first, and puts them back. */
export interface EndedDeliveryList extends EndedDeliveries {
  inState(tenant: string, state: Delivery['state'], limit: number, before?: string): Promise<readonly Delivery[]>;
}

/** How {@link requeueDeliveries} works. */
export interface RequeueAllParts extends RequeueParts {
  readonly deliveries: EndedDeliveryList;
}

/**
 * Puts messages to people back in the queue by their state and the reason of their end, each by the rules of
 * `requeue-delivery.ts`. One that cannot be put back does not keep the others.
 */
export async function requeueDeliveries(
  parts: RequeueAllParts,
  actor: AdminActor,
  { state, reason, count, before }: RequeueOrder,
): Promise<RequeueReport> {
  const found = await parts.deliveries.inState(actor.tenant, state, count + 1, before);
  const looked = found.slice(0, count);
  const wanted = looked.filter((one) => one.channel !== 'webhook' && endedBy(one, reason));
  const requeued: string[] = [];
  const refused: { id: string; reason: string }[] = [];
  for (const { id } of wanted) {
    try {
      await requeueDelivery(parts, actor, id);
      requeued.push(id);
    } catch (cause) {
      if (!(cause instanceof ScimError) || cause.status >= 500) throw cause;
      refused.push({ id, reason: cause.message });
    }
  }
  const next = found.length > count ? looked.at(-1)?.id : undefined;
  return { requeued, refused, ...(next === undefined ? {} : { next }) };
}

function endedBy({ lastReply = '' }: Delivery, reason: string | undefined): boolean {
  return reason === undefined || lastReply.toLowerCase().includes(reason.toLowerCase());
}
