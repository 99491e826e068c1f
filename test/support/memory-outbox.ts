import type { DomainEvent } from '../../src/domain/events.ts';
import type { Delivery } from '../../src/notify/delivery/delivery.ts';
import type { LeaseRequest, Outbox } from '../../src/notify/outbox/outbox.ts';

/**
 * The outbox in memory, faithful to the port. `events` is what commits append to; `failing` makes every call reject.
 */
export class MemoryOutbox implements Outbox {
  readonly events: DomainEvent[] = [];
  readonly deliveries = new Map<string, Delivery>();
  failing = false;
  readonly #settled = new Set<string>();

  async pendingEvents(limit: number): Promise<readonly DomainEvent[]> {
    this.#check();
    return this.events.filter(({ id }) => !this.#settled.has(id)).slice(0, limit);
  }

  async settleEvents(events: readonly DomainEvent[], deliveries: readonly Delivery[]): Promise<void> {
    this.#check();
    for (const delivery of deliveries)
      if (!this.deliveries.has(delivery.id)) this.deliveries.set(delivery.id, structuredClone(delivery));
    for (const event of events) {
      this.#settled.add(event.id);
      if (event.type !== 'deliveries.cancelled') continue;
      for (const delivery of this.deliveries.values()) {
        const meant =
          delivery.tenant === event.tenant && delivery.userId === event.resourceId && delivery.createdAt <= event.at;
        if (meant && delivery.state === 'queued' && delivery.eventId !== event.id) {
          this.#put({ ...delivery, state: 'cancelled', endedAt: event.at, reported: false });
        }
      }
    }
  }

  async remove(tenant: string, ids: readonly string[]): Promise<number> {
    const gone = ids.filter((id) => this.deliveries.get(id)?.tenant === tenant);
    for (const id of gone) this.deliveries.delete(id);
    return gone.length;
  }

  async lease({ owner, now, leaseMs, limit, perDomain, channels, fair }: LeaseRequest): Promise<readonly Delivery[]> {
    this.#check();
    const at = now.toISOString();
    const due = (delivery: Delivery) =>
      (delivery.state === 'queued' && delivery.notBefore <= at)
      || (delivery.state === 'leased' && (delivery.lease?.until ?? '') <= at);
    const live = [...this.deliveries.values()].filter((delivery) => delivery.state === 'leased' && !due(delivery));
    const ofDomain = countsOf(live.flatMap(({ domain }) => domain ?? []));
    const ofTenant = countsOf(live.filter(({ lease }) => lease?.owner === owner).map(({ tenant }) => tenant));
    const leased: Delivery[] = [];
    const takes = ({ id, domain, tenant }: Delivery): boolean =>
      !leased.some((one) => one.id === id)
      && (domain === undefined || (ofDomain.get(domain) ?? 0) < perDomain)
      && (fair === undefined || (!fair.without.includes(tenant) && (ofTenant.get(tenant) ?? 0) < fair.perTenant));
    const take = (delivery: Delivery): void => {
      if (delivery.domain !== undefined) ofDomain.set(delivery.domain, (ofDomain.get(delivery.domain) ?? 0) + 1);
      ofTenant.set(delivery.tenant, (ofTenant.get(delivery.tenant) ?? 0) + 1);
      const until = new Date(now.getTime() + leaseMs).toISOString();
      leased.push({ ...delivery, state: 'leased', lease: { owner, until } });
    };
    const inOrder = [...this.deliveries.values()]
      .filter((delivery) => due(delivery) && !channels.includes(delivery.channel))
      .sort((one, other) => (one.notBefore < other.notBefore ? -1 : one.notBefore > other.notBefore ? 1 : 0));
    for (const delivery of inOrder)
      if ((fair === undefined || delivery.state === 'leased') && leased.length < limit && takes(delivery))
        take(delivery);
    let after = fair?.after ?? '';
    while (fair !== undefined && leased.length < limit) {
      const open = inOrder.filter((delivery) => delivery.state === 'queued' && takes(delivery));
      const tenants = [...new Set(open.map(({ tenant }) => tenant))].sort();
      const next = tenants.find((tenant) => tenant > after) ?? tenants[0];
      if (next === undefined) break;
      after = next;
      take(open.find(({ tenant }) => tenant === next)!);
    }
    for (const delivery of leased) this.#put(delivery);
    return leased;
  }

  async update(owner: string, delivery: Delivery): Promise<boolean> {
    this.#check();
    const stored = this.deliveries.get(delivery.id);
    if (stored?.state !== 'leased' || stored.lease?.owner !== owner) return false;
    this.#put(structuredClone(delivery));
    return true;
  }

  async unreported(limit: number): Promise<readonly Delivery[]> {
    this.#check();
    return [...this.deliveries.values()]
      .filter(({ state, reported }) => state !== 'leased' && !reported)
      .slice(0, limit);
  }

  async markReported(ids: readonly string[]): Promise<void> {
    this.#check();
    for (const id of ids) {
      const delivery = this.deliveries.get(id);
      if (delivery !== undefined) this.#put({ ...delivery, reported: true });
    }
  }

  async release(owner: string): Promise<void> {
    this.#check();
    for (const delivery of this.deliveries.values()) {
      if (delivery.state === 'leased' && delivery.lease?.owner === owner)
        this.#put(unleased({ ...delivery, state: 'queued' }));
    }
  }

  async requeue(tenant: string, id: string, now: Date): Promise<boolean> {
    this.#check();
    const delivery = this.deliveries.get(id);
    if (delivery?.tenant !== tenant) return false;
    if (
      delivery.state !== 'dead'
      && delivery.state !== 'cancelled'
      && !(delivery.state === 'sent' && delivery.channel === 'webhook')
    )
      return false;
    this.#put({ ...delivery, state: 'queued', attempts: 0, notBefore: now.toISOString(), reported: false });
    return true;
  }

  async find(tenant: string, id: string): Promise<Delivery | undefined> {
    this.#check();
    const delivery = this.deliveries.get(id);
    return delivery?.tenant === tenant ? structuredClone(delivery) : undefined;
  }

  async inState(
    tenant: string,
    state: Delivery['state'],
    limit: number,
    before?: string,
  ): Promise<readonly Delivery[]> {
    this.#check();
    return [...this.deliveries.values()]
      .filter(
        (delivery) =>
          delivery.tenant === tenant && delivery.state === state && (before === undefined || delivery.id < before),
      )
      .sort((one, other) => (one.id < other.id ? 1 : -1))
      .slice(0, limit);
  }

  async ofUser(tenant: string, userId: string, limit: number): Promise<readonly Delivery[]> {
    this.#check();
    return [...this.deliveries.values()]
      .filter((delivery) => delivery.tenant === tenant && delivery.userId === userId)
      .reverse()
      .slice(0, limit);
  }

  async purge(tenant: string, before: string): Promise<void> {
    this.#check();
    for (const { id, endedAt = before, ...delivery } of this.deliveries.values()) {
      if (delivery.tenant === tenant && endedAt < before && delivery.reported) this.deliveries.delete(id);
    }
  }

  async counts(): Promise<Readonly<Record<Delivery['state'], number>>> {
    this.#check();
    const counts = { queued: 0, leased: 0, sent: 0, dead: 0, cancelled: 0 };
    for (const { state } of this.deliveries.values()) counts[state] += 1;
    return counts;
  }

  async nextDue(): Promise<Date | undefined> {
    this.#check();
    const first = [...this.deliveries.values()]
      .filter(({ state }) => state === 'queued')
      .map(({ notBefore }) => notBefore)
      .sort()[0];
    return first === undefined ? undefined : new Date(first);
  }

  #check(): void {
    if (this.failing) throw new Error('the database is away');
  }

  #put(delivery: Delivery): void {
    this.deliveries.set(delivery.id, delivery);
  }
}

function unleased({ lease, ...rest }: Delivery): Delivery {
  void lease;
  return rest;
}

function countsOf(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
