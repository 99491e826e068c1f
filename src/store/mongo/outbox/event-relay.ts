import type { Clock } from '../../../base/clock.ts';
import type { DomainEvent } from '../../../domain/events.ts';
import type { Delivery } from '../../../notify/delivery/delivery.ts';
import { unsealedDocument } from './unsealed-document.ts';
import { insertMissing } from '../commands/batch-write.ts';
import { deliveryDocument } from './delivery-document.ts';
import type { RecordDocument, StampedEvent } from '../database/documents.ts';
import { decodeNames } from '../database/field-names.ts';
import type { MembershipMover } from '../members/membership-mover.ts';
import type { Collections } from '../database/collections.ts';
import type { OwnEvents } from './own-events.ts';
import { withoutEvents } from '../database/record-flags.ts';
import type { ServerTime } from '../database/server-time.ts';
import type { Stamps } from '../database/stamps.ts';

type RelayedRecord = Pick<RecordDocument, '_id' | 'events' | 'relay'>;

const relayed = { events: 1, relay: 1 } as const;

/** Two looks that are farther apart, in milliseconds, do not belong together. */
const looksApartMs = 10_000;

/** What the relay works with. */
export interface EventRelayParts {
  readonly collections: Collections;
  readonly clock: Clock;
  readonly stamps: Stamps;
  readonly mover: MembershipMover;
  readonly own: OwnEvents;
  readonly time: ServerTime;
}

/**
 * Moves events from the records they were written in to the outbox and the history. Every step may be repeated, by
 * another process too, and whatever point a crash leaves it at: deliveries and history are filed by id, and an event
 * leaves its record last.
 */
export class EventRelay {
  readonly #collections: Collections;
  readonly #clock: Clock;
  readonly #stamps: Stamps;
  readonly #mover: MembershipMover;
  /** Which record an event that was handed out is in. */
  readonly #recordOf = new WeakMap<DomainEvent, string>();
  readonly #own: OwnEvents;
  readonly #time: ServerTime;
  /** What the last look at what is left behind has seen: each record with the stamp of its oldest event. */
  #seen: { readonly at: number; readonly relays: ReadonlyMap<string, number> } | undefined;

  constructor({ collections, clock, stamps, mover, own, time }: EventRelayParts) {
    this.#time = time;
    this.#collections = collections;
    this.#clock = clock;
    this.#stamps = stamps;
    this.#mover = mover;
    this.#own = own;
  }

  /** Events not yet settled: a record's in the order they were written, those of several records by their stamps. */
  async pendingEvents(limit: number, whose?: 'own' | 'left'): Promise<readonly DomainEvent[]> {
    const records = whose === 'own' ? await this.#ownRecords(limit) : await this.#anybodys(limit, whose === 'left');
    return records
      .flatMap(({ _id, events }) => rising(events).map((stamped) => ({ ...stamped, _id })))
      .sort((a, b) => a.stamp - b.stamp)
      .slice(0, limit)
      .map(({ event, _id }) => {
        const told = decodeNames(event) as DomainEvent & ReturnType<typeof decodeNames>;
        this.#recordOf.set(told, _id);
        return told;
      });
  }

