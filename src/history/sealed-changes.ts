import type { ChangeFeed, ChangePage, ResourceChange } from '../scim/port/change-feed.ts';
import { type ChainEntry, type Facts, readPart } from './chain-entry.ts';
import { auditEventType, type EventLog } from './event-log.ts';
import type { Sequencer } from './sequencer.ts';

/** What the feed reads. */
export interface SealedChangesParts {
  readonly events: Pick<EventLog, 'read' | 'head' | 'base'>;
  readonly sequencer: Pick<Sequencer, 'catchUp'>;
}

/** Entries that one call reads at most: among them there may be few changes. */
const mostRead = 5_000;
const chunk = 500;

/**
 * Changes of resources as the audit has them. What is sealed never moves, and nothing comes before it any more: a place
 * in the chain is a safe mark to go on from.
 */
export class SealedChanges implements ChangeFeed {
  readonly #parts: SealedChangesParts;

  constructor(parts: SealedChangesParts) {
    this.#parts = parts;
  }

  async after(tenant: string, place: number, limit: number): Promise<ChangePage | undefined> {
    const { events, sequencer } = this.#parts;
    await sequencer.catchUp(tenant);
    const base = await events.base(tenant);
    if (place > 0 && place < base.seq) return undefined;
    const changes: ResourceChange[] = [];
    let upTo = Math.max(place, base.seq);
    for (let read = 0; read < mostRead;) {
      const entries = await events.read(tenant, upTo, chunk);
      for (const entry of entries) {
        upTo = entry.seq;
        const change = changeOf(entry);
        if (change !== undefined) addTo(changes, change);
        if (changes.length === limit) return { changes, upTo, more: await this.#isMore(tenant, upTo) };
      }
      read += entries.length;
      if (entries.length < chunk) return { changes, upTo, more: false };
    }
    return { changes, upTo, more: true };
  }

  async end(tenant: string): Promise<number> {
    await this.#parts.sequencer.catchUp(tenant);
    return (await this.#parts.events.head(tenant)).seq;
  }

  async #isMore(tenant: string, after: number): Promise<boolean> {
    return (await this.#parts.events.read(tenant, after, 1)).length > 0;
  }
}

/** One write can have several events: it is told once, as the most that one of them tells. */
function addTo(changes: ResourceChange[], change: ResourceChange): void {
  const last = changes.at(-1);
  if (last?.id !== change.id || last.version !== change.version) changes.push(change);
  else if (last.operation === 'changed') changes[changes.length - 1] = { ...last, operation: change.operation };
}

/** The change that an event tells of; undefined for one that tells of none. */
function changeOf(entry: ChainEntry): ResourceChange | undefined {
  const facts = readPart<Facts>(entry.facts);
  if (facts === undefined) return undefined;
  const [at, type, , , , , , resourceType, id, version, outcome] = facts;
  // Configuration, readings and refusals have no version of a resource.
  if (version < 1 || outcome !== 'done' || resourceType === auditEventType || type.startsWith('configuration.'))
    return undefined;
  const isNew = type.endsWith('.created') || type === 'user.restored';
  const operation = type.endsWith('.deleted') ? 'deleted' : isNew ? 'created' : 'changed';
  return { seq: entry.seq, resourceType, id, version, operation, at };
}
