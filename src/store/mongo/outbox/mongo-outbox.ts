import type { DomainEvent } from '../../../domain/events.ts';
import type { Delivery } from '../../../notify/delivery/delivery.ts';
import type { LeaseRequest, Outbox } from '../../../notify/outbox/outbox.ts';
import { leaseInTurns } from './lease-in-turns.ts';
import { filedFields, guardedUpdate, storedDelivery } from './delivery-document.ts';
import type { FiledDelivery } from './delivery-document.ts';
import type { EventRelay } from './event-relay.ts';
import type { Collections } from '../database/collections.ts';
import type { ServerTime } from '../database/server-time.ts';
import type { MongoQuery } from '../search/translate-condition.ts';
import { holdsMs, type LookRow, type Look } from './outbox-look.ts';

/**
 * Deliveries in MongoDB, shared by any number of processes: a delivery is leased by a write that only the first one
 * can do.
 */
export class MongoOutbox implements Outbox {
  readonly #deliveries: Collections['deliveries'];
  readonly #relay: EventRelay;
  readonly #time: ServerTime;
  /** When the next delivery falls due, as a lease has just seen it on the way. */
  #next: { readonly at: number; readonly notBefore: string | undefined } | undefined;

  constructor(collections: Collections, relay: EventRelay, time: ServerTime) {
    this.#deliveries = collections.deliveries;
    this.#relay = relay;
    this.#time = time;
  }

  async pendingEvents(limit: number, whose?: 'own' | 'left'): Promise<readonly DomainEvent[]> {
    return this.#relay.pendingEvents(limit, whose);
  }

  async settleEvents(events: readonly DomainEvent[], deliveries: readonly Delivery[]): Promise<void> {
    await this.#relay.settleEvents(events, deliveries);
    // What a lease has seen of the queue is out of date.
    if (deliveries.length > 0) this.#next = undefined;
  }

  /**
   * Looks for candidates, then takes each with a guarded write; goes on until it has enough or nothing more is to be
   * had. What it has taken when the database fails is answered: it would otherwise wait for its lease to run out.
   */
  async lease(request: LeaseRequest): Promise<readonly Delivery[]> {
    const taken: Delivery[] = [];
    try {
      await this.#leaseInto(taken, request);
    } catch (error) {
      if (taken.length === 0) throw error;
    }
    return taken;
  }

