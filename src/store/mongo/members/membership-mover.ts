import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../../base/clock.ts';
import { StoreUnavailableError } from '../../../provisioning/records/resource-store.ts';
import type { Collections } from '../database/collections.ts';
import type { MemberEntry, PendingMembers } from '../database/documents.ts';
import { recordKey } from '../database/record-document.ts';
import { withoutPending } from '../database/record-flags.ts';
import type { ServerTime } from '../database/server-time.ts';
import { GroupLeaving } from './group-leaving.ts';
import type { MemberChanges } from './member-changes.ts';
import { LeaseLostError, MemberLease } from './member-lease.ts';
import { MembershipWrites } from './membership-writes.ts';
import type { GroupAt } from './membership-writes.ts';
import { identityOf, movingFields, only } from './moving-record.ts';
import type { MovingRecord } from './moving-record.ts';

/** How long a reader waits for another's work before it gives up, in milliseconds. */
const patienceMs = 10_000;

/** The longest pause between two looks whether it is done, in milliseconds. */
const longestPauseMs = 200;

/** What the mover works with. */
export interface MembershipMoverParts {
  readonly collections: Collections;
  readonly clock: Clock;
  readonly changes: MemberChanges;
  readonly time: ServerTime;
}

/**
 * Carries out, in the memberships, what the records' own writes have decided: changes of members wait in their
 * group's document, removed records leave their groups. One worker at a time does so, by a lease; every step may be
 * repeated all the same, late or by several processes at once.
 */
export class MembershipMover {
  readonly #parts: MembershipMoverParts;
  readonly #lease: MemberLease;
  readonly #writes: MembershipWrites;
  readonly #leaving: GroupLeaving;
  /** The work of this process, by the record's key: callers here wait for it without asking the database. */
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(parts: MembershipMoverParts) {
    const { collections, clock, time } = parts;
    this.#parts = parts;
    this.#lease = new MemberLease(collections, clock, time);
    this.#writes = new MembershipWrites(collections, clock);
    this.#leaving = new GroupLeaving(collections, clock, this.#writes);
  }

  /**
   * Finishes the pending changes of one record, or waits for the process that does.
   * @throws StoreUnavailableError when that takes another process too long
   */
  async settle(record: Pick<MovingRecord, '_id' | 'tenant'>): Promise<void> {
    const until = performance.now() + patienceMs;
    for (let pause = 10; ; pause = Math.min(longestPauseMs, pause * 2)) {
      const under = this.#underWay.get(record._id);
      if (under) await under.catch(() => undefined);
      else if (await this.#inLine(record._id, () => this.#tryToSettle(record))) return;
      else await sleep(pause);
      if (performance.now() > until)
        throw new StoreUnavailableError(`The members of ${record._id} are being changed; this takes a while.`);
    }
  }

  /**
   * Finishes what may change a group's members: the changes in its own record, and the removals of records that may
   * be among them.
   */
  async settleGroup(tenant: string, id: string): Promise<void> {
    await this.#settleAll(waitingFor(tenant, id));
  }

  /** Finishes the pending changes of a tenant, or of all. */
  async settleAll(tenant?: string): Promise<void> {
    await this.#settleAll({ moving: tenant ?? { $gt: '' } });
  }

  /**
   * Carries out what a commit has just decided, under the lease that the commit itself has taken.
   * @param by what the commit took it as
   */
  async work(record: MovingRecord, by: string): Promise<void> {
    await this.#inLine(record._id, () => this.#work(record, by));
  }

  /** Frees a record's lease at once, when the commit that may have taken it does not go on. */
  async giveBack(record: Pick<MovingRecord, '_id' | 'tenant'>, by: string): Promise<void> {
    await this.#lease.giveBack(record, by);
  }

  async #settleAll(filter: Readonly<Record<string, unknown>>): Promise<void> {
    const waiting = this.#parts.collections.records.each<MovingRecord>(filter, { projection: { tenant: 1 } }, 100);
    for await (const record of waiting) await this.settle(record);
  }

