import { auditResource } from '../../history/audit-event.ts';
import type { AuditTrail } from '../../history/audit-trail.ts';
import type { AuditVerification } from '../../history/verify/audit-verification.ts';
import { auditEventType, type EventLog } from '../../history/event-log.ts';
import type { Settings } from '../../config/settings.ts';
import type { AdminActor } from '../../provisioning/admin/admin-records.ts';
import { bindFilter } from '../../scim/filter/bind-filter.ts';
import { parseFilter } from '../../scim/filter/filter-parser.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import { operation, type Operation } from '../operation.ts';
import type { PageCursors } from '../people/page-cursors.ts';
import { readMoment } from '../read-moment.ts';

/** Which events to list. */
type AuditQuery = {
  /** The id of a person, client or administrator: what they did, and what was done to them. */
  readonly about?: string;
  readonly type?: string;
  readonly outcome?: string;
  readonly request?: string;
  readonly since?: string;
  readonly until?: string;
  readonly count: number;
  readonly cursor?: string;
};

/** What the operations work with. */
export interface AuditListParts {
  readonly events: Pick<EventLog, 'query'>;
  /** Gives waiting events their places in the chain, so that they are found. */
  readonly catchUp: (tenant: string) => Promise<void>;
  readonly trail: Pick<AuditTrail, 'note' | 'flush'>;
  readonly auditType: ResourceType;
  readonly cursors: PageCursors;
  readonly settingsOf: (tenant: string) => Settings;
  readonly verification: AuditVerification;
}

const dayMs = 86_400_000;

/** Events of the audit, the newest first, and the proof that none was altered. Each reading is an event itself. */
export function auditListOperations(parts: AuditListParts): Readonly<Record<string, Operation>> {
  const { events, catchUp, trail, auditType, cursors, settingsOf, verification } = parts;
  return {
    listAuditEvents: operation<unknown, AuditQuery>(async ({ actor, query: { count, cursor, ...query } }) => {
      const { tenant } = actor;
      const start = cursors.open(tenant, cursor);
      await trail.flush();
      await catchUp(tenant);
      const filter = filterOf(query, settingsOf(tenant).timezone);
      const page = await events.query({
        tenant,
        condition: filter === undefined ? undefined : bindFilter(auditType, parseFilter(filter)),
        sort: undefined,
        limit: count,
        page: start ?? { before: '' },
      });
      note(trail, actor, page.total);
      return {
        body: {
          events: [...page.entries].reverse().map((entry) => ({ ...auditResource(entry), id: entry.id })),
          totalResults: page.total,
          filter,
          older: cursors.sign(tenant, 'before', page.previous),
          newer: start === undefined ? undefined : cursors.sign(tenant, 'after', page.next),
        },
      };
    }),
    getAuditVerification: operation(async ({ actor: { tenant } }) => ({ body: await verification.view(tenant) })),
    verifyAudit: operation(async ({ actor: { tenant, client } }) => {
      await catchUp(tenant);
      await verification.start(tenant, client);
      return { status: 202, body: await verification.view(tenant) };
    }),
  };
}

/** The SCIM filter that asks for the same events; undefined for all. */
function filterOf(query: Omit<AuditQuery, 'count' | 'cursor'>, timezone: string): string | undefined {
  const { about, type, outcome, request, since, until } = query;
  const from = since === undefined ? undefined : readMoment('since', since, timezone);
  const to = until === undefined ? undefined : new Date(readMoment('until', until, timezone).getTime() + dayMs);
  const parts = [
    about !== undefined && `(target.id eq ${JSON.stringify(about)} or actor.id eq ${JSON.stringify(about)})`,
    type !== undefined && `type ${type.endsWith('.') ? 'sw' : 'eq'} ${JSON.stringify(type)}`,
    outcome !== undefined && `outcome eq ${JSON.stringify(outcome)}`,
    request !== undefined && `requestId eq ${JSON.stringify(request)}`,
    from !== undefined && `at ge "${from.toISOString()}"`,
    to !== undefined && `at lt "${to.toISOString()}"`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? undefined : parts.join(' and ');
}

function note(
  trail: AuditListParts['trail'],
  { tenant, client, actor, address, requestId }: AdminActor,
  found: number,
) {
  trail.note({
    tenant,
    type: 'audit.read',
    actor: actor ?? { kind: 'client', id: client, name: client },
    triggeredBy: 'admin_api',
    address,
    requestId,
    target: { type: auditEventType, id: '' },
    data: { found },
  });
}
