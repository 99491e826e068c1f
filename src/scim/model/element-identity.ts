import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { foldCase } from './case-fold.ts';
import { instantOf } from '../time/instant.ts';
import type { Attribute } from './schema.ts';

/** Says which of several values is preferred, and how one is shown: never which one it is. */
const describing: readonly string[] = ['primary', 'display'];

/** A role as Entra's AppRoleAssignmentsComplex writes it is shorter than this. */
const maxJsonText = 4096;

/**
 * A text that is equal for elements of a multi-valued attribute that are one and the same, whatever else they say
 * (RFC 7643 §2.4: no combination of `type` and `value` comes twice). Text that is not caseExact is compared folded. An
 * element without a `value`, such as an address, is known by all it says but `primary` and `display`. A role whose
 * `value` is the text of a JSON object (Entra's AppRoleAssignmentsComplex) is known by that object's `id`, else its
 * `value`.
 */
export function identityOf(attribute: Attribute, element: Json): string {
  // Told from every object: what is not one where it should be is refused, and must not vanish in another.
  if (!isJsonObject(element)) return `=${JSON.stringify(keyOf(attribute, element))}`;
  const names = identifyingNames(element);
  return JSON.stringify(names.map((name) => [name, keyAt(attribute, element, name)]));
}

/**
 * A test for "is one of these", as a client names values that are to go: the identity, of which it may leave out the
 * `type` or a part of an address. Its cost does not grow with the number of values.
 */
export function identityMatcher(attribute: Attribute, values: readonly Json[]): (element: Json) => boolean {
  const groups = new Map<string, { readonly names: readonly string[]; readonly keys: Set<string> }>();
  const keyBy = (names: readonly string[], element: Json): string =>
    JSON.stringify(
      isJsonObject(element) ? names.map((name) => keyAt(attribute, element, name)) : keyOf(attribute, element),
    );
  for (const value of values) {
    const names = isJsonObject(value) ? identifyingNames(value) : [];
    if (isJsonObject(value) && names.length === 0) continue;
    const group = groups.get(names.join()) ?? { names, keys: new Set() };
    groups.set(names.join(), group);
    group.keys.add(keyBy(names, value));
  }
  return (element) => [...groups.values()].some(({ names, keys }) => keys.has(keyBy(names, element)));
}

/**
 * What an element says beyond its identity, to be merged into the one that is there already: of what both say alike
 * the spelling that is there stays.
 * @param added has the identity of `held`
 */
export function restOf(attribute: Attribute, held: JsonObject, added: JsonObject): JsonObject {
  const settled = new Set(identifyingNames(held));
  return Object.fromEntries(
    Object.entries(added).filter(([name, value]) => !settled.has(name) || saysMore(attribute, held, name, value)),
  );
}

/**
 * Elements of which each is there once: a repetition is merged into the first one, and primary if one of them is. Two
 * different ones that are both primary are left for the JSON Schema to refuse.
 */
export function withoutRepeats(attribute: Attribute, elements: Json[]): Json[] {
  if (elements.length < 2) return elements;
  const places = new Map<string, number>();
  const kept: Json[] = [];
  for (const element of elements) {
    const identity = identityOf(attribute, element);
    const place = places.get(identity);
    const held = place === undefined ? undefined : kept[place];
    if (place === undefined) {
      places.set(identity, kept.length);
      kept.push(element);
    } else if (isJsonObject(held) && isJsonObject(element)) {
      const merged = { ...held, ...restOf(attribute, held, element) };
      kept[place] = held['primary'] === true ? { ...merged, primary: true } : merged;
    }
  }
  return kept.length === elements.length ? elements : kept;
}

function identifyingNames(element: JsonObject): readonly string[] {
  if (isPresent(element['value'])) return isPresent(element['type']) ? ['value', 'type'] : ['value'];
  const present = Object.keys(element).filter((name) => isPresent(element[name]));
  const names = present.filter((name) => !describing.includes(name));
  return (names.length === 0 ? present.filter((name) => name !== 'primary') : names).sort();
}

/** Templates of identity providers leave `""` where there is no value. */
function isPresent(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}

function keyAt(attribute: Attribute, element: JsonObject, name: string): Json {
  const subAttribute = attribute.subAttributes?.find((one) => one.name === name);
  const value = element[name] ?? null;
  if (subAttribute === undefined) return value;
  const object = name === 'value' ? jsonObjectIn(subAttribute, value) : undefined;
  const id = object?.['id'] ?? object?.['value'];
  return typeof id === 'string' ? { json: keyOf(subAttribute, id) } : keyOf(subAttribute, value);
}

function keyOf(attribute: Attribute, value: Json): Json {
  if (Array.isArray(value)) return value.map((one) => keyOf(attribute, one));
  if (typeof value !== 'string') return isJsonObject(value) ? Object.entries(value).sort(byName) : value;
  if (attribute.type === 'dateTime') return instantOf(value) ?? value;
  // Base64 is exact whatever the schema says (RFC 7643 §2.3.6).
  return attribute.caseExact || attribute.type === 'binary' ? value : foldCase(value);
}

/** Only the text of a JSON object says more than its identity: the same id with another name. */
function saysMore(attribute: Attribute, held: JsonObject, name: string, value: Json): boolean {
  const subAttribute = attribute.subAttributes?.find((one) => one.name === name);
  if (name !== 'value' || subAttribute === undefined) return false;
  const [before, after] = [jsonObjectIn(subAttribute, held[name] ?? null), jsonObjectIn(subAttribute, value)];
  return before !== undefined && after !== undefined && contentOf(before) !== contentOf(after);
}

function jsonObjectIn({ type }: Attribute, value: Json): JsonObject | undefined {
  if (type !== 'string' || typeof value !== 'string' || !value.startsWith('{') || value.length > maxJsonText)
    return undefined;
  try {
    const parsed = JSON.parse(value) as Json;
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function contentOf(object: JsonObject): string {
  return JSON.stringify(Object.entries(object).sort(byName));
}

function byName([one]: [string, Json], [other]: [string, Json]): number {
  return one < other ? -1 : 1;
}
