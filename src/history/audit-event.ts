import { readFileSync } from 'node:fs';
import { packageFile } from '../base/package-root.ts';
import { ResourceType } from '../scim/model/resource-type.ts';
import type { Resource } from '../scim/model/resource.ts';
import { buildSearchDocument, type SearchDocument } from '../scim/search/search-document.ts';
import { completeAttribute, type WrittenSchema } from '../scim/validate/written-schema.ts';
import { readPart, type ActorPart, type ChainEntry, type Facts, type SubjectPart } from './chain-entry.ts';
import { auditEventType } from './event-log.ts';

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

let known: ResourceType | undefined;

/** What filters and sorting read of an entry. */
export function auditSearch(entry: ChainEntry): SearchDocument {
  known ??= loadType();
  const resource = auditResource(entry);
  const at = momentOf(entry);
  return buildSearchDocument(known, { id: entry.id, resource, version: 1, created: at, lastModified: at });
}

/** Read by itself, for the thread that writes knows no other resource type. */
function loadType(): ResourceType {
  const written = JSON.parse(readFileSync(packageFile('schemas/audit-event.json'), 'utf8')) as WrittenSchema;
  const { id, name = auditEventType, description = '', attributes } = written;
  const schema = { id, name, description, attributes: attributes.map(completeAttribute) };
  const definition = { id: name, name, endpoint: '/AuditEvents', description, schema: id, schemaExtensions: [] };
  return new ResourceType(definition, schema, []);
}
