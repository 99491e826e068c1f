import { packageFile, shippedAndOwn } from '../../base/package-root.ts';
import { loadResourceTypes } from '../../scim/validate/load-schemas.ts';
import type { ResourceType, ResourceTypes } from '../../scim/model/resource-type.ts';

/**
 * The resource types that ship and the operator's own, and the users' among them.
 * @param packs names of packs that ship and are switched on
 * @param schemasFolder path of the operator's folder
 * @throws SchemaError listing every fault
 */
export function loadTypes(
  packs: readonly string[],
  schemasFolder: string | undefined,
): { readonly types: ResourceTypes; readonly userType: ResourceType } {
  const types = loadResourceTypes([
    ...shippedAndOwn('schemas', undefined),
    ...packs.map((pack) => packageFile(`schemas/optional/${pack}`)),
    ...(schemasFolder === undefined ? [] : [schemasFolder]),
  ]);
  const userType = types.byName('User');
  if (userType === undefined) throw new Error('the schemas define no User');
  return { types, userType };
}
