import { equalJson, isJsonObject } from '../../json.ts';
import type { Json } from '../../json.ts';
import type { Dialect } from '../model/dialects.ts';
import { contentOf } from '../model/element-content.ts';
import type { AttributeTarget } from './patch-target.ts';
import { isUnassigned } from './patch-value.ts';
import type { Parts, PatchValues } from './patch-value.ts';
import type { Resource } from '../model/resource.ts';
import type { Attribute } from '../model/schema.ts';
import { InvalidValueError, MutabilityError, NoTargetError } from '../model/scim-error.ts';
import { maxValues, refuseUnassigned } from '../validate/normalize-value.ts';
import { valueMatcher } from '../search/value-matcher.ts';
import { withoutAttribute } from '../model/without-attribute.ts';

/** One operation on one attribute. */
export interface AttributeChange {
  readonly op: 'add' | 'remove' | 'replace';
  readonly target: AttributeTarget;
  /** As sent; undefined only in `remove`. */
  readonly value: Json | undefined;
  readonly values: PatchValues;
  readonly dialect: Dialect;
}

/**
 * Works out an attribute's value after one operation (RFC 7644 §3.5.2.1 to §3.5.2.3). Its input is never changed;
 * what stays the same stays the same object.
 * @param current the value now; undefined when unassigned
 * @returns undefined when it is unassigned afterwards
 * @throws InvalidValueError, MutabilityError (immutable), NoTargetError
 */
export function changeAttribute(current: Json | undefined, change: AttributeChange): Json | undefined {
  const { attribute } = change.target;
  const next = attribute.multiValued ? changeElements(elementsOf(current), change) : changeSingle(current, change);
  if (Array.isArray(next) && next.length > maxValues)
    throw new InvalidValueError(`"${attribute.name}" may have at most ${maxValues} values.`);
  const assigned = next === undefined || !isAssigned(next) ? undefined : next;
  if (attribute.mutability === 'immutable' && current !== undefined && !equalJson(current, assigned)) {
    throw new MutabilityError(`"${attribute.name}" is immutable and already has a value.`);
  }
  return assigned;
}

function changeSingle(current: Json | undefined, change: AttributeChange): Json | undefined {
  const {
    target: { attribute, subAttribute },
    value,
    values,
  } = change;
  if (removes(change)) {
    if (subAttribute === undefined) refuseRemoval(change);
    return subAttribute === undefined || !isJsonObject(current)
      ? undefined
      : withoutPart(attribute, current, subAttribute);
  }
  if (attribute.type !== 'complex') return values.simple(value!);
  const before = isJsonObject(current) ? current : {};
  if (subAttribute !== undefined) {
    if (subAttribute.name === 'value' && value === '' && change.dialect.permits('emptyReference')) return undefined;
    return changePart(before, subAttribute, change);
  }
  const parts = values.parts(value!);
  return parts && merge(attribute, before, parts);
}

/** @throws MutabilityError for `remove`, InvalidValueError for null, where the attribute always keeps a value */
function refuseRemoval({ op, target: { attribute } }: AttributeChange): void {
  if (op === 'remove' && attribute.unassign === 'never')
    throw new MutabilityError(`"${attribute.name}" cannot be removed: replace it with a value.`);
  refuseUnassigned(attribute, attribute.name);
}

function changeElements(current: Json[], change: AttributeChange): Json[] {
  const {
    op,
    target: { attribute, elements, subAttribute },
  } = change;
  if (removes(change)) return removeElements(current, change);
  let next: Json[];
  if (elements === undefined && subAttribute === undefined) {
    const values = change.values.list(change.value!);
    next = op === 'add' ? union(current, values) : values;
  } else {
    const isMeant = elements === undefined ? () => true : (element: Json) => elements.matches(element);
    const replacement = (element: Json) => (isMeant(element) ? changeElement(element, change) : element);
    const made = (): Json => changeElement(newElement(change), { ...change, op: 'add' });
    next = current.some(isMeant)
      ? current.map(replacement).filter(isAssigned)
      : union(current, [made()].filter(isAssigned));
  }
  return withOnePrimary(attribute, current, next);
}

/**
 * `replace` of elements chosen by a filter replaces them whole (RFC 7644 §3.5.2.3); `add` merges; a sub-attribute is
 * set in either.
 */
function changeElement(element: Json, change: AttributeChange): Json {
  const {
    op,
    target: { attribute, subAttribute },
    value,
    values,
  } = change;
  if (attribute.type !== 'complex') return values.simple(value!) ?? element;
  const before = isJsonObject(element) ? element : {};
  if (subAttribute !== undefined) return changePart(before, subAttribute, change);
  const parts = values.parts(value!) ?? { set: {}, unset: [] };
  return op === 'replace' ? parts.set : merge(attribute, before, parts);
}

/**
 * The element that an operation found missing, made from its filter: `emails[type eq "work"]` makes `{type: "work"}`.
 */
function newElement({ op, target: { attribute, elements }, values, dialect }: AttributeChange): Json {
  if (elements === undefined) return {};
  if (elements.seed === undefined) {
    throw new NoTargetError(
      `No element of "${attribute.name}" matches the filter, and none can be made from it: only eq terms joined by and say what to make.`,
    );
  }
  if (op === 'replace' && !dialect.permits('createElement'))
    throw new NoTargetError(`No element of "${attribute.name}" matches the filter.`);
  return attribute.type === 'complex' ? (values.parts(elements.seed)?.set ?? {}) : elements.seed;
}

