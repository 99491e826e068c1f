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

/** `Object.fromEntries` defines properties, so that a member named `__proto__` stays a member. */
function mapNames(value: Json, rename: (name: string) => string): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => mapNames(element, rename));
  const members: [string, Json][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) members.push([rename(name), mapNames(member, rename)]);
  }
  return Object.fromEntries(members);
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
