import type { Json, JsonObject } from '../../base/json.ts';
import { InvalidSyntaxError } from './scim-error.ts';

/** The refusal of an attribute that a body has more than once: which one was meant cannot be known. */
export function givenTwice(place: string): InvalidSyntaxError {
  return new InvalidSyntaxError(`${place} is given twice (the case of letters in names does not count): send it once.`);
}

/**
 * The members of a message that has a fixed set of names, in whatever letter case they are written (RFC 7643 §2.1).
 * @param names in the spelling of the RFC
 * @param where the message's place in the request, such as `Operations[2]`; empty for the request itself
 * @returns by the RFC's spelling; other members are left out
 * @throws InvalidSyntaxError for a name that is there twice
 */
export function membersOf<Name extends string>(
  object: JsonObject,
  names: readonly Name[],
  where = '',
): Partial<Record<Name, Json>> {
  const members: Partial<Record<Name, Json>> = {};
  for (const [key, value] of Object.entries(object)) {
    const folded = key.toLowerCase();
    const name = names.find((one) => one.toLowerCase() === folded);
    if (name === undefined) continue;
    if (Object.hasOwn(members, name)) throw givenTwice(`${where === '' ? '' : `${where}: `}"${name}"`);
    members[name] = value;
  }
  return members;
}
