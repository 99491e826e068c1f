import { nextTurn } from '../base/cooperative.ts';
import type { Clock } from '../base/clock.ts';
import type { Actor } from '../domain/actor.ts';
import { systemActor } from '../domain/actor.ts';
import type { DomainEvent } from '../domain/events.ts';
import { Traces } from '../text/traces.ts';
import { isErased } from './chain-entry.ts';
import { auditEventType, type EventLog } from './event-log.ts';
import { mentions } from './mentions.ts';

/** What erasing from the audit works with. */
export interface AuditErasureParts {
  readonly events: Pick<EventLog, 'append' | 'settle' | 'read' | 'base' | 'erase'>;
  readonly clock: Clock;
}

/** Who is erased, and on whose word. */
export interface ErasedPerson {
  readonly tenant: string;
  readonly id: string;
  /** Texts of at least four characters, such as addresses and names. */
  readonly values: readonly string[];
  readonly actor?: Actor | undefined;
  readonly requestId?: string | undefined;
}

/** Entries looked through in one turn. */
const chunk = 500;
/** Stretches that one event tells of. */
const mostStretches = 2_000;
/** Rounds after which what is filed meanwhile is left: nothing about the person is written any more. */
const mostRounds = 5;

/**
 * Erases a person from all events: the values of those that are about them, or that they brought about, and of those
 * that repeat one of their values. Which entries these are the audit itself tells first, in a sealed event of its own:
 * so an entry that somebody blanks by hand is known from one that was erased.
 * @returns how many events were changed
 */
export async function eraseFromAudit(parts: AuditErasureParts, person: ErasedPerson): Promise<number> {
  const { events } = parts;
  const { tenant, id } = person;
  const traces = new Traces(person.values);
  let changed = 0;
  for (let round = 0; round < mostRounds; round += 1) {
    await events.settle(tenant, id);
    const places = await placesOf(events, tenant, id, traces);
    if (places.length === 0) break;
    const stretches = stretchesOf(places);
    for (let from = 0; from < stretches.length; from += mostStretches)
      await events.append([told(parts, person, stretches.slice(from, from + mostStretches))]);
    await events.settle(tenant, id);
    await events.erase(tenant, places);
    changed += places.length;
  }
  return changed;
}

async function placesOf(
  events: AuditErasureParts['events'],
  tenant: string,
  id: string,
  traces: Traces,
): Promise<number[]> {
  const places: number[] = [];
  for (let after = (await events.base(tenant)).seq; ;) {
    const entries = await events.read(tenant, after, chunk);
    for (const entry of entries) if (!isErased(entry) && mentions(entry, id, traces)) places.push(entry.seq);
    const last = entries.at(-1);
    if (last === undefined || entries.length < chunk) return places;
    after = last.seq;
    await nextTurn();
  }
}

function stretchesOf(places: readonly number[]): [number, number][] {
  const found: [number, number][] = [];
  for (const place of places) {
    const open = found.at(-1);
    if (open?.[1] === place - 1) open[1] = place;
    else found.push([place, place]);
  }
  return found;
}

function told(
  { clock }: AuditErasureParts,
  { tenant, actor = systemActor, requestId }: ErasedPerson,
  places: [number, number][],
): DomainEvent {
  return {
    id: clock.newId(),
    tenant,
    type: 'audit.erased',
    at: clock.now().toISOString(),
    resourceType: auditEventType,
    resourceId: '',
    version: 0,
    triggeredBy: 'admin_api',
    actor,
    ...(requestId === undefined ? {} : { requestId }),
    data: { places },
  };
}
