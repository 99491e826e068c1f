import { soon } from '../base/soon.ts';
import { type Authenticate, type Credentials, unknownToken } from '../caller/authenticate.ts';
import type { Caller } from '../domain/client.ts';
import { ScimError } from '../scim/model/scim-error.ts';
import type { Tenant } from './tenant.ts';
import type { Tenants } from './tenants.ts';

/** What a suspended tenant's client asks for is refused. */
export class SuspendedTenantError extends ScimError {
  constructor({ name }: Pick<Tenant, 'name'>) {
    super(
      403,
      undefined,
      `the tenant '${name}' is suspended: nothing is read, changed or sent until its operator resumes it`,
    );
  }
}

/**
 * Makes the check of who calls where there are tenants: the client's tenant must be there and not suspended.
 * @param authenticate takes clients of the request's own tenant alone
 * @throws SuspendedTenantError 403; what `authenticate` throws
 */
export function authenticateForTenant(
  authenticate: Authenticate,
  tenants: Pick<Tenants, 'find' | 'ensure'>,
): Authenticate {
  const allowed = (client: Caller): Caller => {
    const tenant = tenants.find(client.tenant);
    // It was erased, and its client is still remembered.
    if (tenant === undefined) throw unknownToken();
    if (tenant.status === 'suspended') throw new SuspendedTenantError(tenant);
    return client;
  };
  return (request: Credentials) =>
    soon(authenticate(request), (client) =>
      tenants.find(client.tenant) === undefined
        ? tenants.ensure([client.tenant]).then(() => allowed(client))
        : allowed(client),
    );
}
