import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import type { ResourceType } from '../model/resource-type.ts';

/** What is shown of every resource, whatever was sent: a client needs it to find again what it wrote. */
const always = ['id', 'meta'];

/** Elements without a `value` can only be compared each with each: so many of them are looked at. */
const mostCompared = 100;

/**
 * Takes from an answer all that the client did not send itself, but for `id` and `meta`: the answer for a client that
 * may write and not read. A value is kept where the client sent the same one for the same attribute, so that an answer
 * tells what was stored of a request and nothing that was there before.
 * @param body the resource as a client that may read would see it
 * @param sent the resource as it was sent, or what `sentByPatch` makes of a PATCH
 */
export function onlySent(type: ResourceType, body: JsonObject, sent: JsonObject): JsonObject {
  const kept: JsonObject = {};
  for (const [name, value] of Object.entries(body)) {
    if (name === 'schemas') continue;
    const part = always.includes(name) ? value : commonPart(value, memberOf(sent, name));
    if (part !== undefined) kept[name] = part;
  }
  return {
    schemas: [type.schema.id, ...Object.keys(kept).filter((name) => type.schemaOf(name) !== undefined)],
    ...kept,
  };
}

/** What of a stored value was sent; undefined where nothing was. */
function commonPart(stored: Json | undefined, sent: Json | undefined): Json | undefined {
  if (stored === undefined || stored === null || sent === undefined || sent === null) return undefined;
  if (Array.isArray(stored)) return commonElements(stored, Array.isArray(sent) ? sent : [sent]);
  if (isJsonObject(stored)) return commonMembers(stored, isJsonObject(sent) ? sent : { value: sent });
  return isSameValue(stored, sent) ? stored : undefined;
}

/** By `value`, where elements have one: there may be tens of thousands. */
function commonElements(stored: readonly Json[], sent: readonly Json[]): Json | undefined {
  const byValue = new Map<string, JsonObject[]>();
  for (const one of sent) {
    const element = isJsonObject(one) ? one : { value: one };
    const key = keyOf(memberOf(element, 'value'));
    const alike = byValue.get(key) ?? [];
    if (alike.length < mostCompared) byValue.set(key, [...alike, element]);
  }
  const elements = stored.flatMap((element) => {
    const whole = isJsonObject(element) ? element : { value: element };
    const candidates = [...(byValue.get(keyOf(whole['value'])) ?? []), ...(byValue.get('') ?? [])];
    const common = candidates.map((one) => commonElement(whole, one)).find((part) => part !== undefined);
    return common === undefined ? [] : isJsonObject(element) ? common : element;
  });
  return elements.length === 0 ? undefined : elements;
}

/** An element is the one that was sent when nothing that both have differs. */
function commonElement(stored: JsonObject, sent: JsonObject): JsonObject | undefined {
  const differs = Object.entries(stored).some(([name, value]) => {
    const other = memberOf(sent, name);
    return other !== undefined && other !== null && commonPart(value, other) === undefined;
  });
  return differs ? undefined : commonMembers(stored, sent);
}

function commonMembers(stored: JsonObject, sent: JsonObject): JsonObject | undefined {
  const kept: JsonObject = {};
  for (const [name, value] of Object.entries(stored)) {
    const part = commonPart(value, memberOf(sent, name));
    if (part !== undefined) kept[name] = part;
  }
  return Object.keys(kept).length === 0 ? undefined : kept;
}

/** Names of attributes are in any letter case (RFC 7643 §2.1). */
function memberOf(object: JsonObject, name: string): Json | undefined {
  if (Object.hasOwn(object, name)) return object[name];
  const found = Object.keys(object).find((key) => key.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : object[found];
}

/** Spelt alike, or the same moment: booleans and instants are stored in one spelling of many. */
function isSameValue(stored: Json, sent: Json): boolean {
  if (typeof stored === 'object' || typeof sent === 'object') return false;
  const [one, other] = [keyOf(stored), keyOf(sent)];
  return one === other || (/^\d{4}-\d\d-\d\dt/.test(one) && Date.parse(one) === Date.parse(other));
}

function keyOf(value: Json | undefined): string {
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value).trim().toLowerCase();
}
