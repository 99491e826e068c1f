import { Option } from 'commander';
import type { Core } from '../composition/core.ts';
import { ConfigError, readConfig } from '../config/config.ts';
import { rootTenant } from '../tenancy/tenant.ts';
import { withCore } from './with-core.ts';

/** Whose data a command is about. */
export interface TenantOption {
  readonly tenant: string;
}

/** The option `--tenant`. */
export function tenantOption(): Option {
  return new Option('--tenant <id>', 'the tenant it is about').default(rootTenant);
}

/**
 * Does a command's work for a tenant.
 * @throws ConfigError when there is no such tenant; what `withCore` throws
 */
export function inTenant(tenant: string, use: (core: Core) => Promise<void>): Promise<void> {
  return withCore(readConfig(process.env).config, async (core) => {
    if (core.tenants.find(tenant) === undefined) throw new ConfigError([`there is no tenant '${tenant}'`]);
    await use(core);
  });
}
