import { auditResource } from '../../history/audit-event.ts';
import type { EventLog } from '../../history/event-log.ts';
import { viewClient } from '../../operations/access/client-view.ts';
import { projectAttributes } from '../../scim/answer/project-attributes.ts';
import { parseProjection } from '../../scim/answer/projection.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { StorePage } from '../../provisioning/records/resource-store.ts';
import type { Tenant } from '../../tenancy/tenant.ts';
import type { Core } from '../core/core.ts';

/** What an export reads. */
export type ExportParts = Pick<Core, 'tenants' | 'clients'> & {
  readonly store: Pick<Core['store'], 'resources' | 'events'>;
};

/** Resources read at once. */
const pageSize = 200;

/**
 * A tenant as JSON Lines: `{"kind": "tenant"}` with its own settings and texts, then each `client`, each `resource`,
 * each `member` of a group and each `auditEvent`, one a line. What SCIM never returns, and every secret, is left out.
 */
export async function* exportTenant(core: ExportParts, tenant: Tenant): AsyncGenerator<string> {
  const { tenants, clients, store } = core;
  const { id, name, status, createdAt, types } = tenant;
  yield line({
    kind: 'tenant',
    id,
    name,
    status,
    createdAt,
    settings: tenants.own(id),
    words: tenants.wordsOf(id).own,
  });
  for (const client of await clients.list(id)) yield line({ kind: 'client', ...viewClient(client) });
  // What is only read, the audit, comes last.
  for (const type of types.all().filter(({ definition }) => definition.readOnly !== true)) {
    for (let after: string | undefined = ''; after !== undefined;) {
      const page: StorePage = await store.resources.query({
        tenant: id,
        type: type.name,
        condition: undefined,
        sort: undefined,
        limit: pageSize,
        page: { after },
      });
      const projection = parseProjection(type, { attributes: schemasOf(type) });
      for (const { id: resource, version, created, lastModified, resource: attributes } of page.records) {
        yield line({
          kind: 'resource',
          resourceType: type.name,
          id: resource,
          version,
          created,
          lastModified,
          resource: projectAttributes(type, attributes, projection),
        });
        if (type.name !== 'Group') continue;
        for await (const members of store.resources.members(id, resource))
          for (const member of members) yield line({ kind: 'member', group: resource, ...member });
      }
      after = page.next;
    }
  }
  yield* auditOf(store.events, id);
}

/** The sealed events of a tenant as people read them; what proves them is in the audit's own export. */
async function* auditOf(events: Pick<EventLog, 'base' | 'read'>, tenant: string): AsyncGenerator<string> {
  for (let after = (await events.base(tenant)).seq; ;) {
    const entries = await events.read(tenant, after, pageSize);
    for (const entry of entries) yield line({ kind: 'auditEvent', id: entry.id, ...auditResource(entry) });
    const last = entries.at(-1);
    if (last === undefined) return;
    after = last.seq;
  }
}

/** By their URNs, so that attributes that are returned on request alone are there too. */
function schemasOf({ schema, extensions }: ResourceType): string[] {
  return [schema.id, ...extensions.map((extension) => extension.schema.id)];
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
