import { foldCase } from '../scim/model/case-fold.ts';
import type { SearchDocument } from '../scim/search/search-document.ts';
import { instantOf } from '../scim/time/instant.ts';
import { auditEventUrn } from './audit-event.ts';
import {
  type ActorPart,
  type ChainEntry,
  type DeliveryRef,
  type Facts,
  readPart,
  type SubjectPart,
} from './chain-entry.ts';
import { auditEventType } from './event-log.ts';

/**
 * What filters and sorting read of an entry: what `buildSearchDocument` makes of it as a resource, written out, for one
 * is made of each event that is sealed. A test holds it to the schema.
 */
export function auditSearch(entry: ChainEntry): SearchDocument {
  const { facts, actor, subject } = partsOf(entry);
  const [moment, type, , kind, actorId, credential, requestId, target, targetId, version, outcome, rules, deliveries] =
    facts;
  const [actorName, address] = actor ?? [null, null];
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

const head = `","schemas":["${auditEventUrn}"],"seq":`;
const meta = `","meta":{"resourcetype":"${auditEventType}","created":`;

/**
 * `JSON.stringify(auditSearch(entry))`, which costs twice as long: a verification holds it against what is kept beside
 * each entry. A test holds the two together.
 */
export function auditSearchText(entry: ChainEntry): string {
  const { facts, actor, subject } = partsOf(entry);
  const [moment, type, , kind, actorId, credential, requestId, target, targetId, version, outcome, rules, deliveries] =
    facts;
  const [actorName, address] = actor ?? [null, null];
  const [name, reason, changes] = subject ?? [null, null, []];
  const at = quoted(instantOf(moment) ?? moment);
  let text = `{"id":${quoted(entry.id).slice(0, -1)}${head}${entry.seq},"at":${at},"type":${quoted(type)}`;
  text += `,"actor":{"kind":${folded(kind)},"id":${quoted(actorId)}`;
  if (actorName) text += `,"name":${folded(actorName)}`;
  if (credential) text += `,"credential":${quoted(credential)}`;
  text += '}';
  if (address) text += `,"address":${quoted(address)}`;
  if (requestId) text += `,"requestid":${quoted(requestId)}`;
  text += `,"target":{"type":${folded(target)},"id":${quoted(targetId)}`;
  if (name) text += `,"name":${folded(name)}`;
  text += `,"version":${version}}`;
  if (changes.length > 0) text += `,"changes":[${changesText(changes)}]`;
  text += `,"outcome":${folded(outcome)}`;
  if (reason) text += `,"reason":${folded(reason)}`;
  if (rules.length > 0) text += `,"rules":${JSON.stringify(rules)}`;
  if (deliveries.length > 0) text += `,"deliveries":${deliveriesText(deliveries)}`;
  if (subject === undefined) text += ',"erased":true';
  return (
    `${text},"prev":${quoted(entry.prev)},"hash":${quoted(entry.hash).slice(0, -1)}${meta}${at},`
    + `"lastmodified":${at},"version":1}}`
  );
}

function changesText(changes: SubjectPart[2]): string {
  let text = '';
  for (const [path, before, after] of changes) {
    text += `${text === '' ? '' : ','}{"path":${folded(path)}`;
    if (before !== null) text += `,"before":${folded(before)}`;
    if (after !== null) text += `,"after":${folded(after)}`;
    text += '}';
  }
  return text;
}

function deliveriesText(deliveries: readonly DeliveryRef[]): string {
  return JSON.stringify(
    deliveries.map(([value, channel, template]) => ({
      value,
      channel: foldCase(channel),
      template: foldCase(template),
    })),
  );
}

/** What JSON does not write as it is. */
const escaped = /["\\\u0000-\u001f\ud800-\udfff]/;

function quoted(text: string): string {
  return escaped.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function folded(text: string): string {
  return quoted(foldCase(text));
}

/** What an entry says; of a part that was erased, undefined. */
function partsOf({ id, facts: stored, actor, subject }: ChainEntry): {
  readonly facts: Facts;
  readonly actor: ActorPart | undefined;
  readonly subject: SubjectPart | undefined;
} {
  const facts = readPart<Facts>(stored);
  if (facts === undefined) throw new Error(`the facts of audit event ${id} are not there`);
  return { facts, actor: readPart<ActorPart>(actor), subject: readPart<SubjectPart>(subject) };
}
