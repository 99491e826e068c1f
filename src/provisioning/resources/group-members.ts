import { isJsonObject } from '../../json.ts';
import type { Condition } from '../../scim/search/condition.ts';
import { elementDocument } from '../../scim/search/element-document.ts';
import { matchCondition } from '../../scim/search/filter-match.ts';
import { turnTaking } from '../../cooperative.ts';
import type { MembersOperation, MemberValue } from '../../scim/patch/members-operation.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Resource } from '../../scim/model/resource.ts';
import { InvalidValueError } from '../../scim/model/scim-error.ts';
import type { SearchDocument } from '../../scim/search/search-document.ts';
import type { Membership, MembershipChange, ResourceStore } from '../records/resource-store.ts';

/** What became of a list of operations on a group's members. */
export interface CarriedOut {
  /** Undefined when nothing changes. */
  readonly change: MembershipChange | undefined;
  /** Indexes of the PATCH operations that changed something. */
  readonly applied: ReadonlySet<number>;
}

/** The group concerned; `id` of one that is still to be created is fine. */
interface GroupRef {
  readonly tenant: string;
  readonly id: string;
  readonly type: ResourceType;
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
 * @throws InvalidValueError naming `members[3].value`, of a PATCH its operation too, when there is no such user or
 *   group in the tenant, or it
 *   is the group itself
 */
export async function carryOutMembers(
  store: ResourceStore,
  group: GroupRef,
  operations: readonly MembersOperation[],
): Promise<CarriedOut> {
  const types = await typesOfNewMembers(store, group, operations);
  const delta = new MembersDelta(store, group, types);
  const applied = new Set<number>();
  const takeTurns = turnTaking();
  for (const operation of operations) {
    if ((await delta.apply(operation)) && operation.index !== undefined) applied.add(operation.index);
    await takeTurns();
  }
  return { change: await delta.change(), applied };
}

/** Whether each member that is to be added exists, and what it is: a few reads for all of them. */
async function typesOfNewMembers(
  store: ResourceStore,
  group: GroupRef,
  operations: readonly MembersOperation[],
): Promise<ReadonlyMap<string, Membership['type']>> {
  const types = new Map<string, Membership['type']>();
  const takeTurns = turnTaking();
  for (const operation of operations) {
    if (operation.kind !== 'add' && operation.kind !== 'replace') continue;
    let place = 0;
    for await (const some of slices(operation.members)) {
      const unknown = some.map(({ value }) => value).filter((value) => !types.has(value));
      if (unknown.length > 0)
        for (const [id, type] of await store.typesOf(group.tenant, unknown))
          if (type === 'User' || type === 'Group') types.set(id, type);
      for (const { value } of some) {
        refuseStranger(group, types, value, place, operation.index);
        place += 1;
      }
      await takeTurns();
    }
  }
  return types;
}

function refuseStranger(
  group: GroupRef,
  types: ReadonlyMap<string, Membership['type']>,
  value: string,
  place: number,
  index: number | undefined,
): void {
  const fault =
    value === group.id
      ? 'a group cannot be a member of itself.'
      : types.has(value)
        ? undefined
        : `there is no user or group with id "${value.slice(0, 100)}".`;
  if (fault === undefined) return;
  const error = new InvalidValueError(`members[${place}].value: ${fault}`);
  throw index === undefined ? error : error.at(index);
}

/** What is worked through at once; other requests get their turn between two slices. */
async function* slices<T>(all: readonly T[]): AsyncGenerator<readonly T[]> {
  const takeTurns = turnTaking();
  for (let start = 0; start < all.length; start += 1000) {
    yield all.slice(start, start + 1000);
    await takeTurns();
  }
}

/** The difference between the group's members as stored and as they are to be. */
class MembersDelta {
  readonly #store: ResourceStore;
  readonly #group: GroupRef;
  readonly #types: ReadonlyMap<string, Membership['type']>;
  readonly #added = new Map<string, Membership>();
  readonly #removed = new Set<string>();
  #cleared = false;

  constructor(store: ResourceStore, group: GroupRef, types: ReadonlyMap<string, Membership['type']>) {
    this.#store = store;
    this.#group = group;
    this.#types = types;
  }

