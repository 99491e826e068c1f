import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../../base/clock.ts';
import type { DomainEvent } from '../../../domain/events.ts';
import { momentOf } from '../../../history/audit-event.ts';
import {
  emptyChain,
  eraseEntry,
  isErased,
  sealEvents,
  type ChainEntry,
  type ChainHead,
} from '../../../history/chain-entry.ts';
import { auditEventType, type ChainBase, type ChainPage, type EventLog } from '../../../history/event-log.ts';
import type { Misfiled, UnsealedTail } from '../../../history/event-log.ts';
import { type MerkleFrontier, readFrontier } from '../../../history/merkle-frontier.ts';
import { sealWaiting } from '../../../history/seal-waiting.ts';
import { insertInOrder, insertMissing } from '../commands/batch-write.ts';
import type { Collections } from '../database/collections.ts';
import { recordKey, searchField } from '../database/record-document.ts';
import type { Stamps } from '../database/stamps.ts';
import { auditDocument, entryOf, misfiledIn } from './audit-document.ts';
import { moveNoteEvents } from './note-events.ts';
import { readUnsealed } from './read-unsealed.ts';
import { unsealedDocument } from './unsealed-document.ts';
import { listRecords } from '../search/record-list.ts';
import { EVERY, NONE, translateCondition } from '../search/translate-condition.ts';
import type { AuditDocument, ChainDocument, UnsealedDocument } from '../database/audit-documents.ts';

/** How many entries are read at once. */
const chunk = 1_000;

/** How often, and with which pause in milliseconds, erasing waits for the relay to move a resource's last events. */
const relayTries = 100;
const relayPauseMs = 50;

/** The permanent record in MongoDB. Which of two sequencers goes on with a chain is decided by its unique indexes. */
export class MongoEventLog implements EventLog {
  readonly #collections: Collections;
  readonly #clock: Clock;
  readonly #stamps: Stamps;

  constructor(collections: Collections, clock: Clock, stamps: Stamps) {
    this.#collections = collections;
    this.#clock = clock;
    this.#stamps = stamps;
  }

