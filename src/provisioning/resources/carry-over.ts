import { equalJson, isJsonObject, type JsonObject } from '../../base/json.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { Attribute } from '../../scim/model/schema.ts';
import { MutabilityError } from '../../scim/model/scim-error.ts';

/**
 * What a PUT makes of a stored resource (RFC 7644 §3.5.1): the body as sent, with what clients cannot write kept from
 * before: readOnly attributes, and immutable ones once they have a value.
 * @throws MutabilityError where the body has another value for an immutable attribute
 */
export function carryOver(type: ResourceType, before: Resource, body: Resource): Resource {
  const merged: Resource = carryAttributes(type.schema.attributes, before, body, '');
  for (const { schema } of type.extensions) {
    const [had, has] = [before[schema.id], body[schema.id]];
    if (!isJsonObject(had)) continue;
    const extension = carryAttributes(schema.attributes, had, isJsonObject(has) ? has : {}, `${schema.id}:`);
    if (Object.keys(extension).length > 0) merged[schema.id] = extension;
  }
  const present = type.extensions.map(({ schema }) => schema.id).filter((urn) => merged[urn] !== undefined);
  const listed = Array.isArray(body['schemas']) ? body['schemas'] : [type.schema.id];
  return { ...merged, schemas: [...new Set([...listed, ...present])] };
}

function carryAttributes(
  attributes: readonly Attribute[],
  before: JsonObject,
  body: JsonObject,
  prefix: string,
): JsonObject {
  const merged = { ...body };
  for (const { name, mutability } of attributes) {
    const [had, has] = [before[name], body[name]];
    if (had === undefined) continue;
    if (mutability === 'readOnly') merged[name] = had;
    if (mutability !== 'immutable') continue;
    if (has !== undefined && !equalJson(had, has))
      throw new MutabilityError(`${prefix}${name} cannot be changed once it has a value.`);
    merged[name] = had;
  }
  return merged;
}
