import type { Clock } from '../../../base/clock.ts';
import { foldCase } from '../../../scim/model/case-fold.ts';
import { insertMissing, upsertEach } from '../commands/batch-write.ts';
import type { Upsert } from '../commands/batch-write.ts';
import type { Collections } from '../database/collections.ts';
import type { MemberEntry, MembershipDocument } from '../database/documents.ts';
import { recordKey } from '../database/record-document.ts';
import { tombstonesLive } from '../database/record-flags.ts';

/** A change of at most so many members goes in one command. */
const few = 50;

/** A group, and the version of its memberships by the change that is carried out. */
export interface GroupAt {
  readonly tenant: string;
  readonly group: string;
  readonly version: number;
}

/** A member that leaves a group. */
export type Leaver = GroupAt & Pick<MembershipDocument, '_id'>;

/**
 * The writes to memberships. Each may be repeated, late or by several processes at once: a membership knows the
 * group's version that last touched it, and nothing older changes it.
 */
export class MembershipWrites {
  readonly #memberships: Collections['memberships'];
  readonly #clock: Clock;

  constructor({ memberships }: Collections, clock: Clock) {
    this.#memberships = memberships;
    this.#clock = clock;
  }

  /**
   * Adds members. Most are new, and inserting is what MongoDB does fastest; the others are updated where the change
   * is the newer one.
   */
  async add(at: GroupAt, members: readonly MemberEntry[]): Promise<void> {
    const documents = members.map((member) => membershipDocument(at, member));
    const present = await insertMissing(this.#memberships, documents);
    // Left as it is: the membership has this version or a newer one.
    await upsertEach(this.#memberships, present.flatMap((place) => documents[place] ?? []).map(supersede));
  }

  /** Whether a change is so small that `changeFew` takes it. */
  isFew({ add, remove }: { readonly add: readonly unknown[]; readonly remove: readonly unknown[] }): boolean {
    return add.length > 0 && add.length + remove.length <= few;
  }

  /** Adds a few members and ends the memberships of others. */
  async changeFew(at: GroupAt, add: readonly MemberEntry[], remove: readonly string[]): Promise<void> {
    const added = new Set(add.map(({ value }) => value));
    const ended = this.#ended(at.version);
    const ends = remove.flatMap((member): Upsert<MembershipDocument>[] => {
      const _id = membershipKey(at.tenant, at.group, member);
      const filter = { _id, tenant: at.tenant, version: { $lt: at.version } };
      return added.has(member) ? [] : [{ filter, update: ended, upsert: false }];
    });
    await upsertEach(this.#memberships, [...add.map((member) => supersede(membershipDocument(at, member))), ...ends]);
  }

  /** Ends the memberships of these members. */
  async end({ tenant, group, version }: GroupAt, members: readonly string[]): Promise<void> {
    const _id = { $in: members.map((member) => membershipKey(tenant, group, member)) };
    await this.#memberships.updateMany({ _id, tenant, version: { $lt: version } }, this.#ended(version));
  }

  /** Ends all memberships of a group, however many. */
  async endAll({ tenant, group, version }: GroupAt): Promise<void> {
    await this.#memberships.updateInSteps(
      { tenant, group, present: true, version: { $lt: version } },
      'member',
      this.#ended(version),
    );
  }

  /** Ends memberships of several groups at once. */
  async endEach(leavers: readonly Leaver[]): Promise<void> {
    if (leavers.length === 0) return;
    await this.#memberships.bulkWrite(
      leavers.map(({ _id, tenant, version }) => ({
        updateOne: { filter: { _id, tenant, version: { $lt: version } }, update: this.#ended(version) },
      })),
    );
  }

  /** Deletes memberships. */
  async forget(tenant: string, keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#memberships.deleteMany({ _id: { $in: [...keys] }, tenant });
  }

  /** What stays for a day tells nothing of the member but the id. */
  #ended(version: number) {
    const purgeAt = new Date(this.#clock.now().getTime() + tombstonesLive);
    return { $set: { present: false, version, purgeAt }, $unset: { display: '', 'search.display': '' } } as const;
  }
}

/** The `_id` of a membership. */
export function membershipKey(tenant: string, group: string, member: string): string {
  return `${recordKey(tenant, group)}/${member}`;
}

/** A membership as its document holds it. */
export function membershipDocument(
  { tenant, group, version }: GroupAt,
  { value, type, display }: MemberEntry,
): MembershipDocument {
  const search = { type: foldCase(type), ...(display === undefined ? {} : { display: foldCase(display) }) };
  return {
    _id: membershipKey(tenant, group, value),
    tenant,
    group,
    member: value,
    type,
    search,
    present: true,
    version,
    ...(display === undefined ? {} : { display }),
  };
}

/** Inserts where it finds none, for MongoDB may delete an ended membership at any moment. */
function supersede({ _id, tenant, group, member, ...state }: MembershipDocument): Upsert<MembershipDocument> {
  return {
    // With the whole shard key, for an insert goes to one shard.
    filter: { _id, tenant, group, version: { $lt: state.version } },
    update: {
      $set: state,
      $setOnInsert: { member },
      $unset: { purgeAt: '' as const, ...(state.display === undefined ? { display: '' as const } : {}) },
    },
  };
}
