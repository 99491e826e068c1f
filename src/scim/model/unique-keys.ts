import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { foldCase } from './case-fold.ts';
import type { Resource } from './resource.ts';
import type { ResourceType } from './resource-type.ts';
import type { Attribute } from './schema.ts';

/** An attribute whose values no two resources may share, with the beginning of its keys. */
interface UniqueAttribute {
  /** As details call it. */
  readonly path: string;
  readonly prefix: string;
  /** The keys to go through from the top of the resource. */
  readonly steps: readonly string[];
  readonly attribute: Attribute;
}

/**
 * The values of a resource that must be unique within its type, as keys such as `username:ines@entra.example`: every
 * attribute and sub-attribute whose `uniqueness` is `server` or `global` (RFC 7643 §2.2), folded where it is not
 * caseExact. An empty text does not count.
 */
export function uniqueKeysOf(type: ResourceType, resource: Resource): string[] {
  const keys = new Set<string>();
  for (const { prefix, steps, attribute } of uniqueAttributesOf(type)) {
    for (const value of valuesAt(resource, steps)) if (value !== '') keys.add(prefix + normalText(attribute, value));
  }
  return [...keys];
}

/**
 * The attribute that a key of `uniqueKeysOf` is about, as error details name it; undefined for keys of another
 * origin.
 */
export function attributeOfUniqueKey(type: ResourceType, key: string): string | undefined {
  return uniqueAttributesOf(type).find(({ prefix }) => key.startsWith(prefix))?.path;
}

const prepared = new WeakMap<ResourceType, readonly UniqueAttribute[]>();

function uniqueAttributesOf(type: ResourceType): readonly UniqueAttribute[] {
  let unique = prepared.get(type);
  if (unique === undefined) {
    unique = [
      ...uniqueAmong(type.schema.attributes, [], ''),
      ...type.extensions.flatMap(({ schema }) => uniqueAmong(schema.attributes, [schema.id], `${schema.id}:`)),
    ];
    prepared.set(type, unique);
  }
  return unique;
}

function uniqueAmong(attributes: readonly Attribute[], steps: readonly string[], prefix: string): UniqueAttribute[] {
  return attributes.flatMap((attribute) => {
    const path = prefix + attribute.name;
    const inner = uniqueAmong(attribute.subAttributes ?? [], [...steps, attribute.name], `${path}.`);
    if (attribute.uniqueness === 'none') return inner;
    return [{ path, prefix: `${path.toLowerCase()}:`, steps: [...steps, attribute.name], attribute }, ...inner];
  });
}

function valuesAt(resource: JsonObject, steps: readonly string[]): readonly Json[] {
  let values: readonly Json[] = [resource];
  for (const step of steps) {
    // Most are texts at the top of the resource, and every write asks for them twice: no list is made for those.
    const [only] = values;
    values =
      values.length === 1 && only !== undefined
        ? valuesUnder(only, step)
        : values.flatMap((value) => valuesUnder(value, step));
  }
  return values;
}

function valuesUnder(value: Json, step: string): readonly Json[] {
  const under = isJsonObject(value) ? value[step] : undefined;
  if (under === undefined || under === null) return [];
  return Array.isArray(under) ? under : [under];
}

function normalText(attribute: Attribute, value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return attribute.caseExact ? text : foldCase(text);
}
