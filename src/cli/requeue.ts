import type { Core } from '../composition/core.ts';
import type { Delivery } from '../notify/delivery/delivery.ts';
import { operatorActor } from '../actor.ts';
import type { AdminActor } from '../provisioning/admin/admin-records.ts';
import {
  requeueDeliveries,
  type RequeueAllParts,
  type RequeueOrder,
  type RequeueReport,
} from '../provisioning/admin/requeue-deliveries.ts';
import { AdminRecords } from '../provisioning/admin/admin-records.ts';
import { requeueDelivery } from '../provisioning/admin/requeue-delivery.ts';

/**
 * Puts a delivery back in the queue as an administrator would over HTTP: by the same rules, with the user's timeline
 * and an event saying so.
 * @throws NotFoundError; ConflictError with the reason where it cannot be put back
 */
export async function requeue(core: Core, tenant: string, delivery: string): Promise<Delivery> {
  return requeueDelivery(requeueParts(core), commandLine(core, tenant), delivery);
}

/** Puts deliveries back in the queue by their state and the reason of their end, all of them, by the same rules. */
export async function requeueAll(
  core: Core,
  tenant: string,
  order: Pick<RequeueOrder, 'state' | 'reason'>,
): Promise<Pick<RequeueReport, 'requeued' | 'refused'>> {
  const parts = requeueParts(core);
  const reports: RequeueReport[] = [];
  let before: string | undefined;
  do {
    const page = await requeueDeliveries(parts, commandLine(core, tenant), {
      ...order,
      count: 1000,
      ...(before === undefined ? {} : { before }),
    });
    reports.push(page);
    before = page.next;
  } while (before !== undefined);
  return { requeued: reports.flatMap(({ requeued }) => requeued), refused: reports.flatMap(({ refused }) => refused) };
}

function commandLine({ clock }: Core, tenant: string): AdminActor {
  return { tenant, client: operatorActor.name, requestId: clock.newId(), actor: operatorActor };
}

function requeueParts({ store, changeUser, clock }: Core): RequeueAllParts {
  const records = new AdminRecords({ store: store.resources, changeUser });
  return { records, deliveries: store.outbox, clock };
}