  async #leaseInto(taken: Delivery[], request: LeaseRequest): Promise<void> {
    const { owner, now, leaseMs, limit, perDomain, channels, fair } = request;
    const servers = new Date(now.getTime() + (await this.#time.measure()));
    const at = servers.toISOString();
    const lease = { owner, until: new Date(servers.getTime() + leaseMs).toISOString() };
    const due: MongoQuery = {
      $or: [
        { state: 'queued', notBefore: { $lte: at } },
        { state: 'leased', 'lease.until': { $lte: at } },
      ],
    };
    if (fair !== undefined) {
      this.#next = undefined;
      const take = async (candidate: FiledDelivery) => ((await this.#take(candidate, due, lease)) ? lease : undefined);
      return leaseInTurns(taken, { deliveries: this.#deliveries, request, fair, at, take });
    }
    const held = new Map<string, number>();
    while (taken.length < limit) {
      const wanted = limit - taken.length;
      const full = [...held].filter(([, count]) => count >= perDomain).map(([domain]) => domain);
      const wishes = { ...due, channel: { $nin: [...channels] }, domain: { $nin: full } };
      const { candidates, leased, queued } = await this.#look(wishes, at, wanted, limit + 1);
      for (const [domain, count] of leased) held.set(domain, Math.max(count, held.get(domain) ?? 0));
      for (const candidate of candidates) {
        const { domain } = candidate;
        if (domain !== undefined && (held.get(domain) ?? 0) >= perDomain) continue;
        if (!(await this.#take(candidate, due, lease))) continue;
        if (domain !== undefined) held.set(domain, (held.get(domain) ?? 0) + 1);
        taken.push(storedDelivery({ ...candidate, state: 'leased', lease }));
      }
      const ours = new Set(taken.map(({ id }) => id));
      this.#next = { at: performance.now(), notBefore: queued.find(({ _id }) => !ours.has(_id))?.notBefore };
      // Fewer than wanted: there are no more.
      if (candidates.length < wanted) return;
    }
  }

  /**
   * One look at the outbox.
   * @returns what may be leased, oldest first; how many of each domain are leased; the first that are queued
   */
  async #look(wishes: MongoQuery, at: string, limit: number, first: number): Promise<Look> {
    const coll = 'deliveries';
    const rows = await this.#deliveries.aggregate<LookRow>([
      { $match: wishes },
      { $sort: { notBefore: 1, position: 1 } },
      { $limit: limit },
      { $project: filedFields },
      { $project: { _id: 0, candidate: '$$ROOT' } },
      {
        $unionWith: {
          coll,
          pipeline: [
            { $match: { state: 'leased', 'lease.until': { $gt: at }, domain: { $gt: '' } } },
            { $group: { _id: '$domain', count: { $sum: 1 } } },
            { $project: { _id: 0, leased: { domain: '$_id', count: '$count' } } },
          ],
        },
      },
      {
        $unionWith: {
          coll,
          pipeline: [
            { $match: { state: 'queued' } },
            { $sort: { notBefore: 1 } },
            { $limit: first },
            { $project: { _id: 0, queued: { _id: '$_id', notBefore: '$notBefore' } } },
          ],
        },
      },
    ]);
    return {
      candidates: rows.flatMap(({ candidate }) => candidate ?? []),
      leased: new Map(rows.flatMap(({ leased }) => (leased ? [[leased.domain, leased.count] as const] : []))),
      queued: rows.flatMap(({ queued }) => queued ?? []),
    };
  }

  /** Only as it was seen: another worker may have leased, tried and given it back since. */
  async #take(
    { _id, attempts, notBefore }: FiledDelivery,
    due: MongoQuery,
    lease: Delivery['lease'],
  ): Promise<boolean> {
    const leased = { $set: { state: 'leased' as const, lease } };
    const { modifiedCount } = await this.#deliveries.updateOne({ _id, attempts, notBefore, ...due }, leased);
    return modifiedCount === 1;
  }

  async update(owner: string, delivery: Delivery): Promise<boolean> {
    const { filter, update } = guardedUpdate(owner, this.#byServersClock(delivery));
    const { matchedCount } = await this.#deliveries.updateOne(filter, update);
    return matchedCount === 1;
  }

  #byServersClock(delivery: Delivery): Delivery {
    const { lease } = delivery;
    if (this.#time.aheadMs === 0) return delivery;
    const due = { ...delivery, notBefore: this.#time.notLate(delivery.notBefore) };
    if (lease === undefined) return due;
    const until = new Date(Date.parse(lease.until) + this.#time.aheadMs).toISOString();
    return { ...due, lease: { ...lease, until } };
  }

  async unreported(limit: number): Promise<readonly Delivery[]> {
    return this.#list({ reported: false, state: { $ne: 'leased' } }, { position: 1 }, limit);
  }

  async markReported(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#deliveries.updateMany({ _id: { $in: [...ids] } }, { $set: { reported: true } });
  }

  async release(owner: string): Promise<void> {
    await this.#deliveries.updateMany(
      { state: 'leased', 'lease.owner': owner },
      { $set: { state: 'queued' }, $unset: { lease: '' } },
    );
  }

  async requeue(tenant: string, id: string, now: Date): Promise<boolean> {
    const { matchedCount } = await this.#deliveries.updateOne(
      { _id: id, tenant, $or: [{ state: { $in: ['dead', 'cancelled'] } }, { state: 'sent', channel: 'webhook' }] },
      {
        $set: { state: 'queued', notBefore: this.#time.notLate(now.toISOString()), attempts: 0, reported: false },
        $unset: { endedAt: '', lease: '' },
      },
    );
    return matchedCount === 1;
  }

  async find(tenant: string, id: string): Promise<Delivery | undefined> {
    return (await this.#list({ _id: id, tenant }, { _id: 1 }, 1))[0];
  }

  async inState(
    tenant: string,
    state: Delivery['state'],
    limit: number,
    before?: string,
  ): Promise<readonly Delivery[]> {
    return this.#list({ tenant, state, ...(before === undefined ? {} : { _id: { $lt: before } }) }, { _id: -1 }, limit);
  }

  async ofUser(tenant: string, userId: string, limit: number): Promise<readonly Delivery[]> {
    return this.#list({ tenant, userId }, { createdAt: -1, position: -1 }, limit);
  }

  async purge(tenant: string, before: string): Promise<void> {
    await this.#deliveries.deleteInSteps(
      { tenant, endedAt: { $lt: before }, state: { $in: ['sent', 'dead', 'cancelled'] }, reported: true },
      'endedAt',
    );
  }

  async remove(tenant: string, ids: readonly string[]): Promise<number> {
    const which = { _id: { $in: [...ids] }, tenant, state: { $ne: 'leased' as const } };
    return (await this.#deliveries.deleteMany(which)).deletedCount;
  }

  async counts(): Promise<Readonly<Record<Delivery['state'], number>>> {
    const counts = { queued: 0, leased: 0, sent: 0, dead: 0, cancelled: 0 };
    const found = await this.#deliveries.aggregate<{ _id: Delivery['state']; count: number }>([
      { $group: { _id: '$state', count: { $sum: 1 } } },
    ]);
    for (const { _id, count } of found) counts[_id] = count;
    return counts;
  }

  async nextDue(): Promise<Date | undefined> {
    const seen = this.#next;
    const next =
      seen !== undefined && performance.now() - seen.at < holdsMs
        ? seen
        : await this.#deliveries.findOne<Pick<FiledDelivery, 'notBefore'>>(
            { state: 'queued' },
            { projection: { notBefore: 1 }, sort: { notBefore: 1 } },
          );
    return next?.notBefore !== undefined ? new Date(Date.parse(next.notBefore) - this.#time.aheadMs) : undefined;
  }

  async #list(filter: MongoQuery, sort: Readonly<Record<string, 1 | -1>>, limit: number): Promise<readonly Delivery[]> {
    if (limit <= 0) return [];
    const found = await this.#deliveries.find<FiledDelivery>(filter, { projection: filedFields, sort, limit });
    return found.map(storedDelivery);
  }
}
