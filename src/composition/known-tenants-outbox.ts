import type { Outbox } from '../notify/outbox/outbox.ts';
import type { Tenants } from '../tenancy/tenants.ts';

/**
 * An outbox whose events and deliveries are of tenants that this process knows: what another process has just begun for
 * a tenant that was made a moment ago comes only once the tenant is known here.
 */
export function knownTenantsOutbox(outbox: Outbox, tenants: Pick<Tenants, 'ensure'>): Outbox {
  const known = async <Row extends { readonly tenant: string }>(found: Promise<readonly Row[]>) => {
    const rows = await found;
    await tenants.ensure(rows.map(({ tenant }) => tenant));
    return rows;
  };
  return {
    pendingEvents: (limit, whose) => known(outbox.pendingEvents(limit, whose)),
    settleEvents: (events, deliveries) => outbox.settleEvents(events, deliveries),
    lease: (request) => known(outbox.lease(request)),
    update: (owner, delivery) => outbox.update(owner, delivery),
    unreported: (limit) => known(outbox.unreported(limit)),
    markReported: (ids) => outbox.markReported(ids),
    release: (owner) => outbox.release(owner),
    requeue: (tenant, id, now) => outbox.requeue(tenant, id, now),
    find: (tenant, id) => outbox.find(tenant, id),
    inState: (tenant, state, limit, before) => outbox.inState(tenant, state, limit, before),
    ofUser: (tenant, userId, limit) => outbox.ofUser(tenant, userId, limit),
    purge: (tenant, before) => outbox.purge(tenant, before),
    remove: (tenant, ids) => outbox.remove(tenant, ids),
    counts: () => outbox.counts(),
    nextDue: () => outbox.nextDue(),
  };
}
