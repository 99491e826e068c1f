import type { Resource } from '../scim/model/resource.ts';
import { readPart, type ActorPart, type ChainEntry, type Facts, type SubjectPart } from './chain-entry.ts';

/** The URN of the schema in `schemas/audit-event.json`. */
export const auditEventUrn = 'urn:ietf:params:scim:schemas:latchkey:2.0:AuditEvent';

/** When the event of an entry happened: ISO 8601 UTC. */
export function momentOf(entry: ChainEntry): string {
  return readPart<Facts>(entry.facts)?.[0] ?? '';
}

/** A sealed event as the SCIM resource that it is read as, without its id. */
export function auditResource(entry: ChainEntry): Resource {
  const facts = readPart<Facts>(entry.facts);
  if (facts === undefined) throw new Error(`the facts of audit event ${entry.id} are not there`);
  const [at, type, , kind, actorId, credential, requestId, target, targetId, version, outcome, rules, deliveries] =
    facts;
  const [actorName, address] = readPart<ActorPart>(entry.actor) ?? [null, null];
  const subject = readPart<SubjectPart>(entry.subject);
  const [name, reason, changes] = subject ?? [null, null, []];
  return {
    schemas: [auditEventUrn],
    seq: entry.seq,
    at,
    type,
    actor: { kind, id: actorId, ...(actorName && { name: actorName }), ...(credential && { credential }) },
    ...(address && { address }),
    ...(requestId && { requestId }),
    target: { type: target, id: targetId, ...(name && { name }), version },
    ...(changes.length > 0 && {
      changes: changes.map(([path, before, after]) => ({
        path,
        ...(before !== null && { before }),
        ...(after !== null && { after }),
      })),
    }),
    outcome,
    ...(reason && { reason }),
    ...(rules.length > 0 && { rules: [...rules] }),
    ...(deliveries.length > 0 && {
      deliveries: deliveries.map(([value, channel, template]) => ({ value, channel, template })),
    }),
    ...(subject === undefined && { erased: true }),
    prev: entry.prev,
    hash: entry.hash,
  };
}
