import type { ListPage, ListQuery, Representation, RequestContext } from '../scim/port/resource-handler.ts';
import { MutabilityError, NotFoundError, ScimError } from '../scim/model/scim-error.ts';
import { auditResource, momentOf } from './audit-event.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { ChainEntry } from './chain-entry.ts';
import { auditEventType, type EventLog } from './event-log.ts';
import type { Sequencer } from './sequencer.ts';

/** What an AuditReader works with. */
export interface AuditReaderParts {
  readonly events: Pick<EventLog, 'find' | 'query'>;
  readonly sequencer: Pick<Sequencer, 'catchUp'>;
  readonly trail: Pick<AuditTrail, 'note' | 'flush'>;
}

/** Reads the audit over SCIM. Each reading is an event itself. */
export class AuditReader {
  readonly #parts: AuditReaderParts;

  constructor(parts: AuditReaderParts) {
    this.#parts = parts;
  }

  /** @throws NotFoundError; ScimError 403 without the scope `audit:read` */
  async read(context: RequestContext, id: string): Promise<Representation> {
    await this.#enter(context);
    const entry = await this.#parts.events.find(context.tenant, id);
    // What was asked for is told where it is one of ours: it outlives a person who is erased.
    this.#note(context, entry?.id ?? '', entry === undefined ? 0 : 1);
    if (entry === undefined) throw new NotFoundError(`There is no ${auditEventType} with id "${id.slice(0, 100)}".`);
    return representationOf(entry);
  }

  /** @throws ScimError 403 without the scope `audit:read` */
  async list(context: RequestContext, { condition, sort, count, page }: ListQuery): Promise<ListPage> {
    await this.#enter(context);
    const { total, entries, next, previous } = await this.#parts.events.query({
      tenant: context.tenant,
      condition,
      sort,
      limit: count,
      page: 'startIndex' in page ? { offset: Math.max(0, page.startIndex - 1) } : page,
    });
    this.#note(context, '', total);
    return {
      totalResults: total,
      resources: entries.map(representationOf),
      ...(next === undefined ? {} : { next }),
      ...(previous === undefined ? {} : { previous }),
    };
  }

  /** What is noted up to now has its place before anything is read. */
  async #enter({ client, tenant, readsAudit }: RequestContext): Promise<void> {
    if (readsAudit !== true) throw new ScimError(403, undefined, `client '${client.name}' lacks the scope audit:read`);
    await this.#parts.trail.flush();
    await this.#parts.sequencer.catchUp(tenant);
  }

  #note({ tenant, client, actor, triggeredBy, address, requestId }: RequestContext, id: string, found: number): void {
    this.#parts.trail.note({
      tenant,
      type: 'audit.read',
      actor: actor ?? { kind: 'client', id: client.id, name: client.name },
      triggeredBy,
      address,
      requestId,
      target: { type: auditEventType, id },
      data: { found },
    });
  }
}

/** The refusal of any change to the audit. */
export function refuseChange(): never {
  throw new MutabilityError(`${auditEventType}: audit events cannot be changed or deleted.`);
}

function representationOf(entry: ChainEntry): Representation {
  const at = momentOf(entry);
  return {
    resource: { ...auditResource(entry), id: entry.id },
    resourceType: auditEventType,
    version: 1,
    created: at,
    lastModified: at,
  };
}
