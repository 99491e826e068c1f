import { ResourceType, ResourceTypes } from './resource-type.ts';
import type { Schema } from './schema.ts';

/** What puts a password on the wire, or asks for one to be mailed. */
const passwordNames: readonly string[] = ['password', 'sendPassword'];

/**
 * The same resource types without the attributes that carry passwords, as OpenID's IPSIE profiles want them: they are
 * in no schema, so they are refused like every attribute that is not known. A first key is asked for by
 * `preRegistration`.
 */
export function withoutPasswords(types: ResourceTypes): ResourceTypes {
  return new ResourceTypes(
    types.all().map(
      ({ definition, schema, extensions }) =>
        new ResourceType(
          definition,
          stripped(schema),
          extensions.map((extension) => ({ ...extension, schema: stripped(extension.schema) })),
        ),
    ),
  );
}

function stripped(schema: Schema): Schema {
  const attributes = schema.attributes.filter(({ name }) => !passwordNames.includes(name));
  return attributes.length === schema.attributes.length ? schema : { ...schema, attributes };
}
