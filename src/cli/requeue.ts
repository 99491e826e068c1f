import { systemClock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { defaultTenant } from '../composition/first-start.ts';
import { loadSettings } from '../config/load-settings.ts';
import { loadTypes } from '../composition/load-types.ts';
import type { Delivery } from '../notify/delivery/delivery.ts';
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
  return requeueDelivery(
    { records, deliveries: store.outbox, clock },
    { tenant: defaultTenant, client: 'command line', requestId: clock.newId() },
    delivery,
  );
}
