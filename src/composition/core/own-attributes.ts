import type { SettingsCheck } from '../../config/parse-settings.ts';
import type { OwnAttributeKind, Settings } from '../../config/settings.ts';
import { ResourceType, ResourceTypes } from '../../scim/model/resource-type.ts';
import type { Schema } from '../../scim/model/schema.ts';
import { prepareValidation } from '../../scim/validate/validate-resource.ts';
import { completeAttribute } from '../../scim/validate/written-schema.ts';

/** The extension of users that holds the attributes a tenant has added. */
export const ownAttributesUrn = 'urn:ietf:params:scim:schemas:extension:tenant:2.0:User';

/** Sets of attributes whose types are remembered: as many as there are tenants with attributes of their own, about. */
const mostKnown = 500;

/**
 * Makes the way from a tenant's settings to its resource types: the installation's, and in `User` what the tenant has
 * added (`scim.attributes`). Tenants with the same attributes share their types.
 */
export function createTypesOf(shared: ResourceTypes): (settings: Settings) => ResourceTypes {
  const known = new Map<string, ResourceTypes>();
  return ({ scim: { attributes } }) => {
    if (Object.keys(attributes).length === 0) return shared;
    const key = JSON.stringify(attributes);
    const found = known.get(key) ?? typesWith(shared, schemaOf(attributes));
    known.delete(key);
    known.set(key, found);
    if (known.size > mostKnown) known.delete(known.keys().next().value!);
    return found;
  };
}

/** A resource type as a tenant has it, where its users have attributes of their own. */
export function createTypeOf(
  shared: ResourceTypes,
  typesOf: (tenant: string) => ResourceTypes,
): (tenant: string, type: ResourceType) => ResourceType {
  return (tenant, type) => {
    const types = typesOf(tenant);
    return types === shared ? type : (types.byName(type.name) ?? type);
  };
}

/** A tenant's attributes have names that no schema of users has: a name without a URN means one thing. */
export function checkOwnAttributes(userType: ResourceType): SettingsCheck {
  return ({ scim: { attributes } }) => {
    const seen = new Set<string>();
    for (const name of Object.keys(attributes)) {
      const at = (fault: string) => ({ path: ['scim', 'attributes', name], fault });
      if (name in Object.prototype) return at('cannot be used as the name of an attribute');
      if (hasAttribute(userType, name)) return at('is an attribute of users already: choose another name');
      if (seen.has(name.toLowerCase())) return at('is there twice: letter case does not count');
      seen.add(name.toLowerCase());
    }
    return undefined;
  };
}

function hasAttribute(userType: ResourceType, name: string): boolean {
  const urns = [undefined, ...userType.extensions.map(({ schema }) => schema.id)];
  return urns.some((schema) => {
    const path = schema === undefined ? { attribute: name } : { schema, attribute: name };
    return userType.resolve(path) !== undefined;
  });
}

function schemaOf(attributes: Readonly<Record<string, OwnAttributeKind>>): Schema {
  return {
    id: ownAttributesUrn,
    name: 'Own attributes',
    description: 'Attributes that this tenant has added.',
    attributes: Object.entries(attributes).map(([name, kind]) =>
      completeAttribute(kind === 'strings' ? { name, type: 'string', multiValued: true } : { name, type: kind }),
    ),
  };
}

function typesWith(shared: ResourceTypes, schema: Schema): ResourceTypes {
  return new ResourceTypes(
    shared.all().map((type) => {
      if (type.name !== 'User') return type;
      const { definition, extensions } = type;
      const made = new ResourceType(
        { ...definition, schemaExtensions: [...definition.schemaExtensions, { schema: schema.id, required: false }] },
        type.schema,
        [...extensions, { schema, required: false }],
      );
      prepareValidation(made);
      return made;
    }),
  );
}
