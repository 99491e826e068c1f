import { equalJson } from '../../base/json.ts';
import type { Json } from '../../base/json.ts';
import type { Parts } from './patch-value.ts';
import type { Resource } from '../model/resource.ts';
import type { Attribute } from '../model/schema.ts';
import { MutabilityError } from '../model/scim-error.ts';
import { withoutAttribute } from '../model/without-attribute.ts';

/**
 * A complex value with parts of it changed: the sub-attributes given take the place of those held, the others stay (RFC
 * 7644 §3.5.2.3).
 * @returns the very object when nothing changes
 * @throws MutabilityError for an immutable sub-attribute that has another value
 */
export function mergeParts(attribute: Attribute, before: Resource, { set, unset }: Parts): Resource {
  let next = before;
  for (const subAttribute of attribute.subAttributes ?? []) {
    const { name } = subAttribute;
    if (set[name] !== undefined) next = assignPart(attribute, next, subAttribute, set[name]);
    else if (unset.includes(name)) next = assignPart(attribute, next, subAttribute, undefined);
  }
  return set['$ref'] === undefined ? withoutStaleReference(before, next) : next;
}

/**
 * A complex value with one sub-attribute set or, with undefined, unassigned.
 * @returns the very object when nothing changes
 * @throws MutabilityError for an immutable sub-attribute that has another value
 */
export function withPart(
  attribute: Attribute,
  before: Resource,
  subAttribute: Attribute,
  next: Json | undefined,
): Resource {
  const after = assignPart(attribute, before, subAttribute, next);
  return subAttribute.name === '$ref' && next !== undefined ? after : withoutStaleReference(before, after);
}

function assignPart(
  attribute: Attribute,
  element: Resource,
  subAttribute: Attribute,
  next: Json | undefined,
): Resource {
  const held = element[subAttribute.name];
  if (held === undefined ? next === undefined : next !== undefined && equalJson(held, next)) return element;
  if (held !== undefined && subAttribute.mutability === 'immutable') {
    throw new MutabilityError(`"${attribute.name}.${subAttribute.name}" is immutable and already has a value.`);
  }
  return next === undefined ? withoutAttribute(element, subAttribute.name) : { ...element, [subAttribute.name]: next };
}

/** A `$ref` is the URI of its `value`: it does not outlive it. */
function withoutStaleReference(before: Resource, after: Resource): Resource {
  return after['$ref'] === undefined || after['value'] === before['value'] ? after : withoutAttribute(after, '$ref');
}
