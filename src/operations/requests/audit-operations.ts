import type { RequestLog, RequestLogEntry } from '../../domain/request-log.ts';
import type { Clock } from '../../base/clock.ts';
import { exportLines } from '../../history/audit-export.ts';
import { auditResource } from '../../history/audit-event.ts';
import type { AuditTrail } from '../../history/audit-trail.ts';
import type { ChainHead } from '../../history/chain-entry.ts';
import { auditEventType, type EventLog } from '../../history/event-log.ts';
import type { Outbox } from '../../notify/outbox/outbox.ts';
import type { AdminActor } from '../../provisioning/admin/admin-records.ts';
import { NotFoundError } from '../../scim/model/scim-error.ts';
import { viewDelivery } from '../messages/delivery-view.ts';
import { operation, type Operation } from '../operation.ts';
import { findRequest } from '../people/people-lookups.ts';

/** What the operations work with. */
export interface AuditOperationsParts {
  readonly events: Pick<EventLog, 'find' | 'base' | 'head' | 'read'>;
  /** Gives waiting events their places in the chain, so that they are found. */
  readonly catchUp: (tenant: string) => Promise<void>;
  readonly requests: Pick<RequestLog, 'list'>;
  /** Files calls that this process has not filed yet. */
  readonly flush: () => Promise<void>;
  readonly outbox: Pick<Outbox, 'find'>;
  /** Signs where the chain ends. @returns the signed note */
  readonly sign: (tenant: string, head: ChainHead) => Promise<string>;
  readonly trail: Pick<AuditTrail, 'note' | 'flush'>;
  readonly clock: Clock;
}

/**
 * The audit for administrators: one event with the call that set it off and the messages that it led to, and all of it
 * as a file that can be proved.
 */
export function auditOperations(parts: AuditOperationsParts): Readonly<Record<string, Operation>> {
  const { events, catchUp, requests, flush, outbox, sign, trail, clock } = parts;
  const note = (actor: AdminActor, type: 'audit.read' | 'audit.exported', id: string, found: number): void =>
    trail.note({
      tenant: actor.tenant,
      type,
      actor: actor.actor ?? { kind: 'client', id: actor.client, name: actor.client },
      triggeredBy: 'admin_api',
      address: actor.address,
      requestId: actor.requestId,
      target: { type: auditEventType, id },
      data: { found },
    });
  return {
    getAuditEvent: operation(async ({ actor, id }) => {
      const { tenant } = actor;
      await trail.flush();
      await catchUp(tenant);
      const entry = await events.find(tenant, id);
      note(actor, 'audit.read', entry?.id ?? '', entry === undefined ? 0 : 1);
      if (entry === undefined) throw new NotFoundError(`There is no ${auditEventType} with id "${id.slice(0, 100)}".`);
      const event = { ...auditResource(entry), id: entry.id } as EventShown;
      await flush();
      const request = event.requestId === undefined ? undefined : await findRequest(requests, tenant, event.requestId);
      const deliveries = await Promise.all((event.deliveries ?? []).map(({ value }) => outbox.find(tenant, value)));
      return {
        body: {
          event,
          request: request && shortRequest(request),
          deliveries: deliveries.filter((one) => one !== undefined).map(viewDelivery),
        },
      };
    }),
    exportAudit: operation(async ({ actor }) => {
      const { tenant } = actor;
      await trail.flush();
      await catchUp(tenant);
      const { seq } = await events.head(tenant);
      note(actor, 'audit.exported', '', seq);
      const now = clock.now();
      return {
        body: undefined,
        file: {
          name: `audit-${tenant}-${now.toISOString().slice(0, 10)}.jsonl`,
          type: 'application/jsonl',
          chunks: exportLines(events, tenant, now, (head) => sign(tenant, head)),
        },
      };
    }),
  };
}

type EventShown = {
  readonly id: string;
  readonly requestId?: string;
  readonly deliveries?: readonly { readonly value: string }[];
};

/** A call as a line: the whole of it is asked for by its id. */
function shortRequest({ id, at, client, method, path, status }: RequestLogEntry) {
  return { id, at, client, method, path, status };
}
