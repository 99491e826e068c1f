import { packageFile } from '../../src/base/package-root.ts';
import type { ResourceType } from '../../src/scim/model/resource-type.ts';
import { loadResourceTypes } from '../../src/scim/validate/load-schemas.ts';

export const shipTypes = loadResourceTypes([packageFile('test/samples/ship-schemas')]);

/**
 * A resource type of a customer's schemas, with attributes of each characteristic that RFC 7643 §2.2 has: immutable,
 * writeOnly and readOnly ones, lists of plain values, lists within complex values, a required extension.
 */
export const shipType = onlyTypeOf(shipTypes.all());

export const shipUrn = 'urn:example:scim:schemas:core:2.0:Ship';
export const registryUrn = 'urn:example:scim:schemas:extension:registry:2.0:Ship';
export const cargoUrn = 'urn:example:scim:schemas:extension:cargo:2.0:Ship';

function onlyTypeOf([type]: readonly ResourceType[]): ResourceType {
  if (type === undefined) throw new Error('there is no resource type');
  return type;
}
