import { allScopes } from '../domain/client.ts';
import type { Log } from '../base/log.ts';
import type { Notes } from '../domain/notes.ts';
import type { ClientRegister } from './client-register.ts';

/** The id of the client whose token is `LATCHKEY_TOKEN`. */
export const environmentClient = 'environment';

/** Says that the first start has had its client: `clients add` before it does not take its token away. */
const startKind = 'start';
const startKey = 'firstClient';

/** What these clients are: the operator's own, with every right, no end, no limit and no guard. */
const operators = { profile: 'auto', scopes: allScopes, callsPerSecond: null, guard: null } as const;

/** What the first clients are made with. */
export interface FirstClientParts {
  readonly clients: ClientRegister;
  readonly notes: Notes;
  readonly log: Pick<Log, 'warn'>;
}

/**
 * Sees to it that a tenant has the operator's client. A token from the environment takes the place of the one it gave
 * before, unless it was withdrawn; without one, the very first start makes one. Neither has an end: nothing may stop
 * working that the operator has not been warned of, and the operator alone can replace them.
 * @returns the token made, to be shown once; undefined when none was
 */
export async function ensureFirstClient(
  parts: FirstClientParts,
  tenant: string,
  environmentToken: string | undefined,
): Promise<string | undefined> {
  const { clients, notes } = parts;
  const started = await notes.find(tenant, startKind, startKey);
  const mark = { tenant, kind: startKind, key: startKey, value: {} };
  if (environmentToken !== undefined) {
    await armEnvironment(parts, tenant, environmentToken);
    if (started === undefined) await notes.put(mark, 0);
    return undefined;
  }
  if (started !== undefined && (await clients.list(tenant)).length > 0) return undefined;
  // Of several processes that start together one makes the token.
  if ((await notes.put(mark, started?.version ?? 0)).outcome !== 'done') return undefined;
  const client = await clients.add({ tenant, name: 'first', ...operators });
  if (client === undefined) return undefined;
  return (await clients.credentials.add({ tenant, client: client.id, kind: 'token' }))?.value;
}

async function armEnvironment({ clients, log }: FirstClientParts, tenant: string, token: string): Promise<void> {
  const { credentials } = clients;
  const known = await credentials.byToken(token);
  if (known !== undefined && (known.tenant !== tenant || known.client !== environmentClient)) {
    log.warn({ client: known.client }, "LATCHKEY_TOKEN is another client's token: it calls with that client's rights");
    return;
  }
  if (known?.revokedAt !== undefined) {
    log.warn(
      { revokedAt: known.revokedAt },
      'LATCHKEY_TOKEN was revoked and stays so: set another, of at least 32 characters',
    );
    return;
  }
  const client = await clients.find(tenant, environmentClient);
  if (client === undefined) await clients.add({ id: environmentClient, tenant, name: environmentClient, ...operators });
  else if (!allScopes.every((scope) => client.scopes.includes(scope)))
    await clients.change(tenant, environmentClient, (before) => ({ ...before, scopes: allScopes }));
  const former = await credentials.list(tenant, environmentClient);
  if (known === undefined) await credentials.add({ tenant, client: environmentClient, kind: 'token', value: token });
  for (const { id, revokedAt } of former)
    if (id !== known?.id && revokedAt === undefined) await credentials.forget(tenant, environmentClient, id);
}
