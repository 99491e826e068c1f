import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { foldCase } from '../../scim/model/case-fold.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { PatchOperation } from '../../scim/patch/patch-op.ts';

/**
 * Where a value lies: `title`, `name.givenName`, `emails[type eq "work"].value`, or either below an extension's URN.
 */
interface Place {
  readonly urn?: string;
  readonly attribute: string;
  readonly type?: string;
  readonly sub?: string;
}

const form = /^(?:(urn:.+):)?([\w$-]+)(?:\[type eq "(\w+)"\])?(?:\.([\w$-]+))?$/i;
const places = new Map<string, Place>();

/** @throws Error for a path of another form, which no column has */
function placeOf(path: string): Place {
  const known = places.get(path);
  if (known !== undefined) return known;
  const [, urn, attribute, type, sub] = form.exec(path) ?? [];
  if (attribute === undefined) throw new Error(`no such place: ${path}`);
  const place: Place = {
    attribute,
    ...(urn === undefined ? {} : { urn }),
    ...(type === undefined ? {} : { type }),
    ...(sub === undefined ? {} : { sub }),
  };
  if (places.size > 1000) places.clear();
  places.set(path, place);
  return place;
}

/** The value at a path; undefined where there is none. */
export function valueAt(resource: Resource, path: string): Json | undefined {
  const { urn, attribute, type, sub } = placeOf(path);
  const home = urn === undefined ? resource : objectOf(resource[urn]);
  const value = home[attribute];
  if (type !== undefined) return elementOf(value, type)?.[sub ?? 'value'];
  return sub === undefined ? value : objectOf(value)[sub];
}

/** The resource with a value at a path. Its input stays as it is. */
export function withValue(resource: JsonObject, path: string, value: Json): JsonObject {
  const { urn, attribute, type, sub } = placeOf(path);
  if (urn !== undefined) {
    const inner = sub === undefined ? attribute : `${attribute}.${sub}`;
    return { ...resource, [urn]: withValue(objectOf(resource[urn]), inner, value) };
  }
  if (type !== undefined) return { ...resource, [attribute]: withElement(resource[attribute], attribute, type, value) };
  return { ...resource, [attribute]: sub === undefined ? value : { ...objectOf(resource[attribute]), [sub]: value } };
}

/**
 * The operation of a PATCH that puts a value where it belongs (RFC 7644 §3.5.2). An address or number that is there
 * under another type, or none, is not added a second time: then there is nothing to do.
 */
export function operationFor(before: Resource, path: string, value: Json): PatchOperation | undefined {
  const { attribute, type } = placeOf(path);
  if (type === undefined) return { op: 'replace', path, value };
  const list = before[attribute];
  if (elementOf(list, type) !== undefined) return { op: 'replace', path, value };
  if (elements(list).some((one) => isSame(one['value'], value))) return undefined;
  return { op: 'add', path: attribute, value: [newElement(list, attribute, type, value)] };
}

/** The operation that puts back what was at a path before. */
export function undoOperation(path: string, before: Json | undefined): PatchOperation {
  if (before !== undefined) return { op: 'replace', path, value: before };
  const { type, attribute } = placeOf(path);
  return { op: 'remove', path: type === undefined ? path : `${attribute}[type eq "${type}"]` };
}

/** Whether a value is what a resource has at a path already. Addresses are told apart without their letter case. */
export function isThere(resource: Resource, path: string, value: Json): boolean {
  const { attribute, type } = placeOf(path);
  const found = valueAt(resource, path);
  if (type === undefined) return sameJson(found, value);
  if (found !== undefined) return sameJson(found, value);
  return elements(resource[attribute]).some((one) => isSame(one['value'], value));
}

function withElement(list: Json | undefined, attribute: string, type: string, value: Json): Json {
  return [...elements(list), newElement(list, attribute, type, value)];
}

/** A work address is the primary one unless there is one. */
function newElement(list: Json | undefined, attribute: string, type: string, value: Json): JsonObject {
  const hasPrimary = elements(list).some((one) => one['primary'] === true);
  return { value, type, ...(attribute === 'emails' && type === 'work' && !hasPrimary ? { primary: true } : {}) };
}

function elementOf(list: Json | undefined, type: string): JsonObject | undefined {
  return elements(list).find((one) => typeof one['type'] === 'string' && one['type'].toLowerCase() === type);
}

function elements(list: Json | undefined): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function isSame(one: Json | undefined, other: Json): boolean {
  return typeof one === 'string' && typeof other === 'string' && foldCase(one) === foldCase(other);
}

function sameJson(one: Json | undefined, other: Json): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