  /** @returns false while another has the lease */
  async #tryToSettle(record: Pick<MovingRecord, '_id' | 'tenant'>): Promise<boolean> {
    const by = this.#parts.clock.newId();
    const taken = await this.#lease.take(record, by);
    if (taken === 'busy') return false;
    if (taken === undefined) return true;
    try {
      await this.#work(taken, by);
      return true;
    } catch (error) {
      if (error instanceof LeaseLostError) return false;
      throw error;
    }
  }

  async #inLine<T>(key: string, work: () => Promise<T>): Promise<T> {
    const under = work();
    this.#underWay.set(key, under);
    try {
      return await under;
    } finally {
      if (this.#underWay.get(key) === under) this.#underWay.delete(key);
    }
  }

  /** Until nothing waits any more, what comes in the meantime included. */
  async #work(record: MovingRecord, by: string): Promise<void> {
    const stillOurs = this.#lease.watch(record, by);
    try {
      for (let next: MovingRecord | null = record; next?.moving !== undefined;)
        next = await this.#step(next, stillOurs);
    } catch (error) {
      if (!(error instanceof LeaseLostError)) await this.#lease.giveBack(record, by);
      throw error;
    }
  }

  async #step(record: MovingRecord, stillOurs: () => Promise<void>): Promise<MovingRecord | null> {
    const { base = 0, removed, pendingMembers } = record;
    const { tenant, id } = identityOf(record);
    const late: MovingRecord[] = [];
    for (const pending of pendingMembers)
      late.push(...(await this.#apply({ tenant, group: id, version: base + pending.version }, pending, stillOurs)));
    if (removed) await this.#leaving.leave(removed, base + record.version);
    // Before what was carried out is taken out: after a crash it is carried out again, and they are found again.
    for (const each of late) if (each.removed) await this.#leaving.leave(each.removed, (each.base ?? 0) + each.version);
    return this.#done(record);
  }

  /**
   * Adds before it removes: what the change itself has touched carries its version, and so is left alone by its
   * removals.
   * @returns members added although they had been removed meanwhile; they are to leave again
   */
  async #apply(at: GroupAt, pending: PendingMembers, stillOurs: () => Promise<void>): Promise<readonly MovingRecord[]> {
    const { changes } = this.#parts;
    if (!pending.clear && pending.commit === undefined && this.#writes.isFew(pending)) {
      await stillOurs();
      await this.#writes.changeFew(at, pending.add, pending.remove);
      return this.#removedAmong(at.tenant, pending.add);
    }
    const late: MovingRecord[] = [];
    for await (const { add } of changes.parts(pending)) {
      if (add.length === 0) continue;
      await stillOurs();
      await this.#writes.add(at, add);
      late.push(...(await this.#removedAmong(at.tenant, add)));
    }
    if (pending.clear) await this.#writes.endAll(at);
    for await (const { remove } of changes.parts(pending)) {
      if (remove.length === 0) continue;
      await stillOurs();
      await this.#writes.end(at, remove);
    }
    return late;
  }

  /**
   * A record's removal looks for its memberships once; one that is made after that look finds the removed record
   * here.
   */
  async #removedAmong(tenant: string, members: readonly MemberEntry[]): Promise<readonly MovingRecord[]> {
    const _id = { $in: members.map(({ value }) => recordKey(tenant, value)) };
    return this.#parts.collections.records.find<MovingRecord>(
      { _id, tenant, removed: { $exists: true } },
      { projection: movingFields },
    );
  }

  /**
   * Takes out what was carried out, and nothing that came meanwhile; where nothing did, the flag and the lease too.
   * @returns the record as it is then
   */
  async #done(record: MovingRecord): Promise<MovingRecord | null> {
    const last = record.pendingMembers.at(-1)?.version ?? 0;
    // Carrying out an entry again does no harm, so this write need not be waited for on a majority's disks.
    const after = await this.#parts.collections.records.findOneAndUpdate<MovingRecord>(
      only(record),
      withoutPending({ $gt: ['$$each.version', last] }, record.removed !== undefined),
      { projection: movingFields, writeConcern: { w: 1 } },
    );
    await this.#parts.changes.discard(record.pendingMembers);
    return after;
  }
}

/** The records whose pending changes may concern the members of a group. */
export function waitingFor(tenant: string, group: string): Readonly<Record<string, unknown>> {
  return { moving: tenant, $or: [{ _id: recordKey(tenant, group) }, { removed: { $exists: true } }] };
}
