import { isJsonObject } from '../../base/json.ts';
import type { Json } from '../../base/json.ts';
import { identityOf, restOf, withoutRepeats } from '../model/element-identity.ts';
import { mergeParts } from './merge-parts.ts';
import type { Resource } from '../model/resource.ts';
import type { Attribute } from '../model/schema.ts';
import { InvalidValueError } from '../model/scim-error.ts';

/**
 * What is there, and then what is not there yet (RFC 7644 §3.5.2.1: a value that is already there is not added again).
 * What a value says beyond its identity is merged into the one that is there.
 * @returns the very list when nothing changes
 * @throws InvalidValueError when two values become primary at once; MutabilityError for an immutable sub-attribute
 */
export function addElements(attribute: Attribute, current: Json[], added: readonly Json[]): Json[] {
  const next = [...current];
  const claimants = new Set<Json>();
  const placeOf = placesIn(attribute, current, added.length);
  let changed = false;
  for (const element of added) {
    const place = placeOf(element, next);
    const held = next[place];
    const result =
      isJsonObject(held) && isJsonObject(element)
        ? mergeParts(attribute, held, { set: restOf(attribute, held, element), unset: [] })
        : (held ?? element);
    if (isPrimary(element)) claimants.add(result);
    if (result === held) continue;
    next[place] = result;
    changed = true;
  }
  return changed
    ? withOnePrimary(
        attribute,
        next.filter((element) => !claimants.has(element)),
        next,
      )
    : current;
}

/**
 * Elements after some of them were changed: one that has become what another is joins it, and one that has become
 * primary takes that from every other (RFC 7644 §3.5.2).
 * @throws InvalidValueError when two become primary at once
 */
export function settleElements(attribute: Attribute, before: readonly Json[], after: Json[]): Json[] {
  if (after.length === before.length && after.every((element, index) => element === before[index])) return after;
  return withoutRepeats(attribute, withOnePrimary(attribute, before, after));
}

/** Where the element with an added one's identity is in the list; where there is none, the list's end. */
function placesIn(
  attribute: Attribute,
  current: readonly Json[],
  added: number,
): (element: Json, list: readonly Json[]) => number {
  if (added === 1) {
    return (element, list) => {
      const identity = knownIdentity(attribute, element);
      const place = list.findIndex((held) => knownIdentity(attribute, held) === identity);
      return place < 0 ? list.length : place;
    };
  }
  const places = new Map<string, number>();
  for (const [place, element] of current.entries()) {
    const identity = knownIdentity(attribute, element);
    if (!places.has(identity)) places.set(identity, place);
  }
  return (element, list) => {
    const identity = knownIdentity(attribute, element);
    const place = places.get(identity) ?? list.length;
    places.set(identity, place);
    return place;
  };
}

/** A thousand operations may each look through a long list, whose elements are never changed and so worked out once. */
const identities = new WeakMap<object, string>();

function knownIdentity(attribute: Attribute, element: Json): string {
  if (!isJsonObject(element)) return identityOf(attribute, element);
  const known = identities.get(element);
  if (known !== undefined) return known;
  const identity = identityOf(attribute, element);
  identities.set(element, identity);
  return identity;
}

/** @param settled elements that do not become primary by this change */
function withOnePrimary(attribute: Attribute, settled: readonly Json[], after: Json[]): Json[] {
  if (!attribute.subAttributes?.some(({ name, type }) => name === 'primary' && type === 'boolean')) return after;
  const primaries = after.filter(isPrimary);
  if (primaries.length < 2) return after;
  const known = new Set(settled);
  const claimants = primaries.filter((element) => !known.has(element));
  if (claimants.length === 0) return after;
  if (claimants.length > 1) throw new InvalidValueError(`Only one value of "${attribute.name}" can be primary.`);
  return after.map((element) =>
    isPrimary(element) && element !== claimants[0] ? { ...element, primary: false } : element,
  );
}

function isPrimary(element: Json): element is Resource {
  return isJsonObject(element) && element['primary'] === true;
}
