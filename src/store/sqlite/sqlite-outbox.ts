import type { DomainEvent } from '../../events.ts';
import type { Delivery } from '../../notify/delivery.ts';
import type { Outbox } from '../../notify/outbox.ts';
import type { Connection } from './connection.ts';
import { chooseDue } from './lease-choice.ts';
import type { WriteQueue } from './write-queue.ts';

/** Events and deliveries in SQLite. A delivery rests as JSON; its columns repeat what is searched by. */
export class SqliteOutbox implements Outbox {
  readonly #reader: Connection;
  readonly #writes: WriteQueue;

  constructor(reader: Connection, writes: WriteQueue) {
    this.#reader = reader;
    this.#writes = writes;
  }

  async pendingEvents(limit: number): Promise<readonly DomainEvent[]> {
    return this.#reader.all<[string]>('SELECT body FROM events WHERE settled = 0 ORDER BY position LIMIT ?', limit)
      .map(([body]) => JSON.parse(body) as DomainEvent);
  }

  async settleEvents(events: readonly DomainEvent[], deliveries: readonly Delivery[]): Promise<void> {
    await this.#writes.run(function* (connection) {
      for (const delivery of deliveries) {
        insertDelivery(connection, delivery);
        yield;
      }
      for (const event of events) {
        if (event.type === 'deliveries.cancelled') cancelOlder(connection, event);
        connection.run('UPDATE events SET settled = 1 WHERE id = ?', event.id);
        yield;
      }
      return { keep: true, result: undefined };
    });
  }

  lease(request: Parameters<Outbox['lease']>[0]): Promise<readonly Delivery[]> {
    const lease = { owner: request.owner, until: new Date(request.now.getTime() + request.leaseMs).toISOString() };
    return this.#writes.run(function* (connection) {
      const leased: Delivery[] = [];
      for (const position of chooseDue(connection, request)) {
        const delivery = readDelivery(connection.get<[string]>('SELECT body FROM deliveries WHERE position = ?', position));
        if (delivery === undefined) continue;
        leased.push({ ...delivery, state: 'leased', lease });
      }
      for (const delivery of leased) {
        rewrite(connection, delivery);
        yield;
      }
      return { keep: true, result: leased };
    });
  }

  update(owner: string, delivery: Delivery): Promise<boolean> {
    return this.#writes.run(function* (connection) {
      const held = connection.get(`SELECT 1 FROM deliveries WHERE id = ? AND owner = ?`, delivery.id, owner);
      if (held !== undefined) rewrite(connection, delivery);
      return { keep: true, result: held !== undefined };
    });
  }

  async unreported(limit: number): Promise<readonly Delivery[]> {
    return this.#reader.all<[string]>(`SELECT body FROM deliveries WHERE reported = 0 AND state <> 'leased' ORDER BY position LIMIT ?`, limit)
      .map(([body]) => JSON.parse(body) as Delivery);
  }

  async markReported(ids: readonly string[]): Promise<void> {
    await this.#writes.run(function* (connection) {
      for (const id of ids) {
        const delivery = readDelivery(connection.get<[string]>('SELECT body FROM deliveries WHERE id = ? AND reported = 0', id));
        if (delivery !== undefined) rewrite(connection, { ...delivery, reported: true });
        yield;
      }
      return { keep: true, result: undefined };
    });
  }

  async release(owner: string): Promise<void> {
    await this.#writes.run(function* (connection) {
      for (const row of connection.all<[string]>('SELECT body FROM deliveries WHERE owner = ?', owner)) {
        rewrite(connection, queued(JSON.parse(row[0]) as Delivery));
        yield;
      }
      return { keep: true, result: undefined };
    });
  }

  requeue(tenant: string, id: string, now: Date): Promise<boolean> {
    return this.#writes.run(function* (connection) {
      const ended = readDelivery(connection.get<[string]>(
        `SELECT body FROM deliveries WHERE tenant = ? AND id = ? AND (state IN ('dead', 'cancelled') OR (state = 'sent' AND channel = 'webhook'))`, tenant, id));
      if (ended === undefined) return { keep: true, result: false };
      const again: { endedAt?: string } & Delivery = { ...queued(ended), attempts: 0, notBefore: now.toISOString(), reported: false };
      delete again.endedAt;
      rewrite(connection, again);
      return { keep: true, result: true };
    });
  }

  async find(tenant: string, id: string): Promise<Delivery | undefined> {
    return readDelivery(this.#reader.get<[string]>('SELECT body FROM deliveries WHERE tenant = ? AND id = ?', tenant, id));
  }

  async inState(tenant: string, state: Delivery['state'], limit: number, before?: string): Promise<readonly Delivery[]> {
    const older = before === undefined ? '' : 'AND id < ?';
    return this.#reader.all<[string]>(
      `SELECT body FROM deliveries WHERE tenant = ? AND state = ? ${older} ORDER BY id DESC LIMIT ?`,
      tenant, state, ...(before === undefined ? [] : [before]), limit).map(([body]) => JSON.parse(body) as Delivery);
  }

  async ofUser(tenant: string, userId: string, limit: number): Promise<readonly Delivery[]> {
    return this.#reader.all<[string]>(
      'SELECT body FROM deliveries WHERE tenant = ? AND user_id = ? ORDER BY created_at DESC, position DESC LIMIT ?', tenant, userId, limit)
      .map(([body]) => JSON.parse(body) as Delivery);
  }

  async counts(): Promise<Readonly<Record<Delivery['state'], number>>> {
    const counts = { queued: 0, leased: 0, sent: 0, dead: 0, cancelled: 0 };
    for (const [state, count] of this.#reader.all<[Delivery['state'], number]>('SELECT state, deliveries FROM delivery_counts')) counts[state] = count;
    return counts;
  }

  async nextDue(): Promise<Date | undefined> {
    const [due] = this.#reader.get<[string | null]>(`SELECT min(due) FROM deliveries WHERE state = 'queued' AND due IS NOT NULL`) ?? [null];
    return due === null ? undefined : new Date(due);
  }
}

