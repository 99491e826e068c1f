import { isJsonObject } from '../../base/json.ts';
import { turnTaking, slices } from '../../base/cooperative.ts';
import type { MembersOperation, MemberValue } from '../../scim/patch/members-operation.ts';
import type { SkippedMembers } from '../../scim/model/request-notes.ts';
import type { Resource } from '../../scim/model/resource.ts';
import { InvalidValueError, ScimError } from '../../scim/model/scim-error.ts';
import type { MembershipChange, ResourceStore } from '../records/resource-store.ts';
import { knownMembers } from './known-members.ts';
import { type GroupRef, MembersDelta } from './members-delta.ts';

/** What became of a list of operations on a group's members. */
export interface CarriedOut {
  /** Undefined when nothing changes. */
  readonly change: MembershipChange | undefined;
  /** Indexes of the PATCH operations that changed something. */
  readonly applied: ReadonlySet<number>;
  /** Members that do not exist and were left out. */
  readonly skipped: SkippedMembers | undefined;
}

/** Reads `members` of a validated resource, however many. */
export async function membersOf(resource: Resource): Promise<readonly MemberValue[]> {
  const members = resource['members'];
  if (!Array.isArray(members)) return [];
  const byId = new Map<string, MemberValue>();
  let index = 0;
  for await (const some of slices(members)) {
    for (const member of some) {
      if (!isJsonObject(member)) continue;
      const { value, display } = member;
      if (typeof value !== 'string' || value === '')
        throw new InvalidValueError(`members[${index}].value: the id of a user or group is missing.`);
      byId.set(value, { value, ...(typeof display === 'string' ? { display } : {}) });
      index += 1;
    }
  }
  return [...byId.values()];
}

/**
 * Works out what operations on members come to, in order, beside what the group's records say. Nothing is written;
 * reading costs as much as the members named, however large the group, except where all of them are compared or
 * filtered.
 * @param unknownMembers what becomes of members that do not exist
 * @throws InvalidValueError naming `members[3].value`, of a PATCH its operation too, when there is no such user or
 *   group in the tenant and such are refused, or it is the group itself; NoTargetError, MutabilityError,
 *   InvalidPathError for a change inside members
 */
export async function carryOutMembers(
  store: ResourceStore,
  group: GroupRef,
  operations: readonly MembersOperation[],
  unknownMembers: 'refuse' | 'skip',
): Promise<CarriedOut> {
  const { types, skipped } = await knownMembers(store, group, operations, unknownMembers);
  const delta = new MembersDelta(store, group, types);
  const applied = new Set<number>();
  const takeTurns = turnTaking();
  for (const operation of operations) {
    if ((await located(operation, delta.apply(operation))) && operation.index !== undefined)
      applied.add(operation.index);
    await takeTurns();
  }
  return { change: await delta.change(), applied, skipped };
}

/** What an operation throws names it. */
async function located<T>({ index }: MembersOperation, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof ScimError && index !== undefined ? error.at(index) : error;
  }
}
