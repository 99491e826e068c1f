import { AdminActions, type AdminActionsParts } from '../provisioning/admin/admin-actions.ts';
import { AdminRecords } from '../provisioning/admin/admin-records.ts';
import { AdminRehearsal } from '../provisioning/admin/admin-rehearsal.ts';
import type { DeletedUsers } from '../provisioning/records/deleted-users.ts';
import { RecordWriter } from '../provisioning/records/record-writer.ts';
import type { ResourceStore } from '../provisioning/records/resource-store.ts';
import type { DryRuns } from '../provisioning/resources/dry-runs.ts';
import { ResourceService, type ResourceServiceParts } from '../provisioning/resources/resource-service.ts';
import { createChangeUser } from '../provisioning/user/change-user.ts';

/** What administrators' work is put together from. */
export type AdminParts = Omit<AdminActionsParts, 'records' | 'handler' | 'deleted'>
  & Omit<ResourceServiceParts, 'deleted'> & { readonly deleted: DeletedUsers; readonly rehearsal: DryRuns };

/** Administrators' actions, and the same worked out and not done. */
export interface Admin {
  readonly records: AdminRecords;
  readonly actions: AdminActions;
  readonly rehearsal: AdminRehearsal;
}

/** Puts together what administrators do to users. */
export function composeAdmin(parts: AdminParts, handler: ResourceService): Admin {
  const records = recordsOver(parts, parts.store, parts.writer);
  return {
    records,
    actions: new AdminActions({ ...parts, handler, records }),
    rehearsal: new AdminRehearsal({
      store: parts.store,
      report: (change, tenant) => parts.rehearsal.report(change, tenant),
      actionsOver: (store) => {
        const writer = new RecordWriter(store, parts.clock);
        const none = { keep: async () => undefined, forget: async () => false };
        const deleted = { ...none, find: (tenant: string, id: string) => parts.deleted.find(tenant, id) };
        const over = { ...parts, store, writer, deleted };
        return new AdminActions({
          ...over,
          handler: new ResourceService(over),
          records: recordsOver(parts, store, writer),
        });
      },
    }),
  };
}

function recordsOver(parts: AdminParts, store: ResourceStore, writer: RecordWriter): AdminRecords {
  return new AdminRecords({ store, changeUser: createChangeUser({ ...parts, writer }) });
}