  async append(events: readonly DomainEvent[]): Promise<void> {
    await insertMissing(
      this.#collections.unsealed,
      events.map((event) => unsealedDocument(event, this.#stamps)),
    );
  }

  async unsealed(): Promise<readonly UnsealedTail[]> {
    const { tails, isMore } = await readUnsealed(this.#collections);
    if (!isMore) return tails;
    await moveNoteEvents(this.#collections, this.#stamps);
    return (await readUnsealed(this.#collections)).tails;
  }

  async seal(tenant: string, limit: number): Promise<number> {
    const { audit, unsealed, chains } = this.#collections;
    await moveNoteEvents(this.#collections, this.#stamps);
    const waiting = await unsealed.find({ tenant }, { sort: { position: 1, _id: 1 }, limit });
    if (waiting.length === 0) return 0;
    // A sequencer that ended between sealing an event and taking it from here has left it.
    const sealed = new Set(
      (
        await audit.find(
          { event: { $in: waiting.map(({ _id }) => recordKey(tenant, _id)) } },
          { projection: { event: 1 } },
        )
      ).map(({ event }) => event),
    );
    const isSealed = ({ _id }: UnsealedDocument): boolean => sealed.has(recordKey(tenant, _id));
    const fresh = waiting.filter((one) => !isSealed(one));
    const { entries, head } = sealEvents(
      await this.head(tenant),
      fresh.map(({ body }) => JSON.parse(body) as DomainEvent),
    );
    const written = await insertInOrder(audit, entries.map(auditDocument));
    const done = [...waiting.filter(isSealed), ...fresh.slice(0, written)].map(({ _id }) => _id);
    await unsealed.deleteMany({ _id: { $in: done } });
    if (written === entries.length && written > 0)
      await chains.updateOne({ _id: tenant }, { $set: headFields(head) }, { upsert: true });
    return done.length;
  }

  /** Where the chain was seen to end, and on from there: the entries themselves are what counts. */
  async head(tenant: string): Promise<ChainHead> {
    const known = await this.#collections.chains.findOne({ _id: tenant });
    let head = known === null ? emptyChain : readHead(known);
    for (;;) {
      const further = await this.read(tenant, head.seq, chunk);
      const last = further.at(-1);
      if (last === undefined) return head;
      head = { seq: last.seq, hash: last.hash, frontier: head.frontier.add(leavesOf(further)) };
    }
  }

  async base(tenant: string): Promise<ChainBase> {
    const base = (await this.#collections.chains.findOne({ _id: tenant }))?.base;
    return base === undefined ? emptyChain : { ...readHead(base), cutAt: base.cutAt };
  }

  async read(tenant: string, after: number, limit: number): Promise<readonly ChainEntry[]> {
    const found = await this.#collections.audit.find(
      { tenant, type: auditEventType, position: { $gt: after } },
      { projection: { resource: 1 }, sort: { position: 1, _id: 1 }, limit },
    );
    return found.map(entryOf);
  }

  async misfiled(tenant: string, after: number, upTo: number): Promise<readonly Misfiled[]> {
    const found = await this.#collections.audit.find(
      { tenant, type: auditEventType, position: { $gt: after, $lte: upTo } },
      { sort: { position: 1, _id: 1 } },
    );
    return found.flatMap((document) => misfiledIn(document) ?? []);
  }

  async find(tenant: string, id: string): Promise<ChainEntry | undefined> {
    const found = await this.#collections.audit.findOne({ tenant, event: recordKey(tenant, id) });
    return found === null ? undefined : entryOf(found);
  }

  async query(query: Parameters<EventLog['query']>[0]): Promise<ChainPage> {
    const { tenant, condition } = query;
    const asked = condition === undefined ? EVERY : translateCondition(condition, { field: searchField });
    if (asked === NONE) return { total: 0, entries: [] };
    const scope = { tenant, type: auditEventType };
    const { records, ...page } = await listRecords(
      this.#collections.audit,
      asked === EVERY ? scope : { ...scope, $and: [asked] },
      query,
    );
    return {
      ...page,
      entries: records.map(({ resource }) => entryOf({ resource: resource as AuditDocument['resource'] })),
    };
  }

  async settle(tenant: string, resource: string): Promise<void> {
    await this.#relayed(tenant, resource);
    await sealWaiting(this, tenant, chunk);
  }

  async erase(tenant: string, places: readonly number[]): Promise<void> {
    for (let from = 0; from < places.length; from += chunk) {
      const found = await this.#collections.audit.find(
        { tenant, type: auditEventType, position: { $in: places.slice(from, from + chunk) } },
        { projection: { resource: 1 } },
      );
      for (const entry of found.map(entryOf)) {
        if (isErased(entry)) continue;
        const { _id, resource, search } = auditDocument(eraseEntry(entry));
        await this.#collections.audit.updateOne({ _id }, { $set: { resource, search } });
      }
    }
  }

  async cut(tenant: string, before: string, most = Infinity): Promise<ChainBase> {
    const now = this.#clock.now().toISOString();
    // What a crash has left between the two writes below.
    const { seq: start } = await this.base(tenant);
    if (start > 0)
      await this.#collections.audit.deleteInSteps(
        { tenant, type: auditEventType, position: { $lte: start } },
        'position',
      );
    for (;;) {
      const base = await this.base(tenant);
      if (base.seq - start >= most) return base;
      const oldest = await this.read(tenant, base.seq, chunk);
      const end = oldest.findIndex((entry) => momentOf(entry) >= before);
      const cut = end === -1 ? oldest : oldest.slice(0, end);
      const last = cut.at(-1);
      if (last === undefined) return base;
      const head = { seq: last.seq, hash: last.hash, frontier: base.frontier.add(leavesOf(cut)) };
      // The base first: what a crash leaves behind it is removed by the next cut. Of two at once one goes on.
      const asRead = base.seq === 0 ? { base: { $exists: false } } : { 'base.seq': base.seq };
      const { modifiedCount } = await this.#collections.chains.updateOne(
        { _id: tenant, ...asRead },
        { $set: { base: { ...headFields(head), cutAt: now } } },
      );
      if (modifiedCount === 0) return this.base(tenant);
      await this.#collections.audit.deleteMany({ _id: { $in: cut.map((entry) => auditDocument(entry)._id) } });
    }
  }

  /** Until the relay has moved what the record of a resource still holds. */
  async #relayed(tenant: string, resource: string): Promise<void> {
    for (let tries = 0; tries < relayTries; tries += 1) {
      const record = await this.#collections.records.findOne(
        { _id: recordKey(tenant, resource), relay: { $gt: 0 } },
        { projection: { _id: 1 } },
      );
      if (record === null) return;
      await sleep(relayPauseMs);
    }
  }
}

function leavesOf(entries: readonly ChainEntry[]): Buffer[] {
  return entries.map(({ hash }) => Buffer.from(hash, 'hex'));
}

function headFields({ seq, hash, frontier }: ChainHead): { seq: number; hash: string; frontier: string } {
  return { seq, hash, frontier: frontier.toString() };
}

function readHead({ seq, hash, frontier }: Pick<ChainDocument, 'seq' | 'hash' | 'frontier'>): ChainHead {
  const read: MerkleFrontier = readFrontier(frontier);
  return { seq, hash, frontier: read };
}
