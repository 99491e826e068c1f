import { slices } from '../../base/cooperative.ts';
import type { Condition } from '../../scim/search/condition.ts';
import { elementDocument } from '../../scim/search/element-document.ts';
import { matchCondition } from '../../scim/search/filter-match.ts';
import type { MembersOperation, MemberValue } from '../../scim/patch/members-operation.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import { NoTargetError } from '../../scim/model/scim-error.ts';
import type { SearchDocument } from '../../scim/search/search-document.ts';
import type { Membership, MembershipChange, ResourceStore } from '../records/resource-store.ts';

/** The group concerned; `id` of one that is still to be created is fine. */
export interface GroupRef {
  readonly tenant: string;
  readonly id: string;
  readonly type: ResourceType;
}

/** The difference between the group's members as stored and as they are to be. */
export class MembersDelta {
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
      case 'refuse':
        return this.#refuse(operation);
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

  /** What no member can take is refused; where there is no such member, that is what is wrong (RFC 7644 §3.5.2.3). */
  async #refuse({ condition, error }: Extract<MembersOperation, { kind: 'refuse' }>): Promise<never> {
    const isMeant = (member: Membership): boolean =>
      matchCondition(condition, memberDocument(this.#group.type, member));
    let exists = [...this.#added.values()].some(isMeant);
    if (!exists && !this.#cleared)
      for await (const chunk of this.#store.membersWhere(this.#group.tenant, this.#group.id, condition)) {
        exists = chunk.some(({ value }) => !this.#removed.has(value));
        if (exists) break;
      }
    throw exists ? error : new NoTargetError('No member of the group matches the filter.');
  }

  /** @param stored those of the members that are stored, where that is known */
  async #add(members: readonly MemberValue[], stored?: ReadonlySet<string>): Promise<boolean> {
    let changed = false;
    for await (const named of slices(members)) {
      const some = named.filter(({ value }) => this.#types.has(value));
      const present = await this.#presentAmong(
        some.map(({ value }) => value),
        stored,
      );
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
    const stored = new Set<string>();
    if (!this.#cleared) {
      for await (const chunk of this.#store.members(this.#group.tenant, this.#group.id)) {
        for (const { value } of chunk) {
          if (this.#removed.has(value)) continue;
          if (wanted.has(value)) stored.add(value);
          else surplus.push(value);
        }
      }
    }
    for (const value of surplus) this.#drop(value);
    // All members have been read: what is not among them needs no further look.
    const added = await this.#add(members, stored);
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

  async #presentAmong(values: readonly string[], stored?: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const present = new Set(values.filter((value) => this.#added.has(value) || stored?.has(value) === true));
    if (stored !== undefined) return present;
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
