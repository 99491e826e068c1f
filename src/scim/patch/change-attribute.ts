import { equalJson, isJsonObject } from '../../base/json.ts';
import type { Json } from '../../base/json.ts';
import type { Dialect } from '../model/dialects.ts';
import { addElements, settleElements } from './element-list.ts';
import { identityMatcher, withoutRepeats } from '../model/element-identity.ts';
import { mergeParts, withPart } from './merge-parts.ts';
import type { AttributeTarget } from './patch-target.ts';
import { isUnassigned } from './patch-value.ts';
import type { PatchValues } from './patch-value.ts';
import type { Resource } from '../model/resource.ts';
import type { Attribute } from '../model/schema.ts';
import { InvalidValueError, MutabilityError, NoTargetError } from '../model/scim-error.ts';
import { hasContent, isEmptyElement, isLeftEmpty, saysNothing } from '../validate/empty-element.ts';
import { maxValues, refuseEmptyFlag } from '../validate/normalize-value.ts';

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
  // What cannot be read back would seem emptied, and go on.
  if (attribute.mutability === 'writeOnly' && (assigned === undefined || assigned === ''))
    throw new InvalidValueError(`"${attribute.name}" cannot be emptied: give another value, or leave it out.`);
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
      : withPart(attribute, current, subAttribute, undefined);
  }
  if (attribute.type !== 'complex') return values.simple(value!);
  const before = isJsonObject(current) ? current : {};
  if (subAttribute !== undefined) {
    if (subAttribute.name === 'value' && value === '' && change.dialect.permits('emptyReference')) return undefined;
    return changePart(before, subAttribute, change);
  }
  const parts = values.parts(value!);
  const kept = change.op === 'replace' && change.dialect.replacesWhole ? {} : before;
  return parts && mergeParts(attribute, kept, parts);
}

/** @throws MutabilityError for `remove`, InvalidValueError for null, where the attribute always keeps a value */
function refuseRemoval({ op, target: { attribute } }: AttributeChange): void {
  if (op === 'remove' && attribute.unassign === 'never')
    throw new MutabilityError(`"${attribute.name}" cannot be removed: replace it with a value.`);
  if (op !== 'remove') refuseEmptyFlag(attribute, attribute.name);
}

function changeElements(current: Json[], change: AttributeChange): Json[] {
  const {
    op,
    target: { attribute, elements, subAttribute },
  } = change;
  if (op === 'add' && isUnassigned(change.value)) return addNothing(current, change);
  if (removes(change)) return removeElements(current, change);
  if (elements === undefined && subAttribute === undefined) {
    const values = change.values.list(change.value!);
    return op === 'add' ? addElements(attribute, current, values) : withoutRepeats(attribute, values);
  }
  const isMeant = elements === undefined ? () => true : (element: Json) => elements.matches(element);
  if (!current.some(isMeant)) {
    const made = changeElement(newElement(change), { ...change, op: 'add' });
    return addElements(attribute, current, unlessEmptied(made, change));
  }
  const replacesWhole = op === 'replace' && subAttribute === undefined;
  const next = current.flatMap((element) => {
    if (!isMeant(element)) return [element];
    const after = changeElement(element, change);
    return replacesWhole ? unlessEmptied(after, change) : standing(attribute, element, after);
  });
  return settleElements(attribute, current, next);
}

/** An empty list adds nothing, and says so; null names nothing that could be added. */
function addNothing(current: Json[], { value, target: { attribute } }: AttributeChange): Json[] {
  if (value !== null) return current;
  throw new InvalidValueError(
    `"${attribute.name}": null adds nothing. Give the values to add, or use "remove" to take values away.`,
  );
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
  // To add only some sub-attributes, or to take some away, is a change; to replace an element with nothing is none.
  if (op === 'replace' ? subAttribute === undefined && isEmptyElement(attribute, value!) : isEmptyObject(value))
    throw saysNothing(attribute, attribute.name);
  if (attribute.type !== 'complex') return values.simple(value!) ?? element;
  const before = isJsonObject(element) ? element : {};
  if (subAttribute !== undefined) return changePart(before, subAttribute, change);
  const parts = values.parts(value!) ?? { set: {}, unset: [] };
  return op === 'replace' ? parts.set : mergeParts(attribute, before, parts);
}