  async change(): Promise<MembershipChange | undefined> {
    await this.#spare();
    if (!this.#cleared && this.#added.size === 0 && this.#removed.size === 0) return undefined;
    return { clear: this.#cleared, remove: [...this.#removed], add: [...this.#added.values()] };
  }

  /** Applies one operation; true when it changed anything. */
  async apply(operation: MembersOperation): Promise<boolean> {
    switch (operation.kind) {
      case 'add':
        return this.#add(operation.members);
      case 'remove':
        return this.#remove(operation.values);
      case 'removeWhere':
        return this.#removeWhere(operation.condition);
      case 'replace':
        return this.#replace(operation.members);
      case 'clear':
        return this.#clear();
    }
  }

  async #add(members: readonly MemberValue[]): Promise<boolean> {
    let changed = false;
    for await (const some of slices(members)) {
      const present = await this.#presentAmong(some.map(({ value }) => value));
      for (const member of some) {
        if (present.has(member.value)) continue;
        changed = true;
        // Taking back a removal of this same request leaves the stored record as it is.
        if (!this.#removed.delete(member.value)) this.#added.set(member.value, this.#membership(member));
      }
    }
    return changed;
  }

  async #remove(values: readonly string[]): Promise<boolean> {
    let changed = false;
    for await (const some of slices(values)) {
      const present = await this.#presentAmong(some);
      for (const value of present) this.#drop(value);
      changed ||= present.size > 0;
    }
    return changed;
  }

  async #removeWhere(condition: Condition): Promise<boolean> {
    const doomed = [...this.#added.values()]
      .filter((member) => matchCondition(condition, memberDocument(this.#group.type, member)))
      .map(({ value }) => value);
    if (!this.#cleared) {
      for await (const chunk of this.#store.membersWhere(this.#group.tenant, this.#group.id, condition)) {
        for (const { value } of chunk) if (!this.#removed.has(value)) doomed.push(value);
      }
    }
    for (const value of doomed) this.#drop(value);
    return doomed.length > 0;
  }

  async #replace(members: readonly MemberValue[]): Promise<boolean> {
    const wanted = new Set(members.map(({ value }) => value));
    const surplus = [...this.#added.keys()].filter((value) => !wanted.has(value));
    if (!this.#cleared) {
      for await (const chunk of this.#store.members(this.#group.tenant, this.#group.id)) {
        for (const { value } of chunk) if (!wanted.has(value) && !this.#removed.has(value)) surplus.push(value);
      }
    }
    for (const value of surplus) this.#drop(value);
    const added = await this.#add(members);
    return added || surplus.length > 0;
  }

  async #clear(): Promise<boolean> {
    const holdsAny = await this.#holdsAny();
    if (!holdsAny && this.#added.size === 0) return false;
    this.#added.clear();
    if (holdsAny) {
      this.#removed.clear();
      this.#cleared = true;
    }
    return true;
  }

  /** Where the group was emptied and all its members came back, they might as well have stayed. */
  async #spare(): Promise<void> {
    if (!this.#cleared || this.#added.size === 0) return;
    const kept: Membership[] = [];
    for await (const chunk of this.#store.members(this.#group.tenant, this.#group.id)) {
      if (!chunk.every(({ value }) => this.#added.has(value))) return;
      for (const member of chunk) kept.push(member);
    }
    this.#cleared = false;
    for (const { value, display } of kept) if (this.#added.get(value)?.display === display) this.#added.delete(value);
  }

  async #holdsAny(): Promise<boolean> {
    if (this.#cleared) return false;
    for await (const chunk of this.#store.members(this.#group.tenant, this.#group.id)) {
      if (chunk.some(({ value }) => !this.#removed.has(value))) return true;
    }
    return false;
  }

  async #presentAmong(values: readonly string[]): Promise<ReadonlySet<string>> {
    const present = new Set(values.filter((value) => this.#added.has(value)));
    const unknown = this.#cleared ? [] : values.filter((value) => !present.has(value) && !this.#removed.has(value));
    if (unknown.length === 0) return present;
    for (const { value } of await this.#store.membersAmong(this.#group.tenant, this.#group.id, unknown))
      present.add(value);
    return present;
  }

  #drop(value: string): void {
    if (!this.#added.delete(value)) this.#removed.add(value);
  }

  #membership({ value, display }: MemberValue): Membership {
    return { value, type: this.#types.get(value)!, ...(display === undefined ? {} : { display }) };
  }
}

/** A member as conditions over `{value, display, type}` read it. */
function memberDocument(type: ResourceType, member: Membership): SearchDocument {
  const { attribute } = type.resolve({ attribute: 'members' })!;
  return elementDocument(attribute, { ...member });
}
