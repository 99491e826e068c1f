import { isJsonObject } from '../../base/json.ts';
import type { Json } from '../../base/json.ts';
import { bindElementFilter } from '../filter/bind-filter.ts';
import type { Condition } from '../search/condition.ts';
import type { Dialect } from '../model/dialects.ts';
import type { Filter } from '../filter/filter.ts';
import type { Steps } from '../../base/cooperative.ts';
import type { AttributeTarget } from './patch-target.ts';
import { isUnassigned } from './patch-value.ts';
import type { PatchValues } from './patch-value.ts';
import type { ResourceType } from '../model/resource-type.ts';
import type { ScimError } from '../model/scim-error.ts';
import { InvalidPathError, InvalidValueError, MutabilityError } from '../model/scim-error.ts';

/** A member as a client names it; whether there is such a resource is for the handler to say. */
export interface MemberValue {
  /** The member's id; never empty. */
  readonly value: string;
  /** `User` or `Group`, where the client said so. */
  readonly type?: string;
  readonly display?: string;
}

/**
 * What an operation does to a group's members, which are records of their own and not part of the resource. Adding a
 * present member and removing an absent one are not errors; the code that applies it says whether anything changed.
 */
export type MembersOperation = {
  /** Which operation of a PATCH it belongs to; absent where a whole body names the members. */ readonly index?: number;
} & (
  | { readonly kind: 'add'; readonly members: readonly MemberValue[] }
  /** By id. */
  | { readonly kind: 'remove'; readonly values: readonly string[] }
  /** Those that satisfy a condition over `{value, display, type}`. */
  | { readonly kind: 'removeWhere'; readonly condition: Condition }
  | { readonly kind: 'replace'; readonly members: readonly MemberValue[] }
  /** To change those that satisfy a condition in a way that members cannot be: refused, if there are any. */
  | { readonly kind: 'refuse'; readonly condition: Condition; readonly error: ScimError }
  | { readonly kind: 'clear' }
);

/** So many ids, and no more, are put into one condition. */
const maxNamedBesideFilter = 100;

/** An operation on `members` as sent. */
interface MembersChange {
  readonly op: 'add' | 'remove' | 'replace';
  readonly target: AttributeTarget;
  readonly value: Json | undefined;
  readonly values: PatchValues;
  readonly dialect: Dialect;
}

/**
 * Reads an operation on `members` (RFC 7644 §3.5.2): all shapes, Entra's value arrays and its filter paths included.
 * Interruptible where it names many.
 * @throws MutabilityError for a change inside members (RFC 7643 §4.2: immutable); InvalidValueError for a member
 *   without an id. Through a filter it is for those who carry it out to refuse a change: there may be no such member.
 */
export function* membersOperation(type: ResourceType, index: number, change: MembersChange): Steps<MembersOperation> {
  const {
    op,
    target: { resolved, filter, subAttribute },
    value,
    dialect,
  } = change;
  if (subAttribute !== undefined || (filter !== undefined && op !== 'remove')) {
    const error =
      subAttribute === undefined
        ? new InvalidPathError(`"${op}" cannot go through a filter on "members": name the members in "value".`)
        : new MutabilityError(
            `"members.${subAttribute.name}" cannot be changed by itself: remove the member and add the new one.`,
          );
    if (filter === undefined) throw error;
    return { index, kind: 'refuse', condition: bindElementFilter(type, resolved, filter), error };
  }
  if (filter !== undefined) {
    const ids = idsOf(filter);
    const named = isUnassigned(value) ? undefined : (yield* readMembers(change)).map((member) => member.value);
    if (ids !== undefined)
      return { index, kind: 'remove', values: named === undefined ? ids : ids.filter((id) => named.includes(id)) };
    const meant = named === undefined ? filter : amongThese(filter, named);
    return { index, kind: 'removeWhere', condition: bindElementFilter(type, resolved, meant) };
  }
  if (op === 'remove') {
    if (value === undefined) return { index, kind: 'clear' };
    if (value === null) throw nullNamesNobody();
    dialect.permits('removeByValue');
    return {
      index,
      kind: 'remove',
      values: isUnassigned(value) ? [] : (yield* readMembers(change)).map((member) => member.value),
    };
  }
  if (value === null) throw nullNamesNobody();
  if (isUnassigned(value)) return op === 'replace' ? { index, kind: 'clear' } : { index, kind: op, members: [] };
  const members = yield* readMembers(change);
  // Only `[]` means "remove everyone"; an element without a value must not.
  if (op === 'replace' && members.length === 0) throw namesNobody();
  return { index, kind: op, members };
}

/** Each member once; the last one said of a member counts. */
function* readMembers({ value, values, dialect }: MembersChange): Steps<readonly MemberValue[]> {
  const members = new Map<string, MemberValue>();
  for (const element of yield* values.listSteps(value!)) {
    if (members.size % 1000 === 999) yield;
    if (!isJsonObject(element)) continue;
    const reference = element['$ref'];
    let id = element['value'];
    if (id === undefined && typeof reference === 'string' && dialect.permits('memberByRef'))
      id = idOfReference(reference);
    if (typeof id !== 'string' || id === '') throw namesNobody();
    const { type, display } = element;
    members.set(id, {
      value: id,
      ...(typeof type === 'string' && type !== '' ? { type } : {}),
      ...(typeof display === 'string' && display !== '' ? { display } : {}),
    });
  }
  return [...members.values()];
}

function namesNobody(): InvalidValueError {
  return new InvalidValueError('Each of "members" needs a "value": the id of a user or group.');
}

/** A group is never emptied by a template that was not filled in. */
function nullNamesNobody(): InvalidValueError {
  return new InvalidValueError(
    '"members": null names no member. Name the members; to empty the group, replace them by [].',
  );
}

function idOfReference(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}

/** Both chosen by the filter and named: `remove` with a `value` removes no other (docs/decisions/0004). */
function amongThese(filter: Filter, ids: readonly string[]): Filter {
  if (ids.length === 0 || ids.length > maxNamedBesideFilter)
    throw new InvalidValueError(
      `"members": beside a filter in the path, "value" may name 1 to ${maxNamedBesideFilter} members. Name them with `
        + 'the path "members" instead.',
    );
  const named = ids.map((id): Filter => {
    return { kind: 'compare', path: { attribute: 'value' }, operator: 'eq', value: id, text: id };
  });
  return {
    kind: 'and',
    filters: [filter, ...(named.length === 1 ? named : [{ kind: 'or', filters: named } as const])],
  };
}

/** The ids that `value eq "a"`, or several of these joined by `or`, names: found by key, with no search. */
function idsOf(filter: Filter): string[] | undefined {
  const terms = filter.kind === 'or' ? filter.filters : [filter];
  const ids: string[] = [];
  for (const term of terms) {
    const isId =
      term.kind === 'compare'
      && term.operator === 'eq'
      && term.path.attribute.toLowerCase() === 'value'
      && term.path.schema === undefined
      && term.path.subAttribute === undefined;
    if (!isId || typeof term.value !== 'string') return undefined;
    ids.push(term.value);
  }
  return ids;
}
