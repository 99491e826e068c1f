import type { ClientAdmin } from '../clients/client-admin.ts';
import type { CredentialUses } from '../clients/credentials/credential-uses.ts';
import type { Clock } from '../base/clock.ts';
import type { CredentialUse } from '../domain/credential.ts';
import type { DeliveryDay, DeliveryDays } from '../notify/outbox/delivery-days.ts';
import { moments, sourceKey, statusKey } from '../provisioning/records/find-keys.ts';
import type { KeyTest, ResourceStore } from '../provisioning/records/resource-store.ts';
import { instantOf } from '../scim/time/instant.ts';
import { credentialLife, type CredentialLife } from './credential-life.ts';
import { operation, type Operation } from './operation.ts';

const statuses = ['none', 'held', 'queued', 'invited', 'delivered', 'expired', 'bounced', 'failed', 'active'] as const;
const daysShown = 14;
/** Clients whose credentials are looked at. */
const mostClients = 50;

/** What the home page shows, and `getOverview` answers. Times are ISO 8601 UTC. */
export interface OverviewView {
  readonly at: string;
  readonly people: {
    readonly total: number;
    /** Stored states, with an invitation that has run out counted as expired. */
    readonly states: readonly { readonly state: string; readonly count: number }[];
    /** Locked out by failed sign-ins at this moment; they are counted in their state too. */
    readonly locked: number;
  };
  readonly groups: number;
  /** Messages to people by day, local to the tenant's time zone, the oldest first. */
  readonly deliveries: readonly DeliveryDay[];
  readonly clients: readonly ClientOverview[];
}

/** A client on the home page. */
export interface ClientOverview extends CredentialLife {
  readonly id: string;
  readonly name: string;
  readonly profile: string;
  readonly paused: boolean;
  /** The people it made. */
  readonly people: number;
  readonly lastUsedAt?: string;
  readonly lastUsedFrom?: string;
}

/** What the overview reads: indexes and counters alone. */
export interface OverviewParts {
  readonly store: Pick<ResourceStore, 'query'>;
  readonly days: Pick<DeliveryDays, 'last'>;
  readonly clients: Pick<ClientAdmin, 'list' | 'credentials'>;
  readonly uses: Pick<CredentialUses, 'of'>;
  readonly clock: Clock;
}

/** How things are: people by state, deliveries by day, clients and their last call. */
export function overviewOperation({ store, days, clients, uses, clock }: OverviewParts): Operation {
  const count = async (tenant: string, type: string, keys: readonly KeyTest[], counted: readonly string[] = []) =>
    store.query({
      tenant,
      type,
      condition: undefined,
      keys,
      count: counted,
      sort: undefined,
      limit: 0,
      page: { offset: 0 },
    });
  return operation(async ({ actor }) => {
    const { tenant, client, rights = { scopes: [] } } = actor;
    const grantor = { tenant, name: client, rights };
    const now = clock.now();
    const list = (await clients.list(grantor)).slice(0, mostClients);
    const present = instantOf(now.toISOString()) ?? now.toISOString();
    const [users, overdue, locked, groups, deliveries] = await Promise.all([
      count(tenant, 'User', [], [...statuses.map(statusKey), ...list.map(({ name }) => sourceKey(name))]),
      count(
        tenant,
        'User',
        [{ anyOf: [moments('e', undefined, `${present}\u{10ffff}`)] }],
        [statusKey('invited'), statusKey('delivered')],
      ),
      count(tenant, 'User', [{ anyOf: [moments('l', `${present}\u{10ffff}`, undefined)] }]),
      count(tenant, 'Group', []),
      days.last(tenant, daysShown),
    ]);
    const late = overdue.counts ?? {};
    const states = statuses.map((state) => {
      const stored = users.counts?.[statusKey(state)] ?? 0;
      if (state === 'expired') return { state, count: stored + overdue.total };
      return { state, count: stored - (late[statusKey(state)] ?? 0) };
    });
    const views = await Promise.all(
      list.map(async ({ id, name, profile, paused }) => {
        const [credentials, used] = await Promise.all([clients.credentials(grantor, id), uses.of(tenant, id)]);
        const people = users.counts?.[sourceKey(name)] ?? 0;
        return {
          id,
          name,
          profile,
          paused,
          people,
          ...lastUse([...used.values()]),
          ...credentialLife(credentials, now),
        };
      }),
    );
    const body: OverviewView = {
      at: now.toISOString(),
      people: { total: users.total, states, locked: locked.total },
      groups: groups.total,
      deliveries,
      clients: views,
    };
    return { body };
  });
}

function lastUse(uses: readonly CredentialUse[]): Pick<ClientOverview, 'lastUsedAt' | 'lastUsedFrom'> {
  const [last] = [...uses].sort((one, other) => (one.lastUsedAt < other.lastUsedAt ? 1 : -1));
  return last === undefined ? {} : { lastUsedAt: last.lastUsedAt, lastUsedFrom: last.lastUsedFrom };
}
