import type { DomainEvent } from '../../domain/events.ts';
import type { Delivery } from '../../notify/delivery/delivery.ts';
import type { Outbox } from '../../notify/outbox/outbox.ts';
import type { Connection } from './database/connection.ts';
import { readDelivery } from './writing/outbox-writes.ts';
import type { WriteThread } from './writing/write-thread.ts';

/** Events and deliveries in SQLite. */
export class SqliteOutbox implements Outbox {
  readonly #reader: Connection;
  readonly #writes: WriteThread;
  /** The tenant whose events were read last. */
  #turn = '';

  constructor(reader: Connection, writes: WriteThread) {
    this.#reader = reader;
    this.#writes = writes;
  }

  /** Tenants share what is read: the backlog of one does not hold up the others. */
  async pendingEvents(limit: number): Promise<readonly DomainEvent[]> {
    const tenants: string[] = [];
    for (let next = this.#tenantAfter(this.#turn); next !== undefined && !tenants.includes(next);) {
      tenants.push(next);
      next = tenants.length < limit ? this.#tenantAfter(next) : undefined;
    }
    const bodies: string[] = [];
    const read = new Map<string, number>();
    // Each has the same share; what some leave over the others get.
    for (let open = tenants; open.length > 0 && bodies.length < limit;) {
      const share = Math.ceil((limit - bodies.length) / open.length);
      open = open.filter((tenant) => {
        const most = Math.min(share, limit - bodies.length);
        const rows = this.#eventsOf(tenant, read.get(tenant) ?? -1, most);
        bodies.push(...rows.map(([, body]) => body));
        read.set(tenant, rows.at(-1)?.[0] ?? 0);
        return rows.length === most && most > 0;
      });
    }
    this.#turn = tenants.at(-1) ?? '';
    return bodies.map((body) => JSON.parse(body) as DomainEvent);
  }

  async settleEvents(events: readonly DomainEvent[], deliveries: readonly Delivery[]): Promise<void> {
    await this.#writes.run(
      'settleEvents',
      deliveries,
      events.filter(({ type }) => type === 'deliveries.cancelled'),
      events.map(({ id }) => id),
    );
  }

  lease(request: Parameters<Outbox['lease']>[0]): Promise<readonly Delivery[]> {
    return this.#writes.run('leaseDeliveries', request);
  }

  update(owner: string, delivery: Delivery): Promise<boolean> {
    return this.#writes.run('updateDelivery', owner, delivery);
  }

  async unreported(limit: number): Promise<readonly Delivery[]> {
    return this.#reader
      .all<[string]>(
        `SELECT body FROM deliveries WHERE reported = 0 AND state <> 'leased' ORDER BY position LIMIT ?`,
        limit,
      )
      .map(([body]) => JSON.parse(body) as Delivery);
  }

  async markReported(ids: readonly string[]): Promise<void> {
    await this.#writes.run('markReported', ids);
  }

  async release(owner: string): Promise<void> {
    await this.#writes.run('releaseLeases', owner);
  }

  requeue(tenant: string, id: string, now: Date): Promise<boolean> {
    return this.#writes.run('requeueDelivery', tenant, id, now.toISOString());
  }

  async find(tenant: string, id: string): Promise<Delivery | undefined> {
    return readDelivery(
      this.#reader.get<[string]>('SELECT body FROM deliveries WHERE tenant = ? AND id = ?', tenant, id),
    );
  }

  async inState(
    tenant: string,
    state: Delivery['state'],
    limit: number,
    before?: string,
  ): Promise<readonly Delivery[]> {
    const older = before === undefined ? '' : 'AND id < ?';
    return this.#reader
      .all<[string]>(
        `SELECT body FROM deliveries WHERE tenant = ? AND state = ? ${older} ORDER BY id DESC LIMIT ?`,
        tenant,
        state,
        ...(before === undefined ? [] : [before]),
        limit,
      )
      .map(([body]) => JSON.parse(body) as Delivery);
  }

  async ofUser(tenant: string, userId: string, limit: number): Promise<readonly Delivery[]> {
    return this.#reader
      .all<[string]>(
        'SELECT body FROM deliveries WHERE tenant = ? AND user_id = ? ORDER BY created_at DESC, position DESC LIMIT ?',
        tenant,
        userId,
        limit,
      )
      .map(([body]) => JSON.parse(body) as Delivery);
  }

  async purge(tenant: string, before: string): Promise<void> {
    while (await this.#writes.run('purgeDeliveries', tenant, before));
  }

  remove(tenant: string, ids: readonly string[]): Promise<number> {
    return this.#writes.run('removeDeliveries', tenant, ids);
  }

  async counts(): Promise<Readonly<Record<Delivery['state'], number>>> {
    const counts = { queued: 0, leased: 0, sent: 0, dead: 0, cancelled: 0 };
    for (const [state, count] of this.#reader.all<[Delivery['state'], number]>(
      'SELECT state, deliveries FROM delivery_counts',
    ))
      counts[state] = count;
    return counts;
  }

  async nextDue(): Promise<Date | undefined> {
    const [due] = this.#reader.get<[string | null]>(
      `SELECT min(due) FROM deliveries WHERE state = 'queued' AND due IS NOT NULL`,
    ) ?? [null];
    return due === null ? undefined : new Date(due);
  }

  /** The next tenant whose events wait, round and round. */
  #tenantAfter(tenant: string): string | undefined {
    const next = (after: string): string | null | undefined =>
      this.#reader.get<[string | null]>(
        'SELECT min(tenant) FROM events INDEXED BY events_pending WHERE settled = 0 AND tenant > ?',
        after,
      )?.[0];
    return next(tenant) ?? next('') ?? undefined;
  }

  #eventsOf(tenant: string, after: number, limit: number): readonly (readonly [position: number, body: string])[] {
    return this.#reader.all<[number, string]>(
      `SELECT position, body FROM events INDEXED BY events_pending
       WHERE settled = 0 AND tenant = ? AND position > ? ORDER BY position LIMIT ?`,
      tenant,
      after,
      limit,
    );
  }
}
