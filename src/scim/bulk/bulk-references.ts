import { isJsonObject } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import type { Steps } from '../../base/cooperative.ts';

/**
 * Where a text may hold a reference: as the whole text, at the end of a URI, or quoted in the filter of a PATCH path.
 */
const whole = /^bulkId:(.+)$/i;
const inUri = /(?<=\/)bulkId:([^/]+)$/i;
const quoted = /(?<=")bulkId:([^"\\]+)(?=")/gi;

const anywhere = /bulkId:/i;

/** Values of an operation that are looked through at once. */
const mostAtOnce = 300;

/**
 * Whether an operation's path or data may refer to a bulkId: a quick look, for most operations are small and refer to
 * none. True for what is too large to be looked through at once.
 */
export function mayRefer(value: Json, left = { values: mostAtOnce }): boolean {
  left.values -= 1;
  if (left.values < 0) return true;
  if (typeof value === 'string') return anywhere.test(value);
  if (Array.isArray(value)) return value.some((one) => mayRefer(one, left));
  return isJsonObject(value) && Object.values(value).some((one) => mayRefer(one, left));
}

/** The bulkIds that a Bulk operation's path or data refers to (RFC 7644 §3.7.2), each once. */
export function* referencesIn(value: Json): Steps<ReadonlySet<string>> {
  const found = new Set<string>();
  const note = (bulkId: string): string => {
    found.add(bulkId);
    return bulkId;
  };
  // Every operation is looked through, and most refer to nothing: nothing is made for texts.
  const visit = function* (one: Json, key: string): Steps<void> {
    if (typeof one === 'string') {
      replaceInText(one, note, key);
    } else if (Array.isArray(one)) {
      for (const element of one) {
        if (typeof element === 'string') replaceInText(element, note, key);
        else yield* visit(element, key);
        yield;
      }
    } else if (isJsonObject(one)) {
      for (const name of Object.keys(one)) {
        const inner = one[name]!;
        if (typeof inner === 'string') replaceInText(inner, note, name);
        else yield* visit(inner, name);
      }
    }
  };
  yield* visit(value, '');
  return found;
}

/**
 * Replaces references by ids: `"bulkId:x"` as a value, `/Users/bulkId:x` as a URI, `members[value eq "bulkId:x"]` as a
 * path.
 * @param idOf gives the id for a bulkId
 */
export function* replaceReferences(value: Json, idOf: (bulkId: string) => string, key = ''): Steps<Json> {
  if (typeof value === 'string') return replaceInText(value, idOf, key);
  if (Array.isArray(value)) {
    const elements: Json[] = [];
    for (const one of value) {
      elements.push(yield* replaceReferences(one, idOf, key));
      yield;
    }
    return elements;
  }
  if (!isJsonObject(value)) return value;
  const entries: [string, Json][] = [];
  for (const [name, one] of Object.entries(value)) entries.push([name, yield* replaceReferences(one, idOf, name)]);
  return Object.fromEntries(entries);
}

function replaceInText(text: string, idOf: (bulkId: string) => string, key: string): string {
  if (!anywhere.test(text)) return text;
  if (key === 'path')
    return text
      .replace(quoted, (_, bulkId: string) => idOf(bulkId))
      .replace(inUri, (_, bulkId: string) => idOf(bulkId));
  if (key === '$ref')
    return text.replace(whole, (_, bulkId: string) => idOf(bulkId)).replace(inUri, (_, bulkId: string) => idOf(bulkId));
  return text.replace(whole, (_, bulkId: string) => idOf(bulkId));
}

/** A resource that can be created now, and what has to be added to it once all references are known. */
export interface SplitResource {
  readonly now: JsonObject;
  /** Operations of a PATCH. */
  readonly later: readonly JsonObject[];
}

/**
 * Breaks a circular reference (RFC 7644 §3.7.1): takes out of a resource the attributes, or elements of lists, that
 * refer to what does not exist yet.
 */
export function* splitResource(data: JsonObject, isPending: (bulkId: string) => boolean): Steps<SplitResource> {
  const waits = function* (value: Json): Steps<boolean> {
    return [...(yield* referencesIn(value))].some(isPending);
  };
  const later: JsonObject[] = [];
  const split = function* (object: JsonObject, prefix: string): Steps<JsonObject> {
    const now: JsonObject = {};
    for (const [name, value] of Object.entries(object)) {
      const path = prefix + name;
      if (!(yield* waits(value))) now[name] = value;
      else if (prefix === '' && /^urn:/i.test(name) && isJsonObject(value)) now[name] = yield* split(value, `${name}:`);
      else if (Array.isArray(value)) {
        const [ready, waiting]: [Json[], Json[]] = [[], []];
        for (const one of value) ((yield* waits(one)) ? waiting : ready).push(one);
        now[name] = ready;
        later.push({ op: 'add', path, value: waiting });
      } else later.push({ op: 'add', path, value });
    }
    return now;
  };
  return { now: yield* split(data, ''), later };
}
