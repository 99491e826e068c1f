import { isJsonObject } from '../../base/json.ts';
import { isActive } from './event-policy.ts';
import { emailAddress } from './first-key-address.ts';
import type { ResourceStore, StoredRecord } from '../records/resource-store.ts';

const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** The record of a user's manager (RFC 7643 §4.3); undefined when none is named, or not one of ours. */
export async function managerOf(
  store: ResourceStore,
  { tenant, resource }: StoredRecord,
): Promise<StoredRecord | undefined> {
  const extension = resource[enterpriseUrn];
  const manager = isJsonObject(extension) ? extension['manager'] : undefined;
  const id = isJsonObject(manager) ? manager['value'] : undefined;
  return typeof id === 'string' ? store.get(tenant, 'User', id) : undefined;
}

/** Where a manager is written to; undefined for one who is gone. */
export function addressOf(manager: StoredRecord | undefined): string | undefined {
  return manager === undefined || !isActive(manager.resource) ? undefined : emailAddress(manager.resource);
}
