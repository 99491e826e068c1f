import type { IsTrustedHop } from '../caller/address-of.ts';
import type { CallRates } from '../caller/call-rates.ts';
import { AssertionVerifier } from '../clients/assertion-verifier.ts';
import { ClientProver } from '../clients/client-prover.ts';
import { createFetchKeySet } from '../clients/fetch-key-set.ts';
import { KeySets } from '../clients/key-sets.ts';
import { TokenEndpoint } from '../clients/token-endpoint.ts';
import { createTokenRouter } from '../oauth/token-router.ts';
import { SuspendedTenantError } from '../tenancy/authenticate-for-tenant.ts';
import { tenantOfRequest } from '../tenancy/request-tenant.ts';
import type { Core } from './core.ts';

/** Puts together what issues access tokens. */
export function composeOauth(
  core: Core,
  isTrustedHop: IsTrustedHop,
  rates: CallRates,
): ReturnType<typeof createTokenRouter> {
  const { accessTokens, clients, clock, config, credentialUses, log, store, tenants } = core;
  const keySets = new KeySets({
    fetchText: createFetchKeySet(config.webhookHosts),
    now: () => clock.now().getTime(),
    log,
  });
  const verifier = new AssertionVerifier({ keySets, notes: store.notes, clock });
  return createTokenRouter({
    endpoint: new TokenEndpoint({
      prover: new ClientProver({ clients, verifier, clock }),
      tokens: accessTokens,
      issuerOf: core.publicUrlOf,
    }),
    uses: credentialUses,
    isTrustedHop,
    rates,
    tenantOf: tenantOfRequest,
    isServed: async (id) => {
      const tenant = await tenants.load(id);
      if (tenant?.status === 'suspended') throw new SuspendedTenantError(tenant);
      return tenant !== undefined;
    },
    log,
  });
}
