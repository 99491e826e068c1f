import type { Clock } from '../../../clock.ts';
import { foldCase } from '../../../scim/model/case-fold.ts';
import { insertMissing, upsertEach } from '../database/batch-write.ts';
import type { Upsert } from '../database/batch-write.ts';
import type { MemberEntry, MembershipDocument, PendingMembers, RecordDocument } from '../database/documents.ts';
import type { MemberChanges } from './member-changes.ts';
import type { Collections } from '../database/collections.ts';
import { recordKey } from '../database/record-document.ts';
import { lowerFlag, tombstonesLive } from '../database/record-flags.ts';

const fields = { tenant: 1, version: 1, pendingMembers: 1, removed: 1 } as const;

type MovingRecord = Pick<RecordDocument, '_id' | 'tenant' | 'version' | 'pendingMembers' | 'removed'>;

/**
 * Carries out, in the memberships, what the records' own writes have decided: changes of members wait in their
 * group's document, removed records leave their groups. Every step may be repeated, late or by several processes at
 * once: a membership knows the group's version that last touched it, and nothing older changes it.
 */
export class MembershipMover {
  readonly #collections: Collections;
  readonly #clock: Clock;
  readonly #changes: MemberChanges;

  constructor(collections: Collections, clock: Clock, changes: MemberChanges) {
    this.#collections = collections;
    this.#clock = clock;
    this.#changes = changes;
  }

  /** Finishes what waits in one record. */
  async settle(tenant: string, id: string): Promise<void> {
    await this.#settleAll({ _id: recordKey(tenant, id), moving: tenant });
  }

  /**
   * Finishes what may change a group's members: the changes in its own record, and the removals of records that may
   * be among them.
   */
  async settleGroup(tenant: string, id: string): Promise<void> {
    await this.#settleAll({ moving: tenant, $or: [{ _id: recordKey(tenant, id) }, { removed: { $exists: true } }] });
  }

  /** Finishes what waits in a tenant, or anywhere. */
  async settleAll(tenant?: string): Promise<void> {
    await this.#settleAll({ moving: tenant ?? { $gt: '' } });
  }

