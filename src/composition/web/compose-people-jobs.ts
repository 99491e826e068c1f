import type { AdministratorRecords } from '../../administrators/administrator-records.ts';
import { PeopleJobNotes } from '../../bulk/people-job-notes.ts';
import { PeopleJobs } from '../../bulk/people-jobs.ts';
import type { BulkParts, OnePlan } from '../../bulk/bulk-parts.ts';
import type { Clock } from '../../base/clock.ts';
import type { Notes } from '../../domain/notes.ts';
import type { ResourceStore } from '../../provisioning/records/resource-store.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import { nameCaller } from '../../domain/present-call.ts';
import { readPart, type Facts } from '../../history/chain-entry.ts';
import { auditEventType } from '../../history/event-log.ts';
import type { ApiDocument } from '../../operations/api-document.ts';
import type { Operation } from '../../operations/operation.ts';
import type { PeopleList } from '../../operations/people/people-list.ts';
import type { DeletedUsers } from '../../provisioning/records/deleted-users.ts';
import { personOf } from '../../provisioning/user/person.ts';
import { bindFilter } from '../../scim/filter/bind-filter.ts';
import { parseFilter } from '../../scim/filter/filter-parser.ts';
import { rootTenant } from '../../tenancy/tenant.ts';
import type { MoreJobs } from '../compose-jobs.ts';
import type { Core } from '../core/core.ts';

/** What jobs over people are put together from. */
export interface PeopleJobsCore extends Pick<BulkParts, 'lastRequest'> {
  readonly notes: Notes;
  readonly store: Pick<ResourceStore, 'get'>;
  readonly clock: Clock;
  readonly userType: ResourceType;
  readonly work: MoreJobs;
  readonly document: ApiDocument;
  /** Those for one person. */
  readonly operations: Readonly<Record<string, Operation>>;
  readonly people: PeopleList;
  readonly deleted: Pick<DeletedUsers, 'find'>;
  readonly administrators: Pick<AdministratorRecords, 'find'>;
}

/** Puts together actions on many people; each write goes through the operation for one. */
export function composePeopleJobs(parts: PeopleJobsCore): PeopleJobs {
  const { notes, store, clock, userType, lastRequest, work, people, deleted } = parts;
  const jobs = new PeopleJobs({
    notes: new PeopleJobNotes(notes),
    jobs: work.jobs,
    clock,
    wake: work.wake,
    find: async (tenant, query, limit, before) => {
      const page = await people.page(tenant, query, limit, { before });
      const found = page.people.map(({ id, displayName, userName }) => ({ id, name: displayName ?? userName }));
      return { people: found, ...(page.older === undefined ? {} : { next: page.older }) };
    },
    read: (tenant, id) => store.get(tenant, userType.name, id),
    nameOf: (record) => {
      const { displayName, userName } = personOf(record);
      return displayName ?? userName;
    },
    deletedAt: async (tenant, id) => (await deleted.find(tenant, id))?.deletedAt,
    lastRequest,
    perform: performer(parts),
    may: mayStill(parts),
  });
  work.handle(jobs.handlers());
  return jobs;
}

/** The type that sealed events are read as. */
export function auditTypeOf(types: Core['types']): ResourceType {
  const auditType = types.byName(auditEventType);
  if (auditType === undefined) throw new Error('the schemas define no AuditEvent');
  return auditType;
}

/** Of the newest event of a type about somebody, the request id that the audit has. */
export function lastRequestOf({
  store,
  types,
  history,
}: Pick<Core, 'store' | 'types' | 'history'>): BulkParts['lastRequest'] {
  const auditType = auditTypeOf(types);
  return async (tenant, id, type) => {
    await history.sequencer.catchUp(tenant);
    const filter = `target.id eq ${JSON.stringify(id)} and type eq ${JSON.stringify(type)}`;
    const condition = bindFilter(auditType, parseFilter(filter));
    const page = { before: '' };
    const { entries } = await store.events.query({ tenant, condition, sort: undefined, limit: 1, page });
    const [newest] = entries;
    return newest === undefined ? undefined : (readPart<Facts>(newest.facts)?.[6] ?? undefined);
  };
}

/** The operation for one person, called as its page calls it. */
function performer({ document, operations }: PeopleJobsCore): BulkParts['perform'] {
  return async (id, actor, person, body, dryRun) => {
    const act = operations[id];
    if (act === undefined) throw new Error(`nobody implements the operation ${id}`);
    const documented = document.operation(id);
    if (actor.actor !== undefined) nameCaller(actor.actor);
    const { body: view } = await act({
      actor,
      id: person,
      params: { id: person },
      query: documented.readQuery(new URLSearchParams(dryRun ? { dryRun: 'true' } : {})),
      body: documented.readBody(body),
    });
    return (view as { readonly plan?: OnePlan } | undefined)?.plan;
  };
}

/** A role that was taken away while the job waited ends what its holder began; a client has no role. */
function mayStill({ document, administrators }: PeopleJobsCore): BulkParts['may'] {
  return async (tenant, { actor, role }, operation) => {
    if (role === undefined || actor === undefined) return true;
    const now = await administrators.find(tenant, actor.id);
    if (now !== undefined) return now.operator || document.operation(operation).roles.includes(now.role);
    return (await administrators.find(rootTenant, actor.id))?.operator === true;
  };
}
