import { isJsonObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';

/** Where a reference may stand in a text: as the whole of it, at the end of a URI, or quoted in the filter of a PATCH path. */
const whole = /^bulkId:(.+)$/i;
const inUri = /(?<=\/)bulkId:([^/]+)$/i;
const quoted = /(?<=")bulkId:([^"\\]+)(?=")/gi;

/** The bulkIds that a Bulk operation's path or data refers to (RFC 7644 §3.7.2), each once. */
export function referencesIn(value: Json): Set<string> {
  const found = new Set<string>();
  const note = (bulkId: string): string => {
    found.add(bulkId);
    return bulkId;
  };
  const visit = (one: Json, key: string): void => {
    if (typeof one === 'string') replaceInText(one, note, key);
    else if (Array.isArray(one)) for (const element of one) visit(element, key);
    else if (isJsonObject(one)) for (const name of Object.keys(one)) visit(one[name] ?? null, name);
  };
  visit(value, '');
  return found;
}

/**
 * Puts ids where references stand: `"bulkId:x"` as a value, `/Users/bulkId:x` as a URI, `members[value eq "bulkId:x"]` as a path.
 * @param idOf the id that a bulkId stands for
 */
export function replaceReferences(value: Json, idOf: (bulkId: string) => string, key = ''): Json {
  if (typeof value === 'string') return replaceInText(value, idOf, key);
  if (Array.isArray(value)) return value.map((one) => replaceReferences(one, idOf, key));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, replaceReferences(one, idOf, name)]));
}

function replaceInText(text: string, idOf: (bulkId: string) => string, key: string): string {
  if (!/bulkId:/i.test(text)) return text;
  if (key === 'path') return text.replace(quoted, (_, bulkId: string) => idOf(bulkId)).replace(inUri, (_, bulkId: string) => idOf(bulkId));
  if (key === '$ref') return text.replace(whole, (_, bulkId: string) => idOf(bulkId)).replace(inUri, (_, bulkId: string) => idOf(bulkId));
  return text.replace(whole, (_, bulkId: string) => idOf(bulkId));
}

/** A resource that can be created now, and what has to be added to it once all references are known. */
export interface SplitResource {
  readonly now: JsonObject;
  /** Operations of a PATCH. */
  readonly later: readonly JsonObject[];
}

/**
 * Breaks a circular reference (RFC 7644 §3.7.1): takes out of a resource the attributes, or elements of lists, that refer to what does not
 * exist yet.
 */
export function splitResource(data: JsonObject, isPending: (bulkId: string) => boolean): SplitResource {
  const waits = (value: Json): boolean => [...referencesIn(value)].some(isPending);
  const later: JsonObject[] = [];
  const split = (object: JsonObject, prefix: string): JsonObject => {
    const now: JsonObject = {};
    for (const [name, value] of Object.entries(object)) {
      const path = prefix + name;
      if (!waits(value)) now[name] = value;
      else if (prefix === '' && /^urn:/i.test(name) && isJsonObject(value)) now[name] = split(value, `${name}:`);
      else if (Array.isArray(value)) {
        now[name] = value.filter((one) => !waits(one));
        later.push({ op: 'add', path, value: value.filter(waits) });
      } else later.push({ op: 'add', path, value });
    }
    return now;
  };
  return { now: split(data, ''), later };
}