function removeElements(current: Json[], change: AttributeChange): Json[] {
  const {
    op,
    target: { attribute, elements, subAttribute },
    value,
    values,
    dialect,
  } = change;
  if (op === 'add') return current;
  const isMeant = elements === undefined ? () => true : (element: Json) => elements.matches(element);
  if (subAttribute !== undefined) {
    return current
      .map((element) =>
        isMeant(element) && isJsonObject(element) ? withoutPart(attribute, element, subAttribute) : element,
      )
      .filter(isAssigned);
  }
  if (op === 'remove' && elements === undefined && value !== undefined && value !== null) {
    dialect.permits('removeByValue');
    const isUnwanted = valueMatcher(attribute, values.list(value));
    return current.filter((element) => !isUnwanted(element));
  }
  return current.filter((element) => !isMeant(element));
}

/**
 * True when the operation leaves its target without a value: `remove`, or null or an empty list as the value (RFC
 * 7643 §2.5).
 */
function removes({ op, target, value, dialect }: AttributeChange): boolean {
  if (op === 'remove') return true;
  if (!isUnassigned(value)) return false;
  return op === 'replace' || target.attribute.multiValued || dialect.permits('nullEmpties');
}

function changePart(
  before: Resource,
  subAttribute: Attribute,
  { op, target, value, values }: AttributeChange,
): Resource {
  const part = values.part(subAttribute, value!);
  const held = before[subAttribute.name];
  const next = op === 'add' && Array.isArray(part) && Array.isArray(held) ? [...union(held, part)] : part;
  const after = withPart(target.attribute, before, subAttribute, next);
  return subAttribute.name === '$ref' ? after : withoutStaleReference(before, after);
}

/** The element with one sub-attribute set or, with undefined, unassigned; the same object when that changes nothing. */
function withPart(attribute: Attribute, element: Resource, subAttribute: Attribute, next: Json | undefined): Resource {
  const held = element[subAttribute.name];
  if (held === undefined ? next === undefined : next !== undefined && equalJson(held, next)) return element;
  if (held !== undefined && subAttribute.mutability === 'immutable') {
    throw new MutabilityError(`"${attribute.name}.${subAttribute.name}" is immutable and already has a value.`);
  }
  return next === undefined ? withoutAttribute(element, subAttribute.name) : { ...element, [subAttribute.name]: next };
}

function withoutPart(attribute: Attribute, element: Resource, subAttribute: Attribute): Resource {
  return withoutStaleReference(element, withPart(attribute, element, subAttribute, undefined));
}

/** The sub-attributes given take the place of those held, the others stay (RFC 7644 §3.5.2.3). */
function merge(attribute: Attribute, before: Resource, { set, unset }: Parts): Resource {
  let next = before;
  for (const subAttribute of attribute.subAttributes ?? []) {
    const { name } = subAttribute;
    if (set[name] !== undefined) next = withPart(attribute, next, subAttribute, set[name]);
    else if (unset.includes(name)) next = withPart(attribute, next, subAttribute, undefined);
  }
  return set['$ref'] === undefined ? withoutStaleReference(before, next) : next;
}

/** A `$ref` is the URI of its `value`: it does not outlive it. */
function withoutStaleReference(before: Resource, after: Resource): Resource {
  return after['$ref'] === undefined || after['value'] === before['value'] ? after : withoutAttribute(after, '$ref');
}

/**
 * What is there, and then what is not there yet (RFC 7644 §3.5.2.1: a value that is already there is not added
 * again).
 */
function union(current: Json[], values: Json[]): Json[] {
  const [value] = values;
  if (value !== undefined && values.length === 1)
    return current.some((held) => isSame(held, value)) ? current : [...current, value];
  const held = new Set(current.map(contentOf));
  const missing = values.filter((one) => {
    const content = contentOf(one);
    return !held.has(content) && held.add(content);
  });
  return missing.length === 0 ? current : [...current, ...missing];
}

/**
 * Looks at `value` first: a thousand operations that add one value each to a long list would otherwise take seconds.
 */
function isSame(held: Json, value: Json): boolean {
  return (!isJsonObject(held) || !isJsonObject(value) || held['value'] === value['value']) && equalJson(held, value);
}

/** True for a value that is not null, an empty list or an object without anything (RFC 7643 §2.5). */
function isAssigned(value: Json): boolean {
  return !isUnassigned(value) && (!isJsonObject(value) || Object.keys(value).length > 0);
}

/**
 * A value that becomes primary takes that from every other (RFC 7644 §3.5.2). @throws InvalidValueError when two
 * become primary at once
 */
function withOnePrimary(attribute: Attribute, before: Json[], after: Json[]): Json[] {
  if (after === before || !attribute.subAttributes?.some(({ name, type }) => name === 'primary' && type === 'boolean'))
    return after;
  const primaries = after.filter(isPrimary);
  if (primaries.length < 2) return after;
  const known = new Set(before);
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

function elementsOf(current: Json | undefined): Json[] {
  return Array.isArray(current) ? current : current === undefined ? [] : [current];
}
