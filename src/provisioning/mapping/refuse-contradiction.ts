import { equalJson, isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { InvalidValueError, ScimError } from '../../scim/model/scim-error.ts';
import type { AttributePlace } from './attribute-place.ts';
import { objectUnder } from './mapped-object.ts';
import type { MappingEntry } from './mapping-file.ts';
import { transformValue } from './mapping-transform.ts';

/** What a request says of an attribute, and the name under which it says so. */
export interface Named {
  readonly name: string;
  readonly value: Json;
}

/**
 * Whether the source is another name for the target: then both must say the same. An entry that wins, a table, a
 * template and a constant derive the target's value from something else, and have their own rule.
 */
export function isAnotherName({ wins, transform }: MappingEntry): boolean {
  return !wins && typeof transform !== 'object';
}

/** Whether a value says that there is none. */
export function isNothing(value: Json | undefined): boolean {
  return value === null || (typeof value === 'string' && value.trim() === '');
}

/**
 * Refuses a request that says two different things of one attribute under two of its names: which one is meant cannot
 * be known, and to drop either would be silent.
 * @param entry of one of the names
 * @throws InvalidValueError naming both; the values may be secret
 */
export function refuseContradiction(entry: MappingEntry, one: Named, other: Named): void {
  if (saySame(entry, one.value, other.value)) return;
  throw new InvalidValueError(
    `${one.name} and ${other.name} are names of the same attribute, but their values differ: send one of the two, `
      + 'or the same value under both.',
  );
}

function saySame(entry: MappingEntry, one: Json, other: Json): boolean {
  const read = (value: Json): Json => plain(isNothing(value) ? null : transformed(entry, value));
  try {
    const [left, right] = [read(one), read(other)];
    if (equalJson(left, right)) return true;
    if (left === null || right === null || typeof left === 'object' || typeof right === 'object') return false;
    const [text, otherText] = [String(left).trim(), String(right).trim()];
    if (typeof left === 'boolean' || typeof right === 'boolean') return text.toLowerCase() === otherText.toLowerCase();
    return text === otherText || (entry.transform === 'date' && isSameInstant(text, otherText));
  } catch (error) {
    // What cannot be read is refused where it is validated, with what is wrong with it.
    if (error instanceof ScimError) return true;
    throw error;
  }
}

function transformed(entry: MappingEntry, value: Json): Json {
  const mapped = transformValue(entry, value);
  return mapped === 'skip' ? value : mapped.value;
}

/** A reference may be written as its value alone. */
function plain(value: Json): Json {
  const inner = isJsonObject(value) ? value['value'] : undefined;
  return inner === undefined ? value : inner;
}

function isSameInstant(one: string, other: string): boolean {
  const withOffset = /T.*(?:Z|[+-]\d\d:\d\d)$/i;
  return withOffset.test(one) && withOffset.test(other) && Date.parse(one) === Date.parse(other);
}

/**
 * What a body says of a target under the target's own name, in any place and letter case where clients write it.
 * @returns undefined when it says nothing of it
 */
export function saidByItself(body: JsonObject, target: AttributePlace): Json | undefined {
  const flat = Object.keys(body).find((key) => target.spellings.includes(key.toLowerCase()));
  if (flat !== undefined) return body[flat];
  const [own = '', withSchema] = target.spellings;
  // The core schema's attributes may be under its URN, and in the clear.
  const schema = target.schema ?? withSchema?.slice(0, -own.length - 1);
  const under = schema === undefined ? undefined : objectUnder(body, schema)?.value;
  const places = target.schema === undefined ? [body, under] : [under];
  return places
    .map((place) => (place === undefined ? undefined : within(place, target)))
    .find((one) => one !== undefined);
}

function within(object: JsonObject, { attribute, subAttribute }: AttributePlace): Json | undefined {
  const found = valueOf(object, attribute);
  if (subAttribute === undefined || found === undefined || found === null) return found;
  return isJsonObject(found) ? valueOf(found, subAttribute) : found;
}

function valueOf(object: JsonObject, name: string): Json | undefined {
  const key = Object.keys(object).find((one) => one.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : object[key];
}
