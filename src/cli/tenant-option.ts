import { Option } from 'commander';
import { rootTenant } from '../tenancy/tenant.ts';

/** Whose data a command is about. */
export interface TenantOption {
  readonly tenant: string;
}

/** The option `--tenant`. */
export function tenantOption(): Option {
  return new Option('--tenant <id>', 'the tenant it is about').default(rootTenant);
}
