import { turnTaking, slices } from '../../base/cooperative.ts';
import type { MembersOperation, MemberValue } from '../../scim/patch/members-operation.ts';
import type { SkippedMembers } from '../../scim/model/request-notes.ts';
import { InvalidValueError } from '../../scim/model/scim-error.ts';
import type { Membership, ResourceStore } from '../records/resource-store.ts';
import type { GroupRef } from './members-delta.ts';

/** Ids that are told of; beyond them only their number is. */
const mostNamed = 20;

/** Which of the members that are to be added exist. */
export interface KnownMembers {
  /** What each of them is. */
  readonly types: ReadonlyMap<string, Membership['type']>;
  /** Those that do not exist and are left out; undefined when all do. */
  readonly skipped: SkippedMembers | undefined;
}

/** A member that does not exist, and where it was named first. */
interface Stranger {
  readonly value: string;
  readonly place: number;
  readonly index: number | undefined;
}

/**
 * Finds out whether each member that is to be added exists, and what it is: a few reads for all of them.
 * @param unknownMembers what becomes of those that do not exist
 * @throws InvalidValueError naming up to 20 of those that do not exist, where they are refused; the group itself always
 *   is
 */
export async function knownMembers(
  store: ResourceStore,
  group: GroupRef,
  operations: readonly MembersOperation[],
  unknownMembers: 'refuse' | 'skip',
): Promise<KnownMembers> {
  const types = new Map<string, Membership['type']>();
  const strangers = new Map<string, Stranger>();
  const takeTurns = turnTaking();
  for (const operation of operations) {
    if (operation.kind !== 'add' && operation.kind !== 'replace') continue;
    let place = 0;
    for await (const some of slices(operation.members)) {
      await readTypes(store, group, some, types);
      for (const { value } of some) {
        if (value === group.id) throw faultAt(place, 'a group cannot be a member of itself.', operation.index);
        if (!types.has(value) && !strangers.has(value)) strangers.set(value, { value, place, index: operation.index });
        place += 1;
      }
      await takeTurns();
    }
  }
  const unknown = [...strangers.values()];
  const [first] = unknown;
  if (first === undefined) return { types, skipped: undefined };
  if (unknownMembers === 'refuse') throw refusalOf(first, unknown);
  return { types, skipped: { count: unknown.length, ids: unknown.slice(0, mostNamed).map(shownId) } };
}

async function readTypes(
  store: ResourceStore,
  { tenant }: GroupRef,
  some: readonly MemberValue[],
  types: Map<string, Membership['type']>,
): Promise<void> {
  const unknown = some.map(({ value }) => value).filter((value) => !types.has(value));
  if (unknown.length === 0) return;
  for (const [id, type] of await store.typesOf(tenant, unknown))
    if (type === 'User' || type === 'Group') types.set(id, type);
}

function refusalOf(first: Stranger, unknown: readonly Stranger[]): InvalidValueError {
  if (unknown.length === 1)
    return faultAt(first.place, `there is no user or group with id "${shownId(first)}".`, first.index);
  const named = unknown.slice(0, mostNamed).map((one) => `"${shownId(one)}"`);
  const more = unknown.length > named.length ? ` and ${unknown.length - named.length} more` : '';
  return faultAt(
    first.place,
    `${unknown.length} members do not exist: there is no user or group with the ids ${named.join(', ')}${more}.`,
    first.index,
  );
}

function faultAt(place: number, fault: string, index: number | undefined): InvalidValueError {
  const error = new InvalidValueError(`members[${place}].value: ${fault}`);
  return index === undefined ? error : error.at(index);
}

function shownId({ value }: Stranger): string {
  return value.slice(0, 100);
}
