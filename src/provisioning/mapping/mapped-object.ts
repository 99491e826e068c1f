import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import type { AttributePlace } from './attribute-place.ts';
import type { Rule } from './rule-book.ts';

/**
 * The object with a value at a place in it, whatever letter case its keys are written in.
 * @param wins whether the value replaces one that is there
 */
export function assign(
  object: JsonObject,
  { attribute, subAttribute }: AttributePlace,
  value: Json,
  wins: boolean,
): JsonObject {
  const key = keyOf(object, attribute);
  const present = key === undefined ? undefined : object[key];
  if (subAttribute !== undefined) {
    const inner = isJsonObject(present) ? present : {};
    return { ...object, [key ?? attribute]: assign(inner, { attribute: subAttribute, spellings: [] }, value, wins) };
  }
  return present !== undefined && !wins ? object : { ...object, [key ?? attribute]: value };
}

/** The object under a schema's URN, with the key as the body spells it; undefined when there is none. */
export function objectUnder(body: JsonObject, urn: string): { key: string; value: JsonObject } | undefined {
  const key = keyOf(body, urn);
  const value = key === undefined ? undefined : body[key];
  return key !== undefined && isJsonObject(value) ? { key, value } : undefined;
}

function keyOf(object: JsonObject | undefined, name: string): string | undefined {
  return object === undefined ? undefined : Object.keys(object).find((key) => key.toLowerCase() === name.toLowerCase());
}

/** `schemas` without the URNs that only were other names and under which nothing is left. */
export function withoutAliasUrns(body: JsonObject, rules: readonly Rule[]): JsonObject {
  const { schemas } = body;
  if (!Array.isArray(schemas)) return body;
  const targets = new Set(rules.map(({ target }) => target.schema?.toLowerCase()));
  const aliases = new Set(rules.map(({ source }) => source?.schema?.toLowerCase()));
  const isEmptyAlias = (urn: Json): boolean =>
    typeof urn === 'string'
    && aliases.has(urn.toLowerCase())
    && !targets.has(urn.toLowerCase())
    && objectUnder(body, urn) === undefined;
  return { ...body, schemas: schemas.filter((urn) => !isEmptyAlias(urn)) };
}
