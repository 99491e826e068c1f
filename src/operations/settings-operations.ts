import type { JsonObject } from '../base/json.ts';
import { settingName } from '../config/parse-settings.ts';
import type { Settings } from '../config/settings.ts';
import { ScimError } from '../scim/model/scim-error.ts';
import { namedSettings } from '../tenancy/layered-settings.ts';
import { reservedChange } from '../tenancy/reserved-settings.ts';
import type { TenantChanges } from '../tenancy/tenant-changes.ts';
import type { Tenants } from '../tenancy/tenants.ts';
import { operation, type Operation } from './operation.ts';

/** What the operations work with. */
export interface SettingsOperationsParts {
  readonly tenants: Tenants;
  readonly changes: TenantChanges;
  /** The product's defaults. */
  readonly defaults: Settings;
}

/** What administrators see of their tenant's settings, and change. */
export function settingsOperations({
  tenants,
  changes,
  defaults,
}: SettingsOperationsParts): Readonly<Record<string, Operation>> {
  const view = (tenant: string): object => ({
    settings: tenants.of(tenant).settings,
    own: tenants.own(tenant),
    pinned: namedSettings(tenants.pinned(tenant)).map(settingName),
    defaults,
  });
  return {
    getSettings: operation(({ actor: { tenant } }) => ({ body: view(tenant) })),
    changeSettings: operation<JsonObject>(async ({ actor: { tenant, rights }, body }) => {
      const reserved = reservedChange(body, tenants.of(tenant).settings);
      if (reserved !== undefined && rights?.scopes.includes('operator') !== true)
        throw new ScimError(
          403,
          undefined,
          `${reserved} uses secrets or servers of the installation: only the operator of the installation may set it.`,
        );
      await changes.changeSettings(tenant, body);
      return { body: view(tenant) };
    }),
  };
}