/** Files a delivery; one whose id exists is left alone. */
function insertDelivery(connection: Connection, delivery: Delivery): void {
  connection.run(
    `INSERT INTO deliveries (id, tenant, user_id, event_id, channel, created_at, domain, state, due, owner, reported, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    delivery.id, delivery.tenant, delivery.userId, delivery.eventId, delivery.channel, delivery.createdAt, ...changing(delivery));
}

function rewrite(connection: Connection, delivery: Delivery): void {
  connection.run('UPDATE deliveries SET domain = ?, state = ?, due = ?, owner = ?, reported = ?, body = ? WHERE id = ?', ...changing(delivery), delivery.id);
}

/** The columns that change: domain, state, due, owner, reported, body. */
function changing(delivery: Delivery): [string | null, string, string | null, string | null, number, string] {
  const { domain, state, lease, notBefore, reported } = delivery;
  const due = state === 'queued' ? notBefore : state === 'leased' ? lease?.until ?? notBefore : null;
  return [domain ?? null, state, due, state === 'leased' ? lease?.owner ?? null : null, reported ? 1 : 0, JSON.stringify(delivery)];
}

/**
 * Ends a user's queued deliveries that were made before the event. The order in which events were written decides, for two of
 * them can bear the same time; time decides where an event is not in the store.
 */
function cancelOlder(connection: Connection, event: DomainEvent): void {
  const older = connection.all<[string]>(
    `SELECT body FROM deliveries WHERE tenant = ? AND user_id = ? AND state = 'queued'
     AND coalesce((SELECT position FROM events WHERE id = event_id) < (SELECT position FROM events WHERE id = ?), created_at < ?)`,
    event.tenant, event.resourceId, event.id, event.at);
  for (const [body] of older) rewrite(connection, { ...JSON.parse(body) as Delivery, state: 'cancelled', endedAt: event.at, reported: false });
}

function queued(delivery: Delivery): Delivery {
  const free: { lease?: Delivery['lease'] } & Delivery = { ...delivery, state: 'queued' };
  delete free.lease;
  return free;
}

function readDelivery(row: readonly [string] | undefined): Delivery | undefined {
  return row === undefined ? undefined : JSON.parse(row[0]) as Delivery;
}
