import { allScopes } from '../../domain/client.ts';
import { usualEnd } from '../../clients/credentials/credential-life.ts';
import { parseSettings } from '../../config/parse-settings.ts';
import type { Operation } from '../../operations/operation.ts';
import { secretOperations } from '../../operations/access/secret-operations.ts';
import { settingsOperations } from '../../operations/settings-operations.ts';
import { tenantOperations } from '../../operations/access/tenant-operations.ts';
import type { Core } from '../core/core.ts';
import { exportTenant, type ExportParts } from './export-tenant.ts';

/** What a tenant's first client may do: everything but what is the operator's. */
const firstScopes = allScopes.filter((scope) => scope !== 'operator');

/** What it is put together from. */
export type TenancyParts = Pick<Core, 'tenants' | 'changes' | 'clients' | 'clock' | 'keptSecrets' | 'settingsOf'>
  & ExportParts;

/**
 * Puts together what is done about tenants and their settings.
 * @param onResumed called when a tenant may send again
 */
export function composeTenancy(core: TenancyParts, onResumed: () => void): Readonly<Record<string, Operation>> {
  const { tenants, changes, clients, clock, keptSecrets: kept, settingsOf } = core;
  const { settings: defaults } = parseSettings({});
  if (defaults === undefined) throw new Error('the schema of the settings refuses its own defaults');
  return {
    ...tenantOperations({
      tenants,
      changes,
      onResumed,
      exportOf: (tenant) => exportTenant(core, tenant),
      addFirstClient: async (tenant) => {
        const client = await clients.add({ tenant, name: 'first', profile: 'auto', scopes: firstScopes });
        if (client === undefined) throw new Error('the id of a new client was taken');
        const draft = { tenant, client: client.id, kind: 'token', expiresAt: usualEnd(clock) } as const;
        const made = await clients.credentials.add(draft);
        if (made?.value === undefined) throw new Error('a new client got no token');
        return { client: client.id, token: made.value };
      },
    }),
    ...settingsOperations({ tenants, changes, kept, defaults }),
    ...secretOperations({ kept, settingsOf }),
  };
}
