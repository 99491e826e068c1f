import type { DomainEvent } from '../../../domain/events.ts';
import type { Delivery } from '../../../notify/delivery/delivery.ts';
import type { Outbox } from '../../../notify/outbox/outbox.ts';
import type { Connection } from '../database/connection.ts';
import { chooseDue } from './lease-choice.ts';
import { kept } from './write.ts';

/** How many deliveries one write removes at most. */
const MOST_PURGED = 1_000;

/** Changes to events and deliveries. A delivery is stored as JSON; its columns repeat the searched values. */
export const outboxWrites = {
  /**
   * Files the deliveries that were planned from events, and marks the events.
   * @param cancelling those of the events that cancel a user's older deliveries
   * @param settled ids of all of them
   */
  settleEvents: (
    connection: Connection,
    deliveries: readonly Delivery[],
    cancelling: readonly DomainEvent[],
    settled: readonly string[],
  ) => {
    for (const delivery of deliveries) insertDelivery(connection, delivery);
    for (const event of cancelling) cancelOlder(connection, event);
    // Once it is sealed as well, its place in the order is all that is still asked for: events name people.
    connection.run(
      `UPDATE events SET settled = 1, body = iif(sealed = 1, '', body) WHERE id IN (SELECT value FROM json_each(?))`,
      JSON.stringify(settled),
    );
    return kept(undefined);
  },

  leaseDeliveries: (connection: Connection, request: Parameters<Outbox['lease']>[0]) => {
    const lease = { owner: request.owner, until: new Date(request.now.getTime() + request.leaseMs).toISOString() };
    const leased: Delivery[] = [];
    for (const position of chooseDue(connection, request)) {
      const delivery = readDelivery(
        connection.get<[string]>('SELECT body FROM deliveries WHERE position = ?', position),
      );
      if (delivery !== undefined) leased.push({ ...delivery, state: 'leased', lease });
    }
    for (const delivery of leased) rewrite(connection, delivery);
    return kept(leased);
  },

  /** @returns false when the lease is another's by now */
  updateDelivery: (connection: Connection, owner: string, delivery: Delivery) => {
    const held = connection.get('SELECT 1 FROM deliveries WHERE id = ? AND owner = ?', delivery.id, owner);
    if (held !== undefined) rewrite(connection, delivery);
    return kept(held !== undefined);
  },

  markReported: (connection: Connection, ids: readonly string[]) => {
    for (const id of ids) {
      const delivery = readDelivery(
        connection.get<[string]>('SELECT body FROM deliveries WHERE id = ? AND reported = 0', id),
      );
      if (delivery !== undefined) rewrite(connection, { ...delivery, reported: true });
    }
    return kept(undefined);
  },

  /** Removes some deliveries that ended before a moment. @returns whether there may be more */
  purgeDeliveries: (connection: Connection, tenant: string, before: string) =>
    kept(
      MOST_PURGED
        === connection.run(
          `DELETE FROM deliveries WHERE position IN (SELECT position FROM deliveries
       WHERE tenant = ? AND due IS NULL AND body ->> '$.endedAt' < ? AND reported = 1 LIMIT ${MOST_PURGED})`,
          tenant,
          before,
        ),
    ),

  /** @returns how many were removed */
  removeDeliveries: (connection: Connection, tenant: string, ids: readonly string[]) =>
    kept(
      connection.run(
        `DELETE FROM deliveries
         WHERE tenant = ? AND state <> 'leased' AND id IN (SELECT value FROM json_each(?))`,
        tenant,
        JSON.stringify(ids),
      ),
    ),

  releaseLeases: (connection: Connection, owner: string) => {
    for (const row of connection.all<[string]>('SELECT body FROM deliveries WHERE owner = ?', owner)) {
      rewrite(connection, queued(JSON.parse(row[0]) as Delivery));
    }
    return kept(undefined);
  },

  /** @returns whether there was one that can be sent again */
  requeueDelivery: (connection: Connection, tenant: string, id: string, notBefore: string) => {
    const ended = readDelivery(
      connection.get<[string]>(
        `SELECT body FROM deliveries WHERE tenant = ? AND id = ? AND (state IN ('dead', 'cancelled') `
          + `OR (state = 'sent' AND channel = 'webhook'))`,
        tenant,
        id,
      ),
    );
    if (ended === undefined) return kept(false);
    const again: { endedAt?: string } & Delivery = { ...queued(ended), attempts: 0, notBefore, reported: false };
    delete again.endedAt;
    rewrite(connection, again);
    return kept(true);
  },
};

/** Files a delivery; one whose id exists is left alone. */
function insertDelivery(connection: Connection, delivery: Delivery): void {
  connection.run(
    `INSERT INTO deliveries (id, tenant, user_id, event_id, channel, created_at, domain, state, due, owner, reported,
      body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    delivery.id,
    delivery.tenant,
    delivery.userId,
    delivery.eventId,
    delivery.channel,
    delivery.createdAt,
    ...changing(delivery),
  );
}

function rewrite(connection: Connection, delivery: Delivery): void {
  connection.run(
    'UPDATE deliveries SET domain = ?, state = ?, due = ?, owner = ?, reported = ?, body = ? WHERE id = ?',
    ...changing(delivery),
    delivery.id,
  );
}

/** The columns that change: domain, state, due, owner, reported, body. */
function changing(delivery: Delivery): [string | null, string, string | null, string | null, number, string] {
  const { domain, state, lease, notBefore, reported } = delivery;
  const due = state === 'queued' ? notBefore : state === 'leased' ? (lease?.until ?? notBefore) : null;
  return [
    domain ?? null,
    state,
    due,
    state === 'leased' ? (lease?.owner ?? null) : null,
    reported ? 1 : 0,
    JSON.stringify(delivery),
  ];
}

/**
 * Ends a user's queued deliveries that were made before the event. The order in which events were written decides,
 * for two of them can bear the same time; time decides where an event is not in the store.
 */
function cancelOlder(connection: Connection, event: DomainEvent): void {
  const older = connection.all<[string]>(
    `SELECT body FROM deliveries WHERE tenant = ? AND user_id = ? AND state = 'queued'
     AND coalesce((SELECT position FROM events WHERE id = event_id) < (SELECT position FROM events WHERE id = ?),
       created_at < ?)`,
    event.tenant,
    event.resourceId,
    event.id,
    event.at,
  );
  for (const [body] of older)
    rewrite(connection, { ...(JSON.parse(body) as Delivery), state: 'cancelled', endedAt: event.at, reported: false });
}

function queued(delivery: Delivery): Delivery {
  const free: { lease?: Delivery['lease'] } & Delivery = { ...delivery, state: 'queued' };
  delete free.lease;
  return free;
}

/** @param row of its body */
export function readDelivery(row: readonly [string] | undefined): Delivery | undefined {
  return row === undefined ? undefined : (JSON.parse(row[0]) as Delivery);
}
