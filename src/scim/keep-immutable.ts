import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { Resource } from './resource.ts';
import type { ResourceType } from './resource-type.ts';
import type { Attribute } from './schema.ts';
import { MutabilityError } from './scim-error.ts';

/**
 * Holds a replacement to what is immutable (RFC 7644 §3.5.1): a value once set stays, whether it is named or not; one not yet set is taken.
 * Elements of multi-valued attributes are replaced as wholes, so nothing inside them is compared.
 * @param stored the resource as it is, in canonical spelling
 * @param replacement what is to take its place; not changed
 * @returns the replacement with what it left out of the immutable values
 * @throws MutabilityError naming the attribute that would change
 */
export function keepImmutable(type: ResourceType, stored: Resource, replacement: Resource): Resource {
  const kept = keepAmong(type.schema.attributes, stored, replacement, '');
  for (const { schema } of type.extensions) {
    const before = stored[schema.id];
    const after = kept[schema.id] ?? {};
    if (!isJsonObject(before) || !isJsonObject(after)) continue;
    const extension = keepAmong(schema.attributes, before, after, `${schema.id}:`);
    if (Object.keys(extension).length > 0) kept[schema.id] = extension;
  }
  return kept;
}

function keepAmong(attributes: readonly Attribute[], stored: JsonObject, replacement: JsonObject, prefix: string): JsonObject {
  const kept = { ...replacement };
  for (const attribute of attributes) {
    const before = stored[attribute.name];
    const after = replacement[attribute.name];
    if (before === undefined) continue;
    const place = prefix + attribute.name;
    if (attribute.mutability === 'immutable') {
      if (after !== undefined && !isDeepStrictEqual(before, after)) {
        throw new MutabilityError(`${place} is set once and cannot be changed: send the value it has, or leave it out.`);
      }
      kept[attribute.name] = before;
    } else if (isJsonObject(before) && (after === undefined || isJsonObject(after))) {
      const complex = keepAmong(attribute.subAttributes ?? [], before, after ?? {}, `${place}.`);
      if (Object.keys(complex).length > 0) kept[attribute.name] = complex;
    }
  }
  return kept;
}
