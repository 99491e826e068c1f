import type { Clock } from '../../../base/clock.ts';
import type { Collections } from '../database/collections.ts';
import type { MembershipDocument, RecordDocument } from '../database/documents.ts';
import { recordKey } from '../database/record-document.ts';
import { withoutPending } from '../database/record-flags.ts';
import type { Leaver, MembershipWrites } from './membership-writes.ts';

/** Memberships that one step ends. */
const step = 500;

type Left = Pick<MembershipDocument, '_id' | 'group'>;

/** Takes removed records out of the groups that they are in. */
export class GroupLeaving {
  readonly #collections: Collections;
  readonly #clock: Clock;
  readonly #writes: MembershipWrites;

  constructor(collections: Collections, clock: Clock, writes: MembershipWrites) {
    this.#collections = collections;
    this.#clock = clock;
    this.#writes = writes;
  }

  /**
   * Ends a removed record's memberships on both sides. Each group that it leaves changes by that in one write, with
   * all others that it leaves: their versions rise, and an entry in each says so until its membership has ended, so
   * that a repetition neither changes a group twice nor forgets one.
   * @param version of its memberships as a group, by its removal
   */
  async leave({ tenant, type, id }: NonNullable<RecordDocument['removed']>, version: number): Promise<void> {
    if (type === 'Group') await this.#writes.endAll({ tenant, group: id, version });
    for (;;) {
      const left = await this.#collections.memberships.find<Left>(
        { tenant, member: id, present: true },
        { projection: { group: 1 }, limit: step },
      );
      if (left.length > 0) await this.#leaveEach(tenant, id, left);
      if (left.length < step) return;
    }
  }

  async #leaveEach(tenant: string, member: string, left: readonly Left[]): Promise<void> {
    const { records } = this.#collections;
    const groups = { _id: { $in: left.map(({ group }) => recordKey(tenant, group)) }, tenant };
    await records.updateMany(
      { ...groups, removed: { $exists: false }, 'pendingMembers.leaves': { $ne: member } },
      this.#losing(tenant, member),
    );
    const found = await records.find<Pick<RecordDocument, '_id' | 'version' | 'base' | 'removed'>>(groups, {
      projection: { version: 1, base: 1, removed: 1 },
    });
    const versions = new Map(found.map(({ _id, version, base = 0 }) => [_id, version + base]));
    const versionOf = ({ group }: Left) => versions.get(recordKey(tenant, group));
    await this.#writes.endEach(
      left.flatMap((one): Leaver[] => {
        const version = versionOf(one);
        return version === undefined ? [] : [{ ...one, tenant, version }];
      }),
    );
    // Of a group that is forgotten altogether nothing is left that could bring a member back.
    await this.#writes.forget(
      tenant,
      left.filter((one) => versionOf(one) === undefined).map(({ _id }) => _id),
    );
    if (found.some(({ removed }) => removed === undefined))
      await records.updateMany(
        { ...groups, 'pendingMembers.leaves': member },
        withoutPending({ $ne: ['$$each.leaves', { $literal: member }] }, false),
        { writeConcern: { w: 1 } },
      );
  }

  /**
   * A change of a group whose version is not known here: MongoDB counts it up and writes it into the entry, in one
   * step.
   */
  #losing(tenant: string, member: string) {
    const lastModified = this.#clock.now().toISOString();
    const version = { $add: ['$version', 1] };
    const leaves = { $literal: member };
    const pending = { version, clear: false, remove: [leaves], add: [], leaves };
    return [
      {
        $set: {
          version,
          // Nothing of what it shows has changed but its members.
          shown: {
            $cond: [{ $eq: ['$shown.version', '$version'] }, { $mergeObjects: ['$shown', { version }] }, '$$REMOVE'],
          },
          lastModified,
          'search.meta.lastmodified': lastModified.replace('Z', '000000Z'),
          moving: { $literal: tenant },
          pendingMembers: { $concatArrays: ['$pendingMembers', [pending]] },
        },
      },
    ];
  }
}
