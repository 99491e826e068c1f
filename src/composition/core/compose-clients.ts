import { randomBytes } from 'node:crypto';
import { AccessEpoch } from '../../clients/credentials/access-epoch.ts';
import { AccessTokens } from '../../clients/tokens/access-tokens.ts';
import { type CallerFinder, StoredCallers } from '../../clients/tokens/caller-finder.ts';
import { ClientRegister } from '../../clients/client-register.ts';
import { ClientAdmin } from '../../clients/client-admin.ts';
import { CredentialUses } from '../../clients/credentials/credential-uses.ts';
import type { Clock } from '../../base/clock.ts';
import type { Notes } from '../../domain/notes.ts';
import { SecretBox } from '../../base/secret-box.ts';
import type { ResourceTypes } from '../../scim/model/resource-type.ts';
import type { ResourceStore } from '../../provisioning/records/resource-store.ts';

/** Clients, their credentials, and who calls with them. */
export interface ClientParts {
  readonly clients: ClientRegister;
  readonly callers: CallerFinder;
  readonly credentialUses: CredentialUses;
  readonly accessTokens: AccessTokens;
}

/**
 * Puts together what keeps clients and finds them by what they send.
 * @param secrets seals access tokens; without it those of other processes cannot be read
 * @param alone whether no other process has the store
 */
export function composeClients(
  notes: Notes,
  clock: Clock,
  secrets: Pick<SecretBox, 'seal' | 'open'> = new SecretBox([randomBytes(32)]),
  alone = false,
): ClientParts {
  const epoch = new AccessEpoch(notes, alone);
  const clients = new ClientRegister({ notes, epoch, clock });
  const accessTokens = new AccessTokens(secrets, clock);
  return {
    clients,
    callers: new StoredCallers(clients, epoch, accessTokens),
    credentialUses: new CredentialUses(notes, clock),
    accessTokens,
  };
}

/** Puts together what administrators do about clients. */
export function composeClientAdmin({
  clients,
  tenants,
  clock,
  config,
  store,
}: {
  readonly clients: ClientRegister;
  readonly tenants: { of(tenant: string): { readonly types: ResourceTypes } };
  readonly clock: Clock;
  readonly config: { readonly webhookHosts: ReadonlySet<string> };
  readonly store: { readonly resources: Pick<ResourceStore, 'get'> };
}): ClientAdmin {
  return new ClientAdmin({
    clients,
    typesOf: (tenant) => tenants.of(tenant).types,
    clock,
    trustedHosts: config.webhookHosts,
    hasUser: async (tenant, id) => (await store.resources.get(tenant, 'User', id)) !== undefined,
  });
}
