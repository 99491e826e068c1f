import type { Dialect } from '../model/dialects.ts';
import { elementFilter } from './element-filter.ts';
import type { ElementFilter } from './element-filter.ts';
import type { Filter } from '../filter/filter.ts';
import { parsePath } from '../filter/path.ts';
import type { AttributePath, ResolvedAttribute, ResourceType } from '../model/resource-type.ts';
import type { Attribute, Schema } from '../model/schema.ts';
import { InvalidPathError, MutabilityError } from '../model/scim-error.ts';

/** What the path of an operation means for a resource type. */
export type PatchTarget =
  /** The path was the URN of a schema alone: all its attributes. */
  { readonly kind: 'schema'; readonly schema: Schema; readonly extension: boolean } | AttributeTarget;

/** An attribute, or elements of it, or a sub-attribute of these. */
export interface AttributeTarget {
  readonly kind: 'attribute';
  /** Of the attribute itself, without the sub-attribute. */
  readonly resolved: ResolvedAttribute;
  readonly attribute: Attribute;
  readonly subAttribute: Attribute | undefined;
  /** The elements meant; undefined: all of them, or the attribute as a whole. */
  readonly elements: ElementFilter | undefined;
  /** The filter as written, for relations, which are kept elsewhere. */
  readonly filter: Filter | undefined;
}

/**
 * Finds what a path means.
 * @throws InvalidPathError for a malformed path, an unknown attribute, a filter on what has no elements, a
 *   sub-attribute of what has none;
 *   InvalidFilterError for a filter that does not suit the attribute
 */
export function resolveTarget(type: ResourceType, text: string, dialect: Dialect): PatchTarget {
  const schema = type.schemaOf(text);
  if (schema !== undefined && dialect.permits('schemaPath'))
    return { kind: 'schema', schema, extension: schema !== type.schema };
  const { path, filter, subAttribute } = parsePath(withColonAfterUrn(type, text, dialect));
  const whole: AttributePath = {
    ...(path.schema === undefined ? {} : { schema: path.schema }),
    attribute: path.attribute,
  };
  const resolved = type.resolve(whole);
  if (resolved === undefined) throw new InvalidPathError(`"${text.slice(0, 200)}" names no attribute of ${type.name}.`);
  const { attribute } = resolved;
  if (filter !== undefined && (!attribute.multiValued || path.subAttribute !== undefined)) {
    // Not the path as sent: its filter may hold a password's value.
    throw new InvalidPathError(
      `"${attribute.name}": a filter chooses among the elements of a multi-valued attribute, and `
        + 'comes right after its name.',
    );
  }
  const name = path.subAttribute ?? subAttribute;
  return {
    kind: 'attribute',
    resolved,
    attribute,
    filter,
    subAttribute: name === undefined ? undefined : subAttributeOf(attribute, name),
    elements:
      filter === undefined || resolved.relation !== undefined
        ? undefined
        : elementFilter(type, resolved, filter, dialect),
  };
}

/**
 * Refuses what no client may change.
 * @throws MutabilityError when the attribute or sub-attribute is readOnly (RFC 7644 §3.5.2)
 */
export function refuseReadOnly({ attribute, subAttribute }: AttributeTarget): void {
  if (attribute.mutability === 'readOnly') throw new MutabilityError(`"${attribute.name}" is readOnly.`);
  if (subAttribute?.mutability === 'readOnly')
    throw new MutabilityError(`"${attribute.name}.${subAttribute.name}" is readOnly.`);
}

function subAttributeOf(attribute: Attribute, name: string): Attribute {
  const found = attribute.subAttributes?.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found === undefined) throw new InvalidPathError(`"${attribute.name}" has no sub-attribute "${name}".`);
  return found;
}

/** Rule `dotAfterUrn`: `urn:…:2.0:User.manager` is read as `urn:…:2.0:User:manager`. */
function withColonAfterUrn(type: ResourceType, text: string, dialect: Dialect): string {
  if (!/^urn:/i.test(text)) return text;
  for (const { id } of [type.schema, ...type.extensions.map((extension) => extension.schema)]) {
    if (
      text[id.length] === '.'
      && text.slice(0, id.length).toLowerCase() === id.toLowerCase()
      && dialect.permits('dotAfterUrn')
    ) {
      return `${id}:${text.slice(id.length + 1)}`;
    }
  }
  return text;
}
