import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { commonAttributes } from '../model/common-attributes.ts';
import { isPublic } from '../model/public-part.ts';
import type { Include } from '../port/resource-handler.ts';
import type { Resource } from '../model/resource.ts';
import type { ResourceType } from '../model/resource-type.ts';
import type { Attribute } from '../model/schema.ts';
import type { Projection } from './projection.ts';

/**
 * Takes from a resource what its answer may show (RFC 7643 §2.2 `returned`, RFC 7644 §3.9): never what is `never`
 * returned, always what is `always` returned, what is returned on `request` only when named; `schemas` goes by what is
 * shown. Values of an attribute that no schema defines any more are not shown, because nothing says whether they may
 * be.
 * @returns the same object when nothing is removed
 */
export function projectAttributes(type: ResourceType, resource: Resource, projection: Projection): Resource {
  if (projection.kind === 'default' && isPublic(type, resource)) return resource;
  const returns = returnsOf(type);
  const projected: Resource = {};
  for (const key of Object.keys(resource)) {
    const value = resource[key];
    const attribute = returns.attributes.get(key);
    const part =
      attribute === undefined
        ? extensionPart(returns.extensionAttributes.get(key), value, projection)
        : storedPart(attribute, value, projection);
    if (part !== undefined) projected[key] = part;
  }
  if (Array.isArray(projected['schemas'])) projected['schemas'] = schemasIn(type, projected, projected['schemas']);
  return projected;
}

/**
 * Takes from one element of a multi-valued attribute what an answer may show; for values that are kept outside their
 * resource and streamed.
 * @returns undefined when nothing of the element is left
 */
export function projectElement(
  attribute: Attribute,
  element: JsonObject,
  projection: Projection,
): JsonObject | undefined {
  const part = attributePart(attribute, element, projection);
  return isJsonObject(part) ? part : undefined;
}

/** Which of the attributes that cost extra to compute the answer will show. */
export function projectionWants(type: ResourceType, projection: Projection): Include {
  const wants = (name: 'members' | 'groups'): boolean => {
    const resolved = type.resolve({ attribute: name });
    return resolved?.relation === name && choiceOf(resolved.attribute, projection) !== 'none';
  };
  return { members: wants('members'), groups: wants('groups') };
}

/** Whether an attribute is shown, and if so whether its sub-attributes are sifted. */
function choiceOf(attribute: Attribute, projection: Projection): 'none' | 'whole' | 'some' {
  if (attribute.returned === 'never') return 'none';
  const named = projection.kind === 'default' ? undefined : projection.named.get(attribute);
  const sifted =
    (named !== undefined && named.subAttributes.size > 0) || attribute.subAttributes?.some(isRestricted) === true;
  const shown = sifted ? 'some' : 'whole';
  if (attribute.returned === 'always') return shown;
  if (projection.kind === 'only') return named === undefined ? 'none' : shown;
  return attribute.returned === 'request' || named?.whole === true ? 'none' : shown;
}

function isRestricted(attribute: Attribute): boolean {
  return (
    attribute.returned === 'never'
    || attribute.returned === 'request'
    || attribute.subAttributes?.some(isRestricted) === true
  );
}

/** Of a stored value even the whole is sifted: it may be older than the schema. */
function storedPart(attribute: Attribute, value: Json | undefined, projection: Projection): Json | undefined {
  const choice = choiceOf(attribute, projection);
  return attributePart(
    attribute,
    value,
    projection,
    choice === 'whole' && attribute.subAttributes !== undefined ? 'some' : choice,
  );
}

/**
 * `schemas` lists the schemas of the attributes present (RFC 7643 §3): an extension is listed only if one of its
 * attributes is returned.
 */
function schemasIn(type: ResourceType, projected: Resource, schemas: readonly Json[]): Json[] {
  return schemas.filter((urn) => typeof urn === 'string' && (urn === type.schema.id || Object.hasOwn(projected, urn)));
}

function attributePart(
  attribute: Attribute,
  value: Json | undefined,
  projection: Projection,
  choice = choiceOf(attribute, projection),
): Json | undefined {
  if (choice === 'none' || value === undefined) return undefined;
  if (choice === 'whole') return value;
  if (isJsonObject(value)) return complexPart(attribute, value, projection);
  if (!Array.isArray(value)) return value;
  const elements = value.flatMap((one) => (isJsonObject(one) ? (complexPart(attribute, one, projection) ?? []) : one));
  return elements.length === 0 ? undefined : elements;
}

function complexPart(attribute: Attribute, value: JsonObject, projection: Projection): JsonObject | undefined {
  const part: JsonObject = {};
  for (const subAttribute of attribute.subAttributes ?? []) {
    const subValue = value[subAttribute.name];
    if (subValue !== undefined && showsSubAttribute(attribute, subAttribute, projection))
      part[subAttribute.name] = subValue;
  }
  return Object.keys(part).length === 0 ? undefined : part;
}

function showsSubAttribute(attribute: Attribute, subAttribute: Attribute, projection: Projection): boolean {
  if (subAttribute.returned === 'never') return false;
  if (subAttribute.returned === 'always') return true;
  const named = projection.kind === 'default' ? undefined : projection.named.get(attribute);
  const itself = named?.subAttributes.has(subAttribute) === true;
  const byDefault = subAttribute.returned === 'default';
  if (projection.kind !== 'only') return byDefault && !itself;
  return itself || (byDefault && (named?.whole === true || attribute.returned === 'always'));
}

function extensionPart(
  attributes: ReadonlyMap<string, Attribute> | undefined,
  value: Json | undefined,
  projection: Projection,
): JsonObject | undefined {
  if (attributes === undefined || !isJsonObject(value)) return undefined;
  const part: JsonObject = {};
  for (const name of Object.keys(value)) {
    const attribute = attributes.get(name);
    const kept = attribute && storedPart(attribute, value[name], projection);
    if (kept !== undefined) part[name] = kept;
  }
  return Object.keys(part).length === 0 ? undefined : part;
}

/** How a resource type's attributes are returned, ready for look-ups. */
interface Returns {
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly extensionAttributes: ReadonlyMap<string, ReadonlyMap<string, Attribute>>;
}

const prepared = new WeakMap<ResourceType, Returns>();

function returnsOf(type: ResourceType): Returns {
  let returns = prepared.get(type);
  if (returns === undefined) {
    const own = [...commonAttributes, ...type.schema.attributes];
    returns = {
      attributes: byName(own),
      extensionAttributes: new Map(type.extensions.map(({ schema }) => [schema.id, byName(schema.attributes)])),
    };
    prepared.set(type, returns);
  }
  return returns;
}

function byName(attributes: readonly Attribute[]): ReadonlyMap<string, Attribute> {
  return new Map(attributes.map((attribute) => [attribute.name, attribute]));
}
