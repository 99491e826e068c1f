import { parseAttributePath, resolvePath, schemaAt } from '../model/attribute-path.ts';
import type { ResourceType } from '../model/resource-type.ts';
import type { Attribute } from '../model/schema.ts';
import { InvalidValueError } from '../model/scim-error.ts';

/** The parameters of RFC 7644 §3.9: a comma-separated text from a URL, or a list from the body of a search. */
export interface ProjectionParameters {
  readonly attributes?: string | readonly string[] | undefined;
  readonly excludedAttributes?: string | readonly string[] | undefined;
}

/** Which attributes an answer holds: those returned by default, `only` the named ones, or all `except` them. */
export type Projection =
  { readonly kind: 'default' } | { readonly kind: 'only' | 'except'; readonly named: ReadonlyMap<Attribute, Named> };

/** How an attribute was named: as a whole, or some of its sub-attributes. */
export interface Named {
  whole: boolean;
  readonly subAttributes: Set<Attribute>;
}

const maxNames = 1000;

const defaultProjection: Projection = { kind: 'default' };

/**
 * Reads `attributes` and `excludedAttributes`. Names come in any letter case, with or without URN, with a
 * sub-attribute, or as a URN alone, which names every attribute of that schema. Names that no schema knows select
 * nothing. Where both parameters are given (the RFC has no meaning for that) `attributes` counts; an empty one counts
 * as not given.
 * @throws InvalidValueError for a name that is malformed, or more than 1,000 of them
 */
export function parseProjection(
  type: ResourceType,
  { attributes, excludedAttributes }: ProjectionParameters,
): Projection {
  const only = namesOf(attributes, 'attributes');
  if (only.length > 0) return { kind: 'only', named: attributesNamed(type, only, 'attributes') };
  const except = namesOf(excludedAttributes, 'excludedAttributes');
  if (except.length > 0) return { kind: 'except', named: attributesNamed(type, except, 'excludedAttributes') };
  return defaultProjection;
}

function namesOf(parameter: string | readonly string[] | undefined, name: string): string[] {
  if (parameter === undefined) return [];
  const listed = typeof parameter === 'string' ? parameter.split(',') : parameter;
  const names = listed.map((one) => one.trim()).filter((one) => one !== '');
  if (names.length > maxNames) throw new InvalidValueError(`${name} holds more than ${maxNames} names.`);
  return names;
}

function attributesNamed(type: ResourceType, names: readonly string[], parameter: string): Map<Attribute, Named> {
  const named = new Map<Attribute, Named>();
  const entry = (attribute: Attribute): Named => {
    const found = named.get(attribute) ?? { whole: false, subAttributes: new Set() };
    named.set(attribute, found);
    return found;
  };
  for (const name of names) {
    const path = parseAttributePath(name);
    if (path === undefined) {
      throw new InvalidValueError(
        `${parameter} holds '${name.slice(0, 200)}', which is not an attribute name: send names such as userName, `
          + `name.givenName or ${type.schema.id}:userName, separated by commas.`,
      );
    }
    const schema = schemaAt(type, path);
    const resolved = schema === undefined ? resolvePath(type, path) : undefined;
    // What is returned on request only must be named itself (RFC 7643 §2.2).
    for (const attribute of schema?.attributes ?? [])
      if (attribute.returned !== 'request') entry(attribute).whole = true;
    if (resolved?.subAttribute !== undefined) entry(resolved.attribute).subAttributes.add(resolved.subAttribute);
    else if (resolved !== undefined) entry(resolved.attribute).whole = true;
  }
  return named;
}
