import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import type { ResourceType } from './resource-type.ts';

/**
 * The time zone that a body, or the value of a PATCH without a path, gives the resource itself: the core attribute
 * `timezone` (RFC 7643 §4.1.1) under any of its spellings.
 * @returns undefined when it says nothing of it; null when it takes the zone away
 */
export function ownTimezone(type: ResourceType, body: JsonObject): string | null | undefined {
  for (const [key, value] of Object.entries(body)) {
    if (isTimezonePath(type, key)) return zoneOf(value);
    if (isJsonObject(value) && key.toLowerCase() === type.schema.id.toLowerCase()) {
      const inner = ownTimezone(type, value);
      if (inner !== undefined) return inner;
    }
  }
  return undefined;
}

/** True for the name of that attribute, with the core URN in front or without. */
export function isTimezonePath(type: ResourceType, path: string): boolean {
  const name = path.trim().toLowerCase();
  if (!name.endsWith('timezone') || type.resolve({ attribute: 'timezone' })?.extension !== false) return false;
  const core = type.schema.id.toLowerCase();
  return name === 'timezone' || name === `${core}:timezone` || name === `${core}.timezone`;
}

/** A zone as a client writes it; anything but text takes it away. */
export function zoneOf(value: Json | undefined): string | null {
  const only = Array.isArray(value) && value.length === 1 ? value[0] : value;
  return typeof only === 'string' && only !== '' ? only : null;
}
