import type { JsonObject } from '../../base/json.ts';
import type { ResourceStore } from '../../provisioning/records/resource-store.ts';
import { projectAttributes } from '../../scim/answer/project-attributes.ts';
import { parseProjection } from '../../scim/answer/projection.ts';
import { parseAttributePath, resolvePath } from '../../scim/model/attribute-path.ts';
import type { ResourceType, ResourceTypes } from '../../scim/model/resource-type.ts';

/** Reads attributes of a user as they are now; undefined when there is no such user. */
export type AttributesOf = (
  tenant: string,
  userId: string,
  names: readonly string[],
) => Promise<JsonObject | undefined>;

/**
 * Makes the way in which webhooks read what their endpoints asked for: what a SCIM answer would show of it, no more.
 */
export function createAttributesOf(
  store: Pick<ResourceStore, 'get'>,
  typesOf: (tenant: string) => ResourceTypes,
): AttributesOf {
  return async (tenant, userId, names) => {
    const userType = typesOf(tenant).byName('User');
    if (userType === undefined) return undefined;
    const record = await store.get(tenant, userType.name, userId);
    if (record === undefined) return undefined;
    return projectAttributes(userType, record.resource, parseProjection(userType, { attributes: names }));
  };
}

/** True when a user has an attribute of this name that answers may show (RFC 7643 §2.2: `returned` is not `never`). */
export function mayTell(userType: ResourceType, name: string): boolean {
  const path = parseAttributePath(name);
  const found = path === undefined ? undefined : resolvePath(userType, path);
  return found !== undefined && (found.subAttribute ?? found.attribute).returned !== 'never';
}
