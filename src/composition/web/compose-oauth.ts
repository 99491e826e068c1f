import type { IsTrustedHop } from '../../caller/address-of.ts';
import type { CallRates } from '../../caller/call-rates.ts';
import { AssertionVerifier } from '../../clients/tokens/assertion-verifier.ts';
import { ClientProver } from '../../clients/tokens/client-prover.ts';
import { createFetchKeySet } from '../../clients/keys/fetch-key-set.ts';
import { KeySets } from '../../clients/keys/key-sets.ts';
import { TokenEndpoint } from '../../clients/tokens/token-endpoint.ts';
import { createRevocationRouter, revocationPath } from '../../oauth/revocation-router.ts';
import { EndSessions } from '../../provisioning/access/end-sessions.ts';
import { createTokenRouter } from '../../oauth/token-router.ts';
import { SuspendedTenantError } from '../../tenancy/authenticate-for-tenant.ts';
import { tenantOfRequest } from '../../tenancy/request-tenant.ts';
import type { Core } from '../core/core.ts';

/** Puts together what issues access tokens, and what ends sessions at the word of a provider. */
export function composeOauth(
  core: Core,
  isTrustedHop: IsTrustedHop,
  rates: CallRates,
): readonly ReturnType<typeof createTokenRouter>[] {
  const { accessTokens, clients, clock, config, credentialUses, log, store, tenants } = core;
  const keySets = new KeySets({
    fetchText: createFetchKeySet(config.webhookHosts),
    now: () => clock.now().getTime(),
    log,
  });
  const verifier = new AssertionVerifier({ keySets, notes: store.notes, clock });
  const prover = new ClientProver({ clients, verifier, clock });
  const shared = {
    isTrustedHop,
    rates,
    tenantOf: tenantOfRequest,
    isServed: async (id: string) => {
      const tenant = await tenants.load(id);
      if (tenant?.status === 'suspended') throw new SuspendedTenantError(tenant);
      return tenant !== undefined;
    },
  };
  const endpoint = new TokenEndpoint({
    prover,
    tokens: accessTokens,
    issuerOf: core.publicUrlOf,
    otherUses: (issuer) => [issuer + revocationPath],
    more: (issuer) => ({
      global_token_revocation_endpoint: issuer + revocationPath,
      global_token_revocation_endpoint_auth_methods_supported: ['private_key_jwt'],
    }),
  });
  return [
    createTokenRouter({ ...shared, endpoint, uses: credentialUses, log }),
    createRevocationRouter({
      ...shared,
      prover,
      issuerOf: core.publicUrlOf,
      sessions: new EndSessions({ ...core, store: store.resources }),
    }),
  ];
}
