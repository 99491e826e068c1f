import type { RecordWithGroups, ResourceStore } from './resource-store.ts';

/** `getWithGroups` of a store for which two reads cost no more than one. */
export async function readWithGroups(
  store: Pick<ResourceStore, 'get' | 'groupsOf'>,
  tenant: string,
  type: string,
  id: string,
): Promise<RecordWithGroups | undefined> {
  const record = await store.get(tenant, type, id);
  return record && { record, groups: (await store.groupsOf(tenant, [id])).get(id) ?? [] };
}
