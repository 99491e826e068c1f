import type { AttributePath, ResolvedAttribute, ResourceType } from './resource-type.ts';
import type { Schema } from './schema.ts';

/** RFC 7644 §3.4.2.2: ATTRNAME; and `$ref`, which the RFC's own grammar forgets. */
const attributeName = /^(?:[A-Za-z][\w-]*|\$ref)$/i;

/** What can follow a colon or a dot of a URN that ends there, such as the 2 and the 0 of `…:2.0`. */
const urnPart = /^(?:[\w-]+|\$ref)$/i;

/**
 * Takes `[URN:]attribute[.subAttribute]` apart (RFC 7644 §3.10). The URN ends at the last colon; but where two dots
 * follow that, a client has joined the attribute to the URN with a dot (`…:2.0:User.manager.value`, as Entra ID's
 * inbound collection does). Whether the rest is an attribute or still the URN only a schema can tell: see
 * `resolvePath` and `schemaAt`.
 * @returns undefined when the text is not of that form
 */
export function parseAttributePath(text: string): AttributePath | undefined {
  const colon = text.lastIndexOf(':');
  const names = text.slice(colon + 1).split('.', 4);
  if (colon < 0) return names.every((name) => attributeName.test(name)) ? pathOf(undefined, names) : undefined;
  if (colon === 0 || !names.every((name) => urnPart.test(name))) return undefined;
  const urn = text.slice(0, colon);
  return names.length === 3 ? pathOf(`${urn}:${names[0]}`, names.slice(1)) : pathOf(urn, names);
}

function pathOf(schema: string | undefined, [attribute, subAttribute, ...deeper]: string[]): AttributePath | undefined {
  if (attribute === undefined || deeper.length > 0) return undefined;
  return {
    ...(schema === undefined ? {} : { schema }),
    attribute,
    ...(subAttribute === undefined ? {} : { subAttribute }),
  };
}

/** The path as a caller would write it, for error details. */
export function formatAttributePath({ schema, attribute, subAttribute }: AttributePath): string {
  const urn = schema === undefined ? '' : `${schema}:`;
  return `${urn}${attribute}${subAttribute === undefined ? '' : `.${subAttribute}`}`;
}

/**
 * What a path means for a resource type, its dotted spelling (`…:2.0:User.manager`) included.
 * @returns undefined when the type has no such attribute
 */
export function resolvePath(type: ResourceType, path: AttributePath): ResolvedAttribute | undefined {
  const found = type.resolve(path);
  if (found !== undefined || path.schema === undefined || path.subAttribute === undefined) return found;
  return type.resolve({ schema: `${path.schema}:${path.attribute}`, attribute: path.subAttribute });
}

/** The schema that a path names when it is a bare URN instead of an attribute, as in `urn:…:enterprise:2.0:User pr`. */
export function schemaAt(type: ResourceType, path: AttributePath): Schema | undefined {
  return path.schema === undefined ? undefined : type.schemaOf(formatAttributePath(path));
}
