import { createAuthenticate, type Authenticate } from '../../src/caller/authenticate.ts';
import type { Client } from '../../src/domain/client.ts';
import type { CallerFinder } from '../../src/clients/tokens/caller-finder.ts';

/** A client with nothing special. */
export function plainClient(changes: Partial<Client> = {}): Client {
  return {
    id: 'c1',
    tenant: 'default',
    name: 'okta',
    scopes: ['scim:read'],
    profile: 'auto',
    paused: false,
    existing: 'refuse',
    owns: [],
    guard: null,
    createdAt: '2031-01-01T00:00:00.000Z',
    ...changes,
  };
}

/** Knows these tokens and no others; none ever ends. */
export function tokenCallers(clients: Readonly<Record<string, Client>>): CallerFinder {
  return {
    epoch: async () => 0,
    find: async (token) => {
      const client = clients[token];
      if (client === undefined) return undefined;
      const { id, tenant, createdAt } = client;
      return { client, credential: { id: `of ${id}`, tenant, client: id, kind: 'token', createdAt } };
    },
  };
}

/** The check of these tokens. */
export function authenticateTokens(clients: Readonly<Record<string, Client>>): Authenticate {
  const [tenant = 'default'] = Object.values(clients).map((client) => client.tenant);
  return createAuthenticate({
    callers: tokenCallers(clients),
    now: () => new Date(),
    tenantOf: () => tenant,
    onUse: () => undefined,
  });
}
