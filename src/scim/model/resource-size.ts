import type { Json } from '../../base/json.ts';
import { ScimError } from './scim-error.ts';

/**
 * Characters of a resource as JSON, besides its members: what can be validated, compared and stored without holding
 * up others.
 */
const maxCharacters = 512 * 1024;

/**
 * Refuses a resource, or a value for one, that is larger than any person or group is; counted roughly, as its JSON
 * text would be.
 * @throws ScimError 413
 */
export function refuseOversize(value: Json): void {
  if (roomAfter(value, maxCharacters) < 0) {
    throw new ScimError(
      413,
      undefined,
      `a resource may have at most ${maxCharacters} characters besides its members: leave out what is not needed`,
    );
  }
}

/** What is left of the room after a value; below 0 as soon as there is none. */
function roomAfter(value: Json, room: number): number {
  if (typeof value === 'string') return room - value.length - 2;
  if (typeof value !== 'object' || value === null) return room - 4;
  let left = room - 2;
  if (Array.isArray(value)) {
    for (const element of value) if (left >= 0) left = roomAfter(element, left) - 1;
    return left;
  }
  for (const name of Object.keys(value)) if (left >= 0) left = roomAfter(value[name] ?? null, left) - name.length - 4;
  return left;
}
