import { hash, randomBytes } from 'node:crypto';
import type { Actor } from '../domain/actor.ts';
import { shortened, type AttributeChange } from '../domain/attribute-changes.ts';
import type { DomainEvent } from '../domain/events.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { planDeliveries } from '../notify/delivery/plan.ts';
import { MerkleFrontier } from './merkle-frontier.ts';

/**
 * A part of an entry: its values as the text of a JSON array in a fixed order, with the salt that keeps its digest from
 * being guessed. Of a part that was erased the digest alone is left; a part that was just made has its values beside
 * it.
 */
export type Part =
  { readonly text: string; readonly salt: string; readonly values?: unknown } | { readonly digest: string };

/** One link of a tenant's chain: an event with its place. */
export interface ChainEntry {
  readonly tenant: string;
  /** 1 for the first. */
  readonly seq: number;
  /** The event's id. */
  readonly id: string;
  /** The hash of the entry before; `firstPrev` for the first. 64 hexadecimal digits, as `hash`. */
  readonly prev: string;
  readonly hash: string;
  /** Facts that name people only by id. Never erased. See `Facts`. */
  readonly facts: Part;
  /** Name and address of who did it. */
  readonly actor: Part;
  /** Name and values of what it was done to. */
  readonly subject: Part;
}

/** Where a chain ends, and what is needed to go on. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
  /** Of the tree whose leaves are the hashes of all entries: checkpoints sign its root. */
  readonly frontier: MerkleFrontier;
}

export type Outcome = 'done' | 'refused' | 'held';

/** A message that an event leads to, or tells of. */
export type DeliveryRef = readonly [id: string, channel: string, template: string];

type PlainFacts = readonly [
  at: string,
  type: DomainEvent['type'],
  triggeredBy: DomainEvent['triggeredBy'],
  actorKind: Actor['kind'],
  actorId: string,
  credential: string | null,
  requestId: string | null,
  targetType: string,
  targetId: string,
  version: number,
  outcome: Outcome,
  rules: readonly string[],
  deliveries: readonly DeliveryRef[],
];

/**
 * The facts of an event, in the order of their text. An event `audit.erased` has the first and last place of each
 * stretch whose values are erased.
 */
export type Facts = readonly [...PlainFacts, erased?: readonly (readonly [number, number])[]];

/** Who did it, in the order of its text. */
export type ActorPart = readonly [name: string, address: string | null];

/** What it was done to, in the order of its text; a change is `[path, before, after]`. */
export type SubjectPart = readonly [
  name: string | null,
  reason: string | null,
  changes: readonly (readonly [path: string, before: string | null, after: string | null])[],
];

/** What the first entry of a chain has in `prev`. */
export const firstPrev = '0'.repeat(64);

/** The chain of a tenant in which nothing has happened yet. */
export const emptyChain: ChainHead = { seq: 0, hash: firstPrev, frontier: new MerkleFrontier() };

const saltBytes = 16;
/** Characters of a salt: with another length, what is the salt and what the text could be told differently. */
const saltLength = 22;

/**
 * Gives events their places in the chain.
 * @param head where it ends so far
 * @param events of one tenant, in the order in which they are to follow
 * @returns the entries, and where the chain ends then
 */
export function sealEvents(
  head: ChainHead,
  events: readonly DomainEvent[],
): { readonly entries: readonly ChainEntry[]; readonly head: ChainHead } {
  const entries: ChainEntry[] = [];
  const random = randomBytes(3 * saltBytes * events.length);
  let { seq, hash: prev } = head;
  for (const [index, event] of events.entries()) {
    const salt = (part: number): string => {
      const start = (3 * index + part) * saltBytes;
      return random.subarray(start, start + saltBytes).toString('base64url');
    };
    seq += 1;
    const unlinked = {
      tenant: event.tenant,
      seq,
      id: event.id,
      prev,
      facts: partOf(factsOf(event), salt(0)),
      actor: partOf(actorPartOf(event), salt(1)),
      subject: partOf(subjectPartOf(event), salt(2)),
    };
    prev = hashOfEntry(unlinked);
    entries.push({ ...unlinked, hash: prev });
  }
  const frontier = head.frontier.add(entries.map((entry) => Buffer.from(entry.hash, 'hex')));
  return { entries, head: { seq, hash: prev, frontier } };
}

/**
 * The hash of an entry: SHA-256 over the JSON array of a mark of the version, the entry's place, and the digests of its
 * salted parts. As the digests outlive the values, so does the hash.
 * @returns nothing for an entry without its facts, which are never erased
 */
