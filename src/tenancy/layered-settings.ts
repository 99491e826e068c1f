import { isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import { escapeSegment } from '../base/json-file.ts';

/** One set of settings over another: objects are joined, everything else is replaced. */
export function layered(under: JsonObject, over: JsonObject): JsonObject {
  const joined: JsonObject = { ...under };
  for (const [name, value] of Object.entries(over)) {
    const below = Object.hasOwn(joined, name) ? joined[name] : undefined;
    set(joined, name, isJsonObject(value) && isJsonObject(below) ? layered(below, value) : value);
  }
  return joined;
}

/** What is left once a patch is applied (RFC 7396): null takes a setting back to what lies under it. */
export function patched(settings: JsonObject, patch: JsonObject): JsonObject {
  const result: JsonObject = { ...settings };
  for (const [name, value] of Object.entries(patch)) {
    const before = Object.hasOwn(result, name) ? result[name] : undefined;
    if (value === null) delete result[name];
    else if (!isJsonObject(value)) set(result, name, value);
    else {
      const inner = patched(isJsonObject(before) ? before : {}, value);
      if (Object.keys(inner).length > 0) set(result, name, inner);
      else delete result[name];
    }
  }
  return result;
}

/** The settings that are named, as JSON pointers; a list or a null is one setting. */
export function namedSettings(settings: JsonObject, prefix = ''): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    const pointer = `${prefix}/${escapeSegment(name)}`;
    return isJsonObject(value) && Object.keys(value).length > 0 ? namedSettings(value, pointer) : [pointer];
  });
}

/** Whether two places overlap: they are the same, or one lies inside of the other. */
export function overlap(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}

/**
 * Without what lies at a pointer: without the element of a list that it leads into, or the innermost value there is.
 */
export function withoutSetting(settings: JsonObject, pointer: string): JsonObject {
  const [name, ...rest] = pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (name === undefined || !Object.hasOwn(settings, name)) return settings;
  const copy: JsonObject = { ...settings };
  const value = copy[name];
  const deeper = rest[0];
  if (deeper !== undefined && isJsonObject(value) && Object.hasOwn(value, deeper))
    set(copy, name, withoutSetting(value, `/${rest.map(escapeSegment).join('/')}`));
  else if (deeper !== undefined && Array.isArray(value) && Object.hasOwn(value, deeper))
    set(copy, name, value.toSpliced(Number(deeper), 1));
  else delete copy[name];
  return copy;
}

/** As an own property, whatever its name: `__proto__` too. */
function set(object: JsonObject, name: string, value: Json): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