  async #settleAll(filter: Readonly<Record<string, unknown>>): Promise<void> {
    const moving = this.#collections.records.each<MovingRecord>(filter, { projection: fields }, 100);
    for await (const record of moving) await this.#settleRecord(record);
  }

  async #settleRecord(record: MovingRecord): Promise<void> {
    const { tenant, id } = record.removed ?? {
      tenant: record.tenant ?? '',
      id: record._id.slice((record.tenant ?? '').length + 1),
    };
    const late: MovingRecord[] = [];
    for (const pending of record.pendingMembers) late.push(...(await this.#apply(tenant, id, pending)));
    if (record.removed) await this.#leave(record.removed, record.version);
    // Before what was carried out is taken out: after a crash it is carried out again, and they are found again.
    for (const { removed, version } of late) if (removed) await this.#leave(removed, version);
    await this.#done(record);
  }

  /**
   * Adds before it removes: what the change itself has touched carries its version, and so is left alone by its
   * removals.
   * @returns members added although they had been removed meanwhile; they are to leave again
   */
  async #apply(tenant: string, group: string, pending: PendingMembers): Promise<readonly MovingRecord[]> {
    const { version } = pending;
    const late: MovingRecord[] = [];
    for await (const { add } of this.#changes.parts(pending)) {
      if (add.length === 0) continue;
      await this.#add(tenant, group, add, version);
      late.push(...(await this.#removedAmong(tenant, add)));
    }
    if (pending.clear) await this.#endAll(tenant, group, version);
    for await (const { remove } of this.#changes.parts(pending)) {
      if (remove.length > 0)
        await this.#end({ _id: { $in: remove.map((member) => membershipKey(tenant, group, member)) } }, version);
    }
    return late;
  }

  /**
   * Most are new, and inserting is what MongoDB does fastest; the others are updated where the change is the newer
   * one.
   */
  async #add(tenant: string, group: string, members: readonly MemberEntry[], version: number): Promise<void> {
    const documents = members.map((member) => membershipDocument(tenant, group, member, version));
    const present = await insertMissing(this.#collections.memberships, documents);
    // Left as it is: the membership has this version or a newer one.
    await upsertEach(this.#collections.memberships, present.flatMap((place) => documents[place] ?? []).map(supersede));
  }

  /**
   * A record's removal looks for its memberships once; one that is made after that look finds the removed record
   * here.
   */
  async #removedAmong(tenant: string, members: readonly MemberEntry[]): Promise<readonly MovingRecord[]> {
    const _id = { $in: members.map(({ value }) => recordKey(tenant, value)) };
    return this.#collections.records.find<MovingRecord>({ _id, removed: { $exists: true } }, { projection: fields });
  }

  async #end(filter: Readonly<Record<string, unknown>>, version: number): Promise<void> {
    const ended = { present: false, version, purgeAt: this.#expiry() };
    await this.#collections.memberships.updateMany({ ...filter, version: { $lt: version } }, { $set: ended });
  }

  /** Ends a group's memberships, however many. */
  async #endAll(tenant: string, group: string, version: number): Promise<void> {
    const ended = { present: false, version, purgeAt: this.#expiry() };
    await this.#collections.memberships.updateInSteps(
      { tenant, group, present: true, version: { $lt: version } },
      'member',
      { $set: ended },
    );
  }

  /**
   * Ends a removed record's memberships on both sides; the groups it leaves change by that, each in one write of its
   * own.
   */
  async #leave({ tenant, id }: NonNullable<RecordDocument['removed']>, version: number): Promise<void> {
    await this.#endAll(tenant, id, version);
    for (;;) {
      const left = await this.#collections.memberships.find<Pick<MembershipDocument, '_id' | 'group'>>(
        { tenant, member: id, present: true },
        { projection: { group: 1 }, limit: 500 },
      );
      if (left.length === 0) return;
      const groups = left.map(({ group }) => recordKey(tenant, group));
      await this.#collections.records.updateMany(
        // A repetition leaves alone the groups that it has told already.
        { _id: { $in: groups }, tenant, 'pendingMembers.remove': { $ne: id } },
        this.#losing(tenant, id),
      );
      for (const { group } of left) await this.settle(tenant, group);
      // A group that is gone itself has no write to ride on.
      const found = await this.#collections.records.find({ _id: { $in: groups }, tenant }, { projection: { _id: 1 } });
      const existing = new Set(found.map(({ _id }) => _id));
      const orphans = left.filter(({ group }) => !existing.has(recordKey(tenant, group))).map(({ _id }) => _id);
      if (orphans.length > 0) await this.#collections.memberships.deleteMany({ _id: { $in: orphans } });
    }
  }

  /**
   * A change of a group whose version is not known here: MongoDB counts it up and writes it into the entry, in one
   * step.
   */
  #losing(tenant: string, member: string) {
    const lastModified = this.#clock.now().toISOString();
    const version = { $add: ['$version', 1] };
    const pending = { version, clear: false, remove: [{ $literal: member }], add: [] };
    return [
      {
        $set: {
          version,
          lastModified,
          'search.meta.lastmodified': lastModified.replace('Z', '000000Z'),
          moving: { $literal: tenant },
          pendingMembers: { $concatArrays: ['$pendingMembers', [pending]] },
        },
      },
    ];
  }

  /** Takes out what was carried out, and nothing that came meanwhile. */
  async #done({ _id, pendingMembers }: MovingRecord): Promise<void> {
    const last = pendingMembers.at(-1)?.version ?? 0;
    // Carrying out an entry again does no harm, so this write need not be waited for on a majority's disks.
    await this.#collections.records.updateOne(
      { _id },
      { $pull: { pendingMembers: { version: { $lte: last } } } },
      { writeConcern: { w: 1 } },
    );
    await lowerFlag(this.#collections, this.#clock, 'moving', [_id]);
    await this.#changes.discard(pendingMembers);
  }

  #expiry(): Date {
    return new Date(this.#clock.now().getTime() + tombstonesLive);
  }
}

/** The `_id` of a membership. */
export function membershipKey(tenant: string, group: string, member: string): string {
  return `${recordKey(tenant, group)}/${member}`;
}

function membershipDocument(
  tenant: string,
  group: string,
  { value, type, display }: MemberEntry,
  version: number,
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
    filter: { _id, version: { $lt: state.version } },
    update: {
      $set: state,
      $setOnInsert: { tenant, group, member },
      $unset: { purgeAt: '' as const, ...(state.display === undefined ? { display: '' as const } : {}) },
    },
  };
}
