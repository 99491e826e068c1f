import { foldCase } from '../scim/model/case-fold.ts';
import type { SearchDocument } from '../scim/search/search-document.ts';
import { instantOf } from '../scim/time/instant.ts';
import { auditEventUrn } from './audit-event.ts';
import { type ActorPart, type ChainEntry, type Facts, readPart, type SubjectPart } from './chain-entry.ts';
import { auditEventType } from './event-log.ts';

/**
 * What filters and sorting read of an entry: what `buildSearchDocument` makes of it as a resource, written out, for one
 * is made of each event that is sealed. A test holds it to the schema.
 */
export function auditSearch(entry: ChainEntry): SearchDocument {
  const facts = readPart<Facts>(entry.facts);
  if (facts === undefined) throw new Error(`the facts of audit event ${entry.id} are not there`);
  const [moment, type, , kind, actorId, credential, requestId, target, targetId, version, outcome, rules, deliveries] =
    facts;
  const [actorName, address] = readPart<ActorPart>(entry.actor) ?? [null, null];
  const subject = readPart<SubjectPart>(entry.subject);
  const [name, reason, changes] = subject ?? [null, null, []];
  const at = instantOf(moment) ?? moment;
  return {
    id: entry.id,
    schemas: [auditEventUrn],
    seq: entry.seq,
    at,
    type,
    actor: {
      kind: foldCase(kind),
      id: actorId,
      ...(actorName && { name: foldCase(actorName) }),
      ...(credential && { credential }),
    },
    ...(address && { address }),
    ...(requestId && { requestid: requestId }),
    target: { type: foldCase(target), id: targetId, ...(name && { name: foldCase(name) }), version },
    ...(changes.length > 0 && {
      changes: changes.map(([path, before, after]) => ({
        path: foldCase(path),
        ...(before !== null && { before: foldCase(before) }),
        ...(after !== null && { after: foldCase(after) }),
      })),
    }),
    outcome: foldCase(outcome),
    ...(reason && { reason: foldCase(reason) }),
    ...(rules.length > 0 && { rules }),
    ...(deliveries.length > 0 && {
      deliveries: deliveries.map(([value, channel, template]) => ({
        value,
        channel: foldCase(channel),
        template: foldCase(template),
      })),
    }),
    ...(subject === undefined && { erased: true }),
    prev: entry.prev,
    hash: entry.hash,
    meta: { resourcetype: auditEventType, created: at, lastmodified: at, version: 1 },
  };
}
