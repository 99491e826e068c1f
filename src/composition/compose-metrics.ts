import { Metrics } from '../metrics/metrics.ts';
import { statusKey } from '../provisioning/records/find-keys.ts';
import { rootTenant } from '../tenancy/tenant.ts';
import type { Core } from './core/core.ts';

const statuses = ['none', 'held', 'queued', 'invited', 'delivered', 'expired', 'bounced', 'failed', 'active'] as const;
/** Clients of one tenant whose credentials are looked at. */
const mostClients = 200;

/** The numbers of this process, where `LATCHKEY_METRICS` asks for them. */
export function composeMetrics(core: Core): Metrics | undefined {
  const { config, store, tenants, clock } = core;
  if (config.metrics === undefined) return undefined;
  const since = (moment: number | undefined): number =>
    moment === undefined ? 0 : Math.max(0, (clock.now().getTime() - moment) / 1000);
  return new Metrics({
    outbox: () => store.outbox.counts(),
    oldestDue: async () => since((await store.outbox.nextDue())?.getTime()),
    unsealed: async () => {
      const oldest = (await store.events.unsealed()).map((tail) => Date.parse(tail.oldest));
      return since(oldest.length === 0 ? undefined : Math.min(...oldest));
    },
    credentials: () => credentialEnds(core),
    onboarding: async () => {
      const counted = Object.fromEntries(statuses.map((status) => [status, 0]));
      for (const { id } of tenants.all()) {
        const { counts = {} } = await store.resources.query({
          tenant: id,
          type: 'User',
          condition: undefined,
          keys: [],
          count: statuses.map(statusKey),
          sort: undefined,
          limit: 0,
          page: { offset: 0 },
        });
        for (const status of statuses) counted[status] = (counted[status] ?? 0) + (counts[statusKey(status)] ?? 0);
      }
      return counted;
    },
  });
}

/** Until the last living credential of each client ends, in seconds. */
async function credentialEnds({ tenants, clients, clock }: Core): Promise<ReadonlyMap<string, number>> {
  const now = clock.now();
  const ends = new Map<string, number>();
  for (const { id: tenant } of tenants.all()) {
    for (const { id, name } of (await clients.list(tenant)).slice(0, mostClients)) {
      const living = (await clients.credentials.list(tenant, id)).filter(
        ({ revokedAt, expiresAt }) =>
          revokedAt === undefined && (expiresAt === undefined || expiresAt > now.toISOString()),
      );
      const moments = living.flatMap(({ expiresAt }) => (expiresAt === undefined ? [] : [Date.parse(expiresAt)]));
      if (moments.length === 0 || moments.length < living.length) continue;
      ends.set(tenant === rootTenant ? name : `${tenant}/${name}`, (Math.max(...moments) - now.getTime()) / 1000);
    }
  }
  return ends;
}
