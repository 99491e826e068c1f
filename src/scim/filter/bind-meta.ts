import { bindLiteral } from './bind-literal.ts';
import { everything, nothing } from '../search/condition-algebra.ts';
import type { Condition, Target } from '../search/condition.ts';
import type { Comparison } from './filter.ts';
import { compareScalars } from '../search/filter-match.ts';
import type { ResourceType } from '../model/resource-type.ts';
import type { Attribute } from '../model/schema.ts';
import { InvalidFilterError } from '../model/scim-error.ts';

/** Where to find the id that ends `meta.location`. */
export const idTarget: Target = [{ key: 'id', multiValued: false }];

/** An entity tag, or the bare number in it. */
const entityTag = /^(?:(?:W\/)?"(\d{1,15})"|(\d{1,15}))$/;

/**
 * Compares a sub-attribute of `meta`. Two of them are made for each answer: `location` is compared by the id it ends
 * with, `version` by the number in its entity tag. `resourceType` is the same for all resources of a type, so it is
 * decided here.
 * @param target of the sub-attribute
 * @throws InvalidFilterError when the operator makes no sense for it
 */
export function bindMetaComparison(
  type: ResourceType,
  subAttribute: Attribute,
  target: Target,
  comparison: Comparison,
): Condition {
  const name = `meta.${subAttribute.name}`;
  const literal = bindLiteral(subAttribute, name, comparison);
  const { operator, text } = comparison;
  const otherwise = operator === 'ne' ? everything : nothing;
  switch (subAttribute.name) {
    case 'resourceType':
      return compareScalars(type.name, operator, literal) ? everything : nothing;
    case 'location': {
      if (operator !== 'eq' && operator !== 'ne')
        throw new InvalidFilterError(`${name} can only be compared by eq, ne and pr.`);
      const [endpoint, id] = text.split('/').slice(-2);
      if (id === undefined || `/${endpoint}`.toLowerCase() !== type.endpoint.toLowerCase()) return otherwise;
      return { kind: 'compare', target: idTarget, operator, value: id };
    }
    case 'version': {
      if (operator === 'co' || operator === 'sw' || operator === 'ew') {
        throw new InvalidFilterError(`${name} can only be compared by eq, ne, gt, ge, lt, le and pr.`);
      }
      const [, tagged, bare] = entityTag.exec(text) ?? [];
      const version = tagged ?? bare;
      if (version !== undefined) return { kind: 'compare', target, operator, value: Number(version) };
      if (operator === 'eq' || operator === 'ne') return otherwise;
      throw new InvalidFilterError(
        `${name} can only be compared with an entity tag such as "W/\\"3\\"", not "${text.slice(0, 100)}".`,
      );
    }
    default:
      return { kind: 'compare', target, operator, value: literal };
  }
}
