import { parseAttributePath, resolvePath } from '../model/attribute-path.ts';
import { idTarget } from './bind-meta.ts';
import type { SortOrder } from '../search/condition.ts';
import type { ResolvedAttribute, ResourceType } from '../model/resource-type.ts';
import { InvalidValueError } from '../model/scim-error.ts';
import { searchTarget } from '../search/search-target.ts';

/**
 * Gives `sortBy` its meaning for a resource type (RFC 7644 §3.4.2.3): a complex attribute sorts by its `value`, a
 * multi-valued one by its primary value, else its first.
 * @param searchedWith the types that are searched together with this one
 * @returns undefined when only another of those types has the attribute
 * @throws InvalidValueError naming the attribute that is unknown, never returned, or has no order
 */
export function bindSort(
  type: ResourceType,
  sortBy: string,
  descending: boolean,
  searchedWith: readonly ResourceType[] = [],
): SortOrder | undefined {
  const path = parseAttributePath(sortBy);
  const name = sortBy.slice(0, 100);
  if (path === undefined) throw new InvalidValueError(`sortBy: "${name}" is not the name of an attribute.`);
  const found = resolvePath(type, path);
  if (found === undefined) {
    if (searchedWith.some((other) => resolvePath(other, path) !== undefined)) return undefined;
    throw new InvalidValueError(`sortBy: ${type.name} has no attribute ${name}.`);
  }
  const resolved = withValue(found, name);
  if (resolved.attribute.returned === 'never' || resolved.subAttribute?.returned === 'never') {
    throw new InvalidValueError(`sortBy: ${name} is never returned, so it cannot be sorted by.`);
  }
  if (resolved.relation !== undefined) {
    throw new InvalidValueError(`sortBy: ${name} is kept outside the resource, so it cannot be sorted by.`);
  }
  const isLocation =
    !resolved.extension && resolved.attribute.name === 'meta' && resolved.subAttribute?.name === 'location';
  return { target: isLocation ? idTarget : searchTarget(resolved), descending };
}

function withValue(resolved: ResolvedAttribute, name: string): ResolvedAttribute {
  if (resolved.subAttribute !== undefined || resolved.attribute.type !== 'complex') return resolved;
  const value = resolved.attribute.subAttributes?.find((one) => one.name.toLowerCase() === 'value');
  if (value === undefined) throw new InvalidValueError(`sortBy: ${name} is complex; name one of its sub-attributes.`);
  return { ...resolved, subAttribute: value };
}
