import type { Target } from '../search/condition.ts';
import { searchTarget, targetStep } from '../search/search-target.ts';
import type { Relation } from '../model/relation.ts';
import type { ResolvedAttribute } from '../model/resource-type.ts';
import type { Attribute } from '../model/schema.ts';
import { InvalidFilterError } from '../model/scim-error.ts';

/** The attribute or sub-attribute that a path names. */
export interface Place {
  readonly name: string;
  readonly attribute: Attribute;
  readonly target: Target;
  /** Set when the values are elements of a relation; the target starts at the element. */
  readonly relation: Relation | undefined;
  /** True within an element of a relation, whose `$ref` is not kept but follows from its `value`. */
  readonly isRelated: boolean;
  /** True for `meta` and what is in it. */
  readonly isMeta: boolean;
}

/** From an element of a relation, or of a simple attribute, to what it is. */
export const valueTarget: Target = [{ key: 'value', multiValued: false }];

/** The attribute itself, without the sub-attribute. */
export function placeOf({ schema, extension, attribute, relation }: ResolvedAttribute, name: string): Place {
  const isRelated = relation !== undefined;
  const target = isRelated ? [] : searchTarget({ schema, extension, attribute });
  return { name, attribute, target, relation, isRelated, isMeta: !extension && attribute.name === 'meta' };
}

/** A sub-attribute of the one at a place. */
export function inside(place: Place, subAttribute: Attribute): Place {
  return {
    ...place,
    name: `${place.name}.${subAttribute.name}`,
    attribute: subAttribute,
    target: [...place.target, targetStep(subAttribute)],
  };
}

/**
 * The `value` that a complex attribute is compared by. @throws InvalidFilterError where it has none
 */
export function valueOf(place: Place): Place {
  const value = readable(place.attribute).find(({ name }) => name.toLowerCase() === 'value');
  if (value !== undefined) return inside(place, value);
  const names = readable(place.attribute)
    .map(({ name }) => `${place.name}.${name}`)
    .join(', ');
  throw new InvalidFilterError(`${place.name} is complex and cannot be compared as a whole; compare one of ${names}.`);
}

/** The sub-attributes that answers may show. */
export function readable(attribute: Attribute): readonly Attribute[] {
  return (attribute.subAttributes ?? []).filter(({ returned }) => returned !== 'never');
}

/** @throws InvalidFilterError for what is never returned */
export function refuseSecret({ returned }: Attribute, name: string): void {
  if (returned === 'never') throw new InvalidFilterError(`${name} is never returned, so it cannot be filtered by.`);
}

/** True for a `$ref` of a relation's element, which is compared by the id it ends with. */
export function refersByValue({ attribute, isRelated }: Place): boolean {
  return isRelated && attribute.name === '$ref';
}