  async #ownRecords(limit: number): Promise<readonly RelayedRecord[]> {
    for (;;) {
      const own = this.#own.some(limit);
      if (own.size === 0) return [];
      const found = await this.#collections.records.find<RelayedRecord>(
        { _id: { $in: [...own.keys()] }, relay: { $gt: 0 } },
        { projection: relayed },
      );
      const waiting = new Set(found.map(({ _id }) => _id));
      for (const [key, times] of own) if (!waiting.has(key)) this.#own.forget(key, times);
      // Those that hold nothing any more may have taken the places of others that do.
      if (own.size < limit || waiting.size === own.size) return found;
    }
  }

  /**
   * The records with events, the longest waiting first. What is there for the first time is left to the process that
   * wrote it; only who has not looked for a while takes all, for that process may be the one that has ended.
   */
  async #anybodys(limit: number, onlyLeft: boolean): Promise<readonly RelayedRecord[]> {
    await this.#mover.settleAll();
    const records = await this.#relayed(limit);
    if (!onlyLeft) return records;
    const before = this.#seen;
    const isFresh = before !== undefined && performance.now() - before.at < looksApartMs;
    this.#seen = { at: performance.now(), relays: new Map(records.map(({ _id, relay = 0 }) => [_id, relay])) };
    return isFresh ? records.filter(({ _id, relay }) => before.relays.get(_id) === relay) : records;
  }

  /** The records with events; those that a crash has left marked without any are finished on the way. */
  async #relayed(limit: number): Promise<readonly RelayedRecord[]> {
    for (;;) {
      const records = await this.#collections.records.find<RelayedRecord>(
        { relay: { $gt: 0 } },
        { projection: relayed, sort: { relay: 1, _id: 1 }, limit },
      );
      const emptied = records.filter(({ events }) => events.length === 0).map(({ _id }) => _id);
      if (emptied.length === 0) return records;
      await this.#lower(emptied, []);
    }
  }

  /**
   * Files deliveries and history event by event where the order matters, then takes the events out of their records.
   */
  async settleEvents(events: readonly DomainEvent[], deliveries: readonly Delivery[]): Promise<void> {
    const settled = await this.#settledAmong(events);
    const filed = new Set<Delivery>();
    let run: DomainEvent[] = [];
    const fileRun = async () => {
      const caused = deliveries.filter(({ eventId }) => run.some(({ id }) => id === eventId));
      for (const delivery of caused) filed.add(delivery);
      await this.#file(caused);
      const last = run.at(-1);
      if (last?.type === 'deliveries.cancelled' && !settled.has(last.id)) {
        await this.#cancel(last, later(events, last));
        await this.#remember(last);
      }
      run = [];
    };
    for (const event of events) {
      run.push(event);
      if (event.type === 'deliveries.cancelled') await fileRun();
    }
    await fileRun();
    await this.#file(deliveries.filter((delivery) => !filed.has(delivery)));
    // Before an event leaves its record it waits to be sealed.
    await insertMissing(
      this.#collections.unsealed,
      events.map((event) => unsealedDocument(event, this.#stamps)),
    );
    await this.#release(events);
  }

  async #settledAmong(events: readonly DomainEvent[]): Promise<ReadonlySet<string>> {
    const cancellations = events.filter(({ type }) => type === 'deliveries.cancelled').map(({ id }) => id);
    if (cancellations.length === 0) return new Set();
    const found = await this.#collections.events.find({ _id: { $in: cancellations } }, { projection: { _id: 1 } });
    return new Set(found.map(({ _id }) => _id));
  }

  async #file(deliveries: readonly Delivery[]): Promise<void> {
    if (deliveries.length === 0) return;
    await this.#time.measure();
    const documents = deliveries.map((delivery) => ({
      ...deliveryDocument(delivery),
      notBefore: this.#time.notLate(delivery.notBefore),
      position: this.#stamps.next(),
    }));
    await insertMissing(this.#collections.deliveries, documents);
  }

  /** Only what is queued: a leased delivery is its worker's, which asks once more before it sends. */
  async #cancel({ tenant, resourceId, at }: DomainEvent, later: readonly string[]): Promise<void> {
    await this.#collections.deliveries.updateMany(
      { tenant, userId: resourceId, state: 'queued', createdAt: { $lte: at }, eventId: { $nin: [...later] } },
      { $set: { state: 'cancelled', endedAt: this.#clock.now().toISOString(), reported: false } },
    );
  }

  async #remember({ id }: DomainEvent): Promise<void> {
    await insertMissing(this.#collections.events, [{ _id: id, settledAt: this.#clock.now() }]);
  }

  async #release(events: readonly DomainEvent[]): Promise<void> {
    if (events.length === 0) return;
    const ids = events.map(({ id }) => id);
    const unknown = events.filter((event) => !this.#recordOf.has(event)).map(({ id }) => id);
    const found =
      unknown.length === 0
        ? []
        : await this.#collections.records.find({ 'events.id': { $in: unknown } }, { projection: { _id: 1 } });
    const known = events.flatMap((event) => this.#recordOf.get(event) ?? []);
    await this.#lower([...new Set([...known, ...found.map(({ _id }) => _id)])], ids);
  }

  async #lower(keys: readonly string[], settled: readonly string[]): Promise<void> {
    await this.#collections.records.updateMany(
      { _id: { $in: [...keys] } },
      withoutEvents(settled),
      // What is settled twice is filed once, so this need not be waited for on a majority's disks.
      { writeConcern: { w: 1 } },
    );
  }
}

/** Stamps of two processes may cross; within one record the order written is the order. */
function rising(events: readonly StampedEvent[]): StampedEvent[] {
  let last = 0;
  return events.map((event) => ({ ...event, stamp: (last = Math.max(last, event.stamp)) }));
}

function later(events: readonly DomainEvent[], than: DomainEvent): string[] {
  return events.slice(events.indexOf(than) + 1).map(({ id }) => id);
}