export function hashOfEntry(entry: Omit<ChainEntry, 'hash'>): string {
  const { tenant, seq, id, prev, facts, actor, subject } = entry;
  if ('digest' in facts) return '';
  const parts = [digestOfPart(facts), digestOfPart(actor), digestOfPart(subject)];
  return hash('sha256', JSON.stringify(['latchkey audit 1', tenant, seq, id, prev, ...parts]), 'hex');
}

/** SHA-256 over the salt and the text, base64; of an erased part what is left of it. */
export function digestOfPart(part: Part): string {
  if ('digest' in part) return part.digest;
  if (part.salt.length !== saltLength) return '';
  return hash('sha256', part.salt + part.text, 'base64');
}

/** An entry without the values of persons, of which the digests stay. */
export function eraseEntry(entry: ChainEntry): ChainEntry {
  return { ...entry, actor: { digest: digestOfPart(entry.actor) }, subject: { digest: digestOfPart(entry.subject) } };
}

/** Whether the values of persons are gone from an entry. */
export function isErased({ actor, subject }: ChainEntry): boolean {
  return 'digest' in actor && 'digest' in subject;
}

/** The values of a part; undefined where they were erased. */
export function readPart<Values>(part: Part): Values | undefined {
  if ('digest' in part) return undefined;
  return (part.values ?? JSON.parse(part.text)) as Values;
}

/** A new part: what is written beside it reads its values without parsing them. */
function partOf(values: Facts | ActorPart | SubjectPart, salt: string): Part {
  return { text: JSON.stringify(values), salt, values };
}

function factsOf(event: DomainEvent): Facts {
  const { at, type, triggeredBy, requestId, resourceType, resourceId, version, rules = [] } = event;
  const actor = actorOf(event);
  const facts: PlainFacts = [
    at,
    type,
    triggeredBy,
    actor.kind,
    actor.id,
    actor.credential ?? null,
    requestId ?? null,
    resourceType,
    resourceId,
    version,
    event.outcome ?? (refusals.has(type) ? 'refused' : 'done'),
    rules,
    deliveriesOf(event),
  ];
  return type === 'audit.erased' ? [...facts, placesIn(event.data['places'])] : facts;
}

function placesIn(value: Json | undefined): (readonly [number, number])[] {
  return (Array.isArray(value) ? value : []).flatMap((pair) => {
    const [first, last] = Array.isArray(pair) ? pair : [];
    return typeof first === 'number' && typeof last === 'number' ? [[first, last] as const] : [];
  });
}

const refusals: ReadonlySet<DomainEvent['type']> = new Set(['signIn.failed', 'password.revealRefused']);

function actorPartOf(event: DomainEvent): ActorPart {
  return [actorOf(event).name, event.address ?? null];
}

function subjectPartOf({ name, reason, changes = [], data, type }: DomainEvent): SubjectPart {
  const said = name ?? data['userName'] ?? data['displayName'];
  const told = type.endsWith('.updated') || changes.length > 0 ? changes : [...changes, ...toldByData(data)];
  return [
    typeof said === 'string' ? said : null,
    reason ?? null,
    told.map(({ path, before, after }) => [path, before ?? null, after ?? null] as const),
  ];
}

/** What is told elsewhere in the entry. */
const factsAlone: ReadonlySet<string> = new Set(['userName', 'displayName', 'places']);

/** What an event tells of itself beside the resource's name. */
function toldByData(data: JsonObject): AttributeChange[] {
  return Object.entries(data)
    .filter(([key, value]) => !factsAlone.has(key) && value !== null)
    .map(([path, value]) => ({ path, after: shortened(typeof value === 'string' ? value : JSON.stringify(value)) }));
}

/** Events of older versions tell the client's name alone. */
function actorOf({ actor, triggeredBy, client, resourceId }: DomainEvent): Actor {
  if (actor !== undefined) return actor;
  if (triggeredBy === 'self') return { kind: 'user', id: resourceId, name: resourceId };
  if (client !== undefined) return { kind: 'client', id: client, name: client };
  return { kind: 'system', id: 'system', name: 'Latchkey' };
}

/** The ids of deliveries follow from their event, so they are known before they are planned. */
function deliveriesOf(event: DomainEvent): DeliveryRef[] {
  const { delivery, channel, template } = event.data;
  const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
  if (typeof delivery === 'string') return [[delivery, text(channel), text(template)]];
  return planDeliveries(event, 'audit').map((planned) => [planned.id, planned.channel, planned.template]);
}
