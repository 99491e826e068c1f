import type { Json, JsonObject } from '../../../base/json.ts';

const refused = /[%.$\0]|^_bsontype$/;
const refusedCharacters = /[%.$\0]|^_(?=bsontype$)/g;
const escape = /%([0-9a-f]{2})/g;

/**
 * Writes the names of a JSON object, at every depth, so that MongoDB takes them for what they are: URNs hold dots,
 * `$ref` looks like an operator, and the driver takes an object with `_bsontype` for a value of its own. Those
 * characters become `%2e`, `%24`, `%5f`, a percent sign `%25`. Members that are undefined are left out.
 */
export function encodeNames(value: object): JsonObject {
  return mapNames(value as JsonObject, encodeName) as JsonObject;
}

/** Undoes `encodeNames`. */
export function decodeNames(value: object): JsonObject {
  return mapNames(value as JsonObject, decodeName) as JsonObject;
}

/**
 * A part in which nothing is renamed or left out is answered as it is: most have plain names. `Object.fromEntries`
 * defines properties, so that a member named `__proto__` stays a member.
 */
function mapNames(value: Json, rename: (name: string) => string): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return mapElements(value, rename);
  const members: [string, Json][] = [];
  let isSame = true;
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) {
      isSame = false;
      continue;
    }
    const [renamed, mapped] = [rename(name), mapNames(member, rename)];
    isSame &&= renamed === name && mapped === member;
    members.push([renamed, mapped]);
  }
  return isSame ? value : Object.fromEntries(members);
}

function mapElements(elements: readonly Json[], rename: (name: string) => string): Json {
  const mapped = elements.map((element) => mapNames(element, rename));
  return mapped.every((element, index) => element === elements[index]) ? (elements as Json) : mapped;
}

/** Writes one name so. */
export function encodeName(name: string): string {
  if (!refused.test(name)) return name;
  return name.replace(refusedCharacters, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function decodeName(name: string): string {
  return name.includes('%')
    ? name.replace(escape, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : name;
}
