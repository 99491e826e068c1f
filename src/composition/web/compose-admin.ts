import type { JsonObject } from '../../base/json.ts';
import type { Notes } from '../../domain/notes.ts';
import type { Outbox } from '../../notify/outbox/outbox.ts';
import { deliveryOperations } from '../../operations/messages/delivery-operations.ts';
import { adminOperations } from '../../operations/people/admin-operations.ts';
import type { Operation } from '../../operations/operation.ts';
import type { LookupParts } from '../../operations/people/people-lookups.ts';
import { peopleOperations, type PeopleOperationsParts } from '../../operations/people/people-operations.ts';
import { groupOperations } from '../../operations/people/group-operations.ts';
import { PageCursors } from '../../operations/people/page-cursors.ts';
import { PeopleList } from '../../operations/people/people-list.ts';
import { SavedViews } from '../../operations/people/saved-views.ts';
import { userOperations } from '../../operations/people/user-operations.ts';
import { AdminActions, type AdminActionsParts } from '../../provisioning/admin/admin-actions.ts';
import { AdminRecords } from '../../provisioning/admin/admin-records.ts';
import { AdminRehearsal } from '../../provisioning/admin/admin-rehearsal.ts';
import { OnboardingOverview } from '../../provisioning/first-key/onboarding-overview.ts';
import type { DeletedUsers } from '../../provisioning/records/deleted-users.ts';
import { RecordWriter } from '../../provisioning/records/record-writer.ts';
import type { ResourceStore, StoredRecord } from '../../provisioning/records/resource-store.ts';
import type { DryRuns } from '../../provisioning/resources/dry-runs.ts';
import { personOf } from '../../provisioning/user/person.ts';
import { ResourceService } from '../../provisioning/resources/resource-service.ts';
import { createChangeUser } from '../../provisioning/user/change-user.ts';
import type { RequestLog } from '../../domain/request-log.ts';
import type { ResourceServiceParts } from '../../provisioning/resources/resource-service-parts.ts';

/** What administrators' work is put together from. */
export interface AdminParts
  extends
    Omit<AdminActionsParts, 'records' | 'handler' | 'deleted' | 'deliveries'>,
    Omit<ResourceServiceParts, 'deleted'>,
    Pick<PeopleOperationsParts, 'publicUrlOf' | 'write' | 'sourcesOf'> {
  readonly cursorKeysOf: (tenant: string) => readonly Buffer[];
  readonly deleted: DeletedUsers;
  readonly rehearsal: DryRuns;
  readonly outbox: Outbox;
  readonly notes: Notes;
  readonly requests: Pick<RequestLog, 'list'>;
  readonly credentialsBy: LookupParts['credentialsBy'];
}

/** What administrators do, and what the APIs and the console make of it. */
export interface Admin {
  readonly records: AdminRecords;
  readonly actions: AdminActions;
  readonly rehearsal: AdminRehearsal;
  readonly people: PeopleList;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** Puts together what administrators see of people and do to them. */
export function composeAdmin(parts: AdminParts, handler: ResourceService): Admin {
  const { store, outbox, settingsOf, clock, userType } = parts;
  const deliveries = outbox;
  const records = recordsOver(parts, store, parts.writer);
  const actions = new AdminActions({ ...parts, deliveries, handler, records });
  const rehearsal = new AdminRehearsal({
    store,
    report: (change, tenant) => parts.rehearsal.report(change, tenant),
    actionsOver: (over) => actionsOver(parts, over),
  });
  const overview = new OnboardingOverview(parts);
  const scimOf = async ({ tenant, id }: StoredRecord): Promise<JsonObject> => {
    const asked = { tenant, client: { id: '', name: '' }, profile: 'strict', triggeredBy: 'admin_api' } as const;
    const shown = await handler.read({ ...asked, requestId: '', dryRun: false }, userType, id, {
      members: false,
      groups: true,
    });
    const { resource, resourceType, version, created, lastModified } = shown;
    return { ...resource, meta: { resourceType, created, lastModified, version: `W/"${version}"` } };
  };
  const lookups = { store, outbox, requests: parts.requests, credentialsBy: parts.credentialsBy };
  const people = new PeopleList({ ...parts, overview });
  const cursors = new PageCursors(parts.cursorKeysOf, clock);
  const views = new SavedViews(parts.notes, clock);
  return {
    records,
    actions,
    rehearsal,
    people,
    operations: {
      ...deliveryOperations({ outbox, nameOf: createNameOf(store), clock }),
      ...adminOperations({ actions, records, overview, outbox }),
      ...userOperations({ actions, rehearsal, overview, settingsOf }),
      ...peopleOperations({ ...parts, overview, records, scimOf, lookups, views, people, cursors }),
      ...groupOperations({ store, people, cursors }),
    },
  };
}

/** The same actions over another store; they report no events and keep no deleted users. */
function actionsOver(parts: AdminParts, store: ResourceStore): AdminActions {
  const writer = new RecordWriter(store, parts.clock);
  const deleted = {
    keep: async () => undefined,
    forget: async () => false,
    find: (tenant: string, id: string) => parts.deleted.find(tenant, id),
  };
  const over = { ...parts, store, writer, deleted, deliveries: parts.outbox };
  return new AdminActions({ ...over, handler: new ResourceService(over), records: recordsOver(parts, store, writer) });
}

function recordsOver(parts: AdminParts, store: ResourceStore, writer: RecordWriter): AdminRecords {
  return new AdminRecords({ store, changeUser: createChangeUser({ ...parts, writer }) });
}

/** What a user is called. Messages to administrators and endpoints are about no user. */
function createNameOf(store: Pick<ResourceStore, 'get'>) {
  return async (tenant: string, id: string): Promise<string | undefined> => {
    const record = id.includes(':') ? undefined : await store.get(tenant, 'User', id);
    if (record === undefined) return undefined;
    const { displayName, userName } = personOf(record);
    return displayName ?? userName;
  };
}
