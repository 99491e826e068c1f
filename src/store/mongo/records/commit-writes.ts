import type { Clock } from '../../../base/clock.ts';
import type { DomainEvent } from '../../../domain/events.ts';
import type { Commit } from '../../../provisioning/records/resource-store.ts';
import type { Update } from '../commands/collection.ts';
import type { Filter } from '../commands/read-options.ts';
import type { PendingMembers, RecordDocument, StampedEvent } from '../database/documents.ts';
import { encodeNames } from '../database/field-names.ts';
import { recordKey, stateOf } from '../database/record-document.ts';
import type { Stamps } from '../database/stamps.ts';
import { namesOf } from '../members/member-changes.ts';
import { only } from '../members/moving-record.ts';
import type { MovingRecord } from '../members/moving-record.ts';

export type Put = Extract<Commit, { kind: 'put' }>;
export type Remove = Extract<Commit, { kind: 'remove' }>;

/** What is known of a record that a commit meets. */
export type Standing = Pick<
  RecordDocument,
  '_id' | 'tenant' | 'type' | 'version' | 'commits' | 'removed' | 'base' | 'work'
>;

/** What to read of it. */
export const standingFields = { tenant: 1, type: 1, version: 1, commits: 1, removed: 1, base: 1, work: 1 } as const;

/** A commit as MongoDB is told it: one write to one document. */
export interface RecordWrite {
  readonly insert?: RecordDocument;
  readonly update?: { readonly filter: Filter; readonly update: Update };
  /**
   * The same with the lease to carry out the memberships that follow, where nothing of the kind waits in the record
   * yet; `insert` has it anyway.
   */
  readonly leasing?: { readonly filter: Filter; readonly update: Update };
  /** What is to be carried out under that lease. */
  readonly moving?: MovingRecord;
}

/** How many of its last commits a record remembers. */
const remembered = 8;

interface Change {
  readonly $set: Partial<RecordDocument>;
  readonly $unset: Readonly<Record<string, ''>>;
}

/** What a removal leaves nothing of. */
const goneWithRemoval = {
  type: '',
  resource: '',
  shown: '',
  account: '',
  attempt: '',
  search: '',
  uniqueKeys: '',
  lookupKeys: '',
  dueAt: '',
} as const;

/** Makes the writes of commits. Each bears the name of its commit, by which a repetition knows itself. */
export class CommitWrites {
  readonly #stamps: Stamps;
  readonly #clock: Clock;

  constructor(stamps: Stamps, clock: Clock) {
    this.#stamps = stamps;
    this.#clock = clock;
  }

  /** @param pending the change of members, laid down where it is too big for the document */
  create(put: Put, name: string, pending: readonly PendingMembers[]): RecordWrite {
    const { tenant, id, version } = put.record;
    const _id = recordKey(tenant, id);
    const events = this.#stamped(put.events);
    const follows = pending.length > 0;
    const insert = {
      ...stateOf(put).set,
      _id,
      position: this.#stamps.next(),
      events,
      pendingMembers: [...pending],
      commits: [name],
      ...(events[0] ? { relay: events[0].stamp } : {}),
      // Where this clock is not the server's, the lease is shorter or void: see MemberLease.
      ...(follows
        ? { moving: tenant, naming: pending.flatMap(namesOf), work: { by: name, at: this.#clock.now() } }
        : {}),
    } as RecordDocument;
    return {
      insert,
      ...(follows ? { moving: { _id, tenant, version, pendingMembers: [...pending], moving: tenant } } : {}),
    };
  }

  replace(put: Put, name: string, pending: readonly PendingMembers[]): RecordWrite {
    const { tenant, type, id } = put.record;
    const filter = { _id: recordKey(tenant, id), tenant, type, version: put.expectedVersion };
    const { set, unset } = stateOf(put);
    return this.#change(put.record, name, filter, { $set: set, $unset: unset }, put.events, pending);
  }

  /** Leaves nothing of the person: only what is still to be told and undone. */
  remove({ tenant, type, id, expectedVersion, events }: Remove, name: string): RecordWrite {
    const filter = { _id: recordKey(tenant, id), tenant, type, version: expectedVersion };
    const removed = { tenant, type, id };
    const version = expectedVersion + 1;
    const change = { $set: { removed, version }, $unset: goneWithRemoval };
    return this.#change({ tenant, id, version, removed }, name, filter, change, events, []);
  }

  /**
   * An id that was removed is created again. The versions of its memberships begin above those of its old life, so
   * that nothing late of that touches them; all of them must have ended.
   */
  revive(put: Put, name: string, pending: readonly PendingMembers[], removed: Standing): RecordWrite {
    const filter = {
      ...only(removed),
      removed: { $exists: true },
      moving: { $exists: false },
      version: removed.version,
    };
    const { set, unset } = stateOf(put);
    const change = {
      $set: { ...set, position: this.#stamps.next(), base: (removed.base ?? 0) + removed.version },
      $unset: { ...unset, removed: '', purgeAt: '' } as const,
    };
    const { update } = this.#change(put.record, name, filter, change, put.events, pending);
    return update ? { update } : {};
  }

  #change(
    record: Pick<MovingRecord, 'version' | 'removed'> & { readonly tenant: string; readonly id: string },
    name: string,
    filter: Filter,
    { $set, $unset }: Change,
    events: readonly DomainEvent[],
    pending: readonly PendingMembers[],
  ): RecordWrite {
    const { tenant, id, version, removed } = record;
    const stamped = this.#stamped(events);
    const naming = removed ? [id] : pending.flatMap(namesOf);
    const follows = naming.length > 0;
    const set = { ...$set, ...(follows ? { moving: tenant } : {}) };
    const update = {
      $set: set,
      ...(Object.keys($unset).length > 0 ? { $unset } : {}),
      $push: {
        commits: { $each: [name], $slice: -remembered },
        events: { $each: stamped },
        pendingMembers: { $each: [...pending] },
        ...(follows ? { naming: { $each: naming } } : {}),
      },
      ...(stamped[0] ? { $min: { relay: stamped[0].stamp } } : {}),
    };
    if (!follows) return { update: { filter, update } };
    const _id = recordKey(tenant, id);
    return {
      update: { filter, update },
      leasing: {
        // Without a base, so that the versions of the memberships are known.
        filter: { ...filter, moving: { $exists: false }, base: { $exists: false } },
        update: { ...update, $set: { ...set, 'work.by': name }, $currentDate: { 'work.at': true } },
      },
      moving: {
        _id,
        tenant,
        version,
        pendingMembers: [...pending],
        moving: tenant,
        ...(removed === undefined ? {} : { removed }),
      },
    };
  }

  #stamped(events: readonly DomainEvent[]): StampedEvent[] {
    return events.map((event) => ({ id: event.id, stamp: this.#stamps.next(), event: encodeNames(event) }));
  }
}
