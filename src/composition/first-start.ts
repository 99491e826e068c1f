import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { hashToken, type Client, type ClientStore } from '../tenants.ts';

/** The tenant that `/scim/v2` serves. */
export const defaultTenant = 'default';

/**
 * Everything a client can be allowed, and what the first client is: SCIM, `/admin/v1`, signing people in over
 * `/auth/v1`, telling of bounces.
 */
export const allScopes: readonly string[] = ['scim:read', 'scim:write', 'admin', 'auth', 'bounces'];

const environmentClient = 'environment';

/**
 * Makes a client with a fresh token.
 * @returns the client to store and its token, which is kept nowhere
 */
export function newClient(
  clock: Clock,
  { tenant, name, ...rest }: Pick<Client, 'tenant' | 'name' | 'profile' | 'scopes' | 'me'>,
): { client: Client; token: string } {
  const token = `lk_${randomBytes(32).toString('base64url')}`;
  return { token, client: { ...clientOf(clock, tenant, name, token), id: clock.newId(), ...rest } };
}

/**
 * Sees to it that the default tenant has a client. A token from the environment takes the place of the one it gave
 * before; without one, the very first start makes one.
 * @returns the token made, to be shown once; undefined when none was
 */
export async function ensureFirstClient(
  clients: ClientStore,
  environmentToken: string | undefined,
  clock: Clock,
): Promise<string | undefined> {
  const existing = await clients.list(defaultTenant);
  if (environmentToken !== undefined) {
    const former = existing.find(({ id }) => id === environmentClient);
    if (former?.tokenHash === hashToken(environmentToken) && allScopes.every((scope) => former.scopes.includes(scope)))
      return undefined;
    if (former !== undefined) await clients.remove(defaultTenant, environmentClient);
    await clients.add({ ...clientOf(clock, defaultTenant, 'environment', environmentToken), id: environmentClient });
    return undefined;
  }
  if (existing.length > 0) return undefined;
  const { client, token } = newClient(clock, {
    tenant: defaultTenant,
    name: 'first',
    profile: 'auto',
    scopes: allScopes,
  });
  await clients.add(client);
  return token;
}

/**
 * The key that seals secrets at rest: the configured one, else one kept in a file beside the embedded store, mode 0600.
 * @param folder of the embedded store
 * @throws Error when the file exists and does not hold 32 bytes
 */
export function sealingKey(configured: Buffer | undefined, folder: string, log: Log): Buffer {
  if (configured !== undefined) return configured;
  const file = join(folder, 'latchkey.key');
  try {
    writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
  }
  chmodSync(file, 0o600);
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length !== 32) throw new Error(`${file} does not hold 32 bytes in base64: restore it, or set LATCHKEY_KEY`);
  log.warn(
    { file },
    'LATCHKEY_KEY is not set: secrets are sealed with the key in this file, which lies beside the data it protects',
  );
  return key;
}

function clientOf(clock: Clock, tenant: string, name: string, token: string): Omit<Client, 'id'> {
  return {
    tenant,
    name,
    tokenHash: hashToken(token),
    scopes: allScopes,
    profile: 'auto',
    createdAt: clock.now().toISOString(),
  };
}
