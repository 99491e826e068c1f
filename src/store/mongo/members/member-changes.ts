import type { Clock } from '../../../base/clock.ts';
import type { Membership, MembershipChange, StoredRecord } from '../../../provisioning/records/resource-store.ts';
import { insertMissing } from '../commands/batch-write.ts';
import type { MemberChangeDocument, MemberEntry, PendingMembers } from '../database/documents.ts';
import type { Collections } from '../database/collections.ts';

/** Changes of more members than this are kept outside the group's document, which MongoDB bounds at 16 MB. */
const inDocument = 1_000;

/** Parts written by one command. */
const partsAtOnce = 20;

/** Parts that no group names after this long, in milliseconds, belong to a commit that was broken off. */
const abandonedAfter = 24 * 60 * 60 * 1000;

/** One step of a change: values to remove or members to add. */
export type MemberChangePart = Pick<PendingMembers, 'remove' | 'add'>;

/** Lays down changes of members where the group's own commit can name them, and reads them again. */
export class MemberChanges {
  readonly #collections: Collections;
  readonly #clock: Clock;

  constructor(collections: Collections, clock: Clock) {
    this.#collections = collections;
    this.#clock = clock;
  }

  /**
   * Makes the entry that the group's commit will write; a big change is stored first, in parts that are not read until
   * then.
   */
  async prepare(
    change: MembershipChange,
    { tenant, id: group, version }: Pick<StoredRecord, 'tenant' | 'id' | 'version'>,
    commit: string,
  ): Promise<PendingMembers> {
    const { clear, remove, add } = change;
    if (remove.length + add.length <= inDocument) return { version, clear, remove: [...remove], add: add.map(entry) };
    const preparedAt = this.#clock.now();
    const parts = [...partsOf({ remove: [...remove], add: add.map(entry) })].map((part, n): MemberChangeDocument => ({
      _id: `${commit}:${String(n + 1).padStart(6, '0')}`,
      commit,
      tenant,
      group,
      names: namesIn(part),
      ...part,
      preparedAt,
    }));
    for (let start = 0; start < parts.length; start += partsAtOnce)
      await insertMissing(this.#collections.memberChanges, parts.slice(start, start + partsAtOnce));
    return { version, clear, remove: [], add: [], commit };
  }

  /** The change in parts. */
  async *parts(pending: PendingMembers): AsyncGenerator<MemberChangePart> {
    if (pending.commit === undefined) {
      yield* partsOf(pending);
      return;
    }
    yield* this.#collections.memberChanges.each({ commit: pending.commit }, { sort: { _id: 1 } }, 1);
  }

  /** Removes what `prepare` stored. */
  async discard(pending: readonly PendingMembers[]): Promise<void> {
    const commits = pending.flatMap(({ commit }) => (commit === undefined ? [] : [commit]));
    if (commits.length > 0) await this.#collections.memberChanges.deleteMany({ commit: { $in: commits } });
  }

  /** Removes the parts of commits that were broken off before they could name them. */
  async sweep(): Promise<void> {
    const before = new Date(this.#clock.now().getTime() - abandonedAfter);
    const old = await this.#collections.memberChanges.aggregate<{ _id: string }>([
      { $match: { preparedAt: { $lt: before } } },
      { $group: { _id: '$commit' } },
    ]);
    for (const { _id: commit } of old) {
      const named = await this.#collections.records.findOne(
        { moving: { $gt: '' }, 'pendingMembers.commit': commit },
        { projection: { _id: 1 } },
      );
      if (!named) await this.#collections.memberChanges.deleteMany({ commit });
    }
  }
}

/** The members whose memberships a change may touch; `*` where it may be any. */
export function namesOf(pending: PendingMembers): readonly string[] {
  return [...(pending.clear || pending.commit !== undefined ? ['*'] : []), ...namesIn(pending)];
}

function namesIn({ remove, add }: MemberChangePart): string[] {
  return [...remove, ...add.map(({ value }) => value)];
}

function* partsOf({ remove, add }: MemberChangePart): Generator<MemberChangePart> {
  for (let start = 0; start < add.length; start += inDocument)
    yield { remove: [], add: add.slice(start, start + inDocument) };
  for (let start = 0; start < remove.length; start += inDocument)
    yield { remove: remove.slice(start, start + inDocument), add: [] };
}

function entry({ value, type, display }: Membership): MemberEntry {
  return display === undefined ? { value, type } : { value, type, display };
}
