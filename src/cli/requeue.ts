import { systemClock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { defaultTenant } from '../composition/first-start.ts';
import { loadSettings } from '../config/load-settings.ts';
import { loadTypes } from '../composition/load-types.ts';
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
import { RecordWriter } from '../provisioning/records/record-writer.ts';
import { requeueDelivery } from '../provisioning/admin/requeue-delivery.ts';
import type { Store } from '../store/store.ts';
import { createChangeUser } from '../provisioning/user/change-user.ts';

/**
 * Puts a delivery back in the queue as an administrator would over HTTP: by the same rules, with the user's timeline
 * and an event saying so.
 * @throws NotFoundError; ConflictError with the reason where it cannot be put back
 */
export async function requeue(store: Store, config: Config, delivery: string): Promise<Delivery> {
  return requeueDelivery(requeueParts(store, config), commandLine(), delivery);
}

/** Puts deliveries back in the queue by their state and the reason of their end, all of them, by the same rules. */
export async function requeueAll(
  store: Store,
  config: Config,
  order: Pick<RequeueOrder, 'state' | 'reason'>,
): Promise<Pick<RequeueReport, 'requeued' | 'refused'>> {
  const parts = requeueParts(store, config);
  const reports: RequeueReport[] = [];
  let before: string | undefined;
  do {
    const page = await requeueDeliveries(parts, commandLine(), {
      ...order,
      count: 1000,
      ...(before === undefined ? {} : { before }),
    });
    reports.push(page);
    before = page.next;
  } while (before !== undefined);
  return { requeued: reports.flatMap(({ requeued }) => requeued), refused: reports.flatMap(({ refused }) => refused) };
}

function commandLine(): AdminActor {
  return { tenant: defaultTenant, client: operatorActor.name, requestId: systemClock.newId(), actor: operatorActor };
}

function requeueParts(store: Store, config: Config): RequeueAllParts {
  const settings = loadSettings(config.settingsFile);
  const clock = systemClock;
  const { userType } = loadTypes(config.schemasFolder);
  const changeUser = createChangeUser({
    writer: new RecordWriter(store.resources, clock),
    clock,
    settingsOf: () => settings,
    userType,
  });
  const records = new AdminRecords({ store: store.resources, changeUser });
  return { records, deliveries: store.outbox, clock };
}