/**
 * The element that an operation found missing, made from its filter: `emails[type eq "work"]` makes `{type: "work"}`.
 */
function newElement({ op, target: { attribute, elements }, values, dialect }: AttributeChange): Json {
  if (elements === undefined) return {};
  if (elements.seed === undefined) {
    throw new NoTargetError(
      `No element of "${attribute.name}" matches the filter, and none can be made from it: only eq `
        + 'terms joined by and say what to make.',
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
  const isMeant = elements === undefined ? () => true : (element: Json) => elements.matches(element);
  if (subAttribute !== undefined) {
    const next = current.flatMap((element) =>
      isMeant(element) && isJsonObject(element)
        ? standing(attribute, element, withPart(attribute, element, subAttribute, undefined))
        : [element],
    );
    return settleElements(attribute, current, next);
  }
  if (op === 'remove' && value !== undefined && !(value === null && elements !== undefined)) {
    if (value === null)
      throw new InvalidValueError(
        `"${attribute.name}": null names no value to remove. Name the values, or leave "value" `
          + 'out to remove all of them.',
      );
    dialect.permits('removeByValue');
    const isUnwanted = identityMatcher(attribute, values.list(value));
    return current.filter((element) => !isMeant(element) || !isUnwanted(element));
  }
  return current.filter((element) => !isMeant(element));
}

/**
 * True when the operation leaves its target without a value: `remove`, or null or an empty list as the value (RFC
 * 7643 §2.5); of an element's `value`, empty text too.
 */
function removes({ op, target: { attribute, subAttribute }, value, dialect }: AttributeChange): boolean {
  if (op === 'remove') return true;
  if (value === '' && attribute.multiValued && subAttribute?.name === 'value') return dialect.permits('emptyReference');
  if (!isUnassigned(value)) return false;
  return op === 'replace' || dialect.permits('nullEmpties');
}

function changePart(
  before: Resource,
  subAttribute: Attribute,
  { op, target, value, values }: AttributeChange,
): Resource {
  const part = values.part(subAttribute, value!);
  const held = before[subAttribute.name];
  const next =
    op === 'add' && Array.isArray(part) && Array.isArray(held) ? addElements(subAttribute, held, part) : part;
  return withPart(target.attribute, before, subAttribute, next);
}

/** An element that an operation made, or put in place of another: none where empty text is all that it gave. */
function unlessEmptied(element: Json, { target: { attribute }, value }: AttributeChange): Json[] {
  const isEmptied = value === '' || isLeftEmpty(attribute, value ?? null);
  return isAssigned(element) && !(isEmptied && !hasContent(attribute, element)) ? [element] : [];
}

/** What is left of an element that was changed: nothing where it has lost its `value`, or the last that it said. */
function standing(attribute: Attribute, before: Json, after: Json): Json[] {
  if (!isAssigned(after)) return [];
  if (!isJsonObject(before) || !isJsonObject(after)) return [after];
  const hasLostValue = before['value'] !== undefined && after['value'] === undefined;
  const hasLostContent = hasContent(attribute, before) && !hasContent(attribute, after);
  return hasLostValue || hasLostContent ? [] : [after];
}

/** True for a value that is not null, an empty list or an object without anything (RFC 7643 §2.5). */
function isAssigned(value: Json): boolean {
  return !isUnassigned(value) && (!isJsonObject(value) || Object.keys(value).length > 0);
}

function isEmptyObject(value: Json | undefined): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0;
}

function elementsOf(current: Json | undefined): Json[] {
  return Array.isArray(current) ? current : current === undefined ? [] : [current];
}
