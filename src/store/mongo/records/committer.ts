import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../../base/clock.ts';
import { refuseOverdue } from '../../../provisioning/records/refuse-overdue.ts';
import { StoreUnavailableError } from '../../../provisioning/records/resource-store.ts';
import type { Commit, CommitResult } from '../../../provisioning/records/resource-store.ts';
import { NoAnswerError } from '../commands/answer-deadline.ts';
import { insertMissing } from '../commands/batch-write.ts';
import type { Collections } from '../database/collections.ts';
import { isDuplicate, isOutOfTime, isUnavailable, isWriteConflict } from '../commands/database-errors.ts';
import type { PendingMembers } from '../database/documents.ts';
import { recordKey } from '../database/record-document.ts';
import type { MemberChanges } from '../members/member-changes.ts';
import type { MembershipMover } from '../members/membership-mover.ts';
import type { MovingRecord } from '../members/moving-record.ts';
import { standingFields } from './commit-writes.ts';
import type { CommitWrites, Put, RecordWrite, Standing } from './commit-writes.ts';
import { isPlainCreate, pendingOf } from './members-of-commit.ts';
import { duplicateBy, keysWanted } from './key-holder.ts';
import type { KeyHolder } from './key-holder.ts';
import { translateTooLarge } from './too-large.ts';

/** One commit on its way: with the name by which a repetition knows itself. */
interface Attempt {
  readonly name: string;
  readonly commit: Commit;
  /** The change of members, laid down where it is too big for the document. */
  readonly pending: readonly PendingMembers[];
}

/** How a commit ended, and what is to be carried out under the lease that it has taken. */
interface Written {
  readonly result: CommitResult;
  readonly leased?: MovingRecord;
}

const done: Written = { result: { outcome: 'done' } };

/**
 * How often a commit is tried when the holder of its key has released it in between, or when transactions are in its
 * way.
 */
const tries = 5;

/** Creates in one command. */
const createsAtOnce = 200;

/** What the committer works with. */
export interface CommitterParts {
  readonly collections: Collections;
  readonly clock: Clock;
  readonly writes: CommitWrites;
  readonly changes: MemberChanges;
  readonly mover: MembershipMover;
  /** Told of each commit that held events. */
  readonly own: { add(key: string): void };
  /** Told of each record that is created or removed. */
  readonly counts: { changed(tenant: string, type: string, by: 1 | -1): void };
  readonly log?: { warn(message: string): void };
}

/**
 * Does the atomic writes. Each is one write to one document, guarded by the version in its filter and by the unique
 * index.
 */
export class Committer {
  readonly #parts: CommitterParts;

  constructor(parts: CommitterParts) {
    this.#parts = parts;
  }

  /**
   * Does one atomic write; answers when it is durable and the memberships follow it.
   * @throws ScimError 413 when the resource is larger than a document can be (16 MB, with its search document)
   */
  async commit(commit: Commit): Promise<CommitResult> {
    const name = this.#parts.clock.newId();
    const attempt = { name, commit, pending: await pendingOf(this.#parts.changes, commit, name) };
    const { result, leased } = await this.#attempt(attempt).catch(async (error: unknown) => {
      await this.#giveBack(attempt);
      throw error;
    });
    if (result.outcome === 'done') await this.follow(commit, leased && { record: leased, by: name });
    else await this.#parts.changes.discard(attempt.pending);
    return result;
  }

  /**
   * Does many writes, each atomic by itself. Creates without members go in one command; what of them is refused, or
   * whose answer is lost, is tried again alone under the same name, which finds out what became of it.
   */
  async commitEach(commits: readonly Commit[]): Promise<readonly CommitResult[]> {
    const results = new Array<CommitResult>(commits.length);
    const plain = commits.flatMap((commit, place) => (isPlainCreate(commit) ? [{ commit, place }] : []));
    const isPlain = new Set(plain.map(({ place }) => place));
    for (let start = 0; start < plain.length; start += createsAtOnce) {
      const some = plain
        .slice(start, start + createsAtOnce)
        .map((one) => ({ ...one, name: this.#parts.clock.newId() }));
      const refused = new Set(await this.#insertEach(some));
      for (const [index, { commit, place, name }] of some.entries()) {
        const { result } = refused.has(index) ? await this.#attempt({ name, commit, pending: [] }) : done;
        if (result.outcome === 'done') await this.follow(commit);
        results[place] = result;
      }
    }
    for (const [place, commit] of commits.entries())
      if (!isPlain.has(place)) results[place] = await this.commit(commit);
    return results;
  }

  /** @returns the places of those of which it is not known that they were inserted */
  async #insertEach(creates: readonly { readonly commit: Put; readonly name: string }[]): Promise<readonly number[]> {
    const documents = creates.flatMap(({ commit, name }) => this.#parts.writes.create(commit, name, []).insert ?? []);
    try {
      return await insertMissing(this.#parts.collections.records, documents);
    } catch (error) {
      if (error instanceof NoAnswerError) throw error;
      // Alone each of them finds out, or says why it cannot be written.
      return creates.map((_, index) => index);
    }
  }

  /**
   * Has the events and the memberships follow a commit. That is durable and stays done even where this fails: readers
   * of memberships, and the relay, see or finish what is left.
   */
  async follow(commit: Commit, leased?: { readonly record: MovingRecord; readonly by: string }): Promise<void> {
    const { tenant, type, id } = commit.kind === 'remove' ? commit : commit.record;
    if (commit.kind === 'remove') this.#parts.counts.changed(tenant, type, -1);
    else if (commit.expectedVersion === 0) this.#parts.counts.changed(tenant, type, 1);
    if (commit.events.length > 0) this.#parts.own.add(recordKey(tenant, id));
    if (commit.kind === 'put' && !commit.members) return;
    try {
      if (leased) await this.#parts.mover.work(leased.record, leased.by);
      else await this.#parts.mover.settle({ _id: recordKey(tenant, id), tenant });
    } catch (error) {
      this.#parts.log?.warn(
        `MongoDB: the members of ${recordKey(tenant, id)} are not changed yet, they will be when they `
          + `are next read: ${String(error)}`,
      );
    }
  }

  /** A commit whose answer was lost for good may have gone through, with a lease. */
  async #giveBack({ commit, name, pending }: Attempt): Promise<void> {
    if (commit.kind === 'put' && pending.length === 0) return;
    const { tenant, id } = commit.kind === 'put' ? commit.record : commit;
    await this.#parts.mover.giveBack({ _id: recordKey(tenant, id), tenant }, name);
  }

  /** A write that lost its connection may or may not have gone through; the next try finds out by the commit's name. */
  async #attempt(attempt: Attempt): Promise<Written> {
    for (let n = 1; ; n += 1) {
      try {
        refuseOverdue(attempt.commit);
        return await this.#write(attempt);
      } catch (error) {
        if (isDuplicate(error)) {
          const refusal = await this.#refusal(attempt);
          if (refusal) return { result: refusal };
          if (n === tries) throw new StoreUnavailableError('A unique key kept changing hands', { cause: error });
        } else if (isWriteConflict(error) && n < tries) {
          await sleep(Math.random() * 10 * 2 ** n);
        } else if (!isUnavailable(error) || error instanceof NoAnswerError || isOutOfTime(error) || n > 1) {
          throw translateTooLarge(error);
        }
      }
    }
  }

  #write({ commit, name, pending }: Attempt): Promise<Written> {
    const { writes } = this.#parts;
    if (commit.kind === 'remove') return this.#change(commit, name, writes.remove(commit, name));
    return commit.expectedVersion === 0
      ? this.#create(commit, name, pending)
      : this.#change(commit, name, writes.replace(commit, name, pending));
  }

  async #create(put: Put, name: string, pending: readonly PendingMembers[]): Promise<Written> {
    const { insert, moving } = this.#parts.writes.create(put, name, pending);
    if (!insert) throw new Error('a create inserts');
    try {
      await this.#parts.collections.records.insertOne(insert);
      return moving ? { ...done, leased: moving } : done;
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      const { standing, holder } = await this.#whatRefuses(put);
      if (standing?.commits.includes(name)) return doneBefore(standing, name, moving);
      if (standing && !standing.removed) return conflict(put, standing);
      if (holder) return { result: holder };
      // The holder of a key has let go of it meanwhile: the caller tries again.
      if (!standing) throw error;
      return this.#revive(put, name, pending, standing);
    }
  }

  async #revive(put: Put, name: string, pending: readonly PendingMembers[], removed: Standing): Promise<Written> {
    await this.#parts.mover.settle(removed);
    return this.#change(put, name, this.#parts.writes.revive(put, name, pending, removed));
  }

  async #change(commit: Commit, name: string, { update, leasing, moving }: RecordWrite): Promise<Written> {
    const { records } = this.#parts.collections;
    if (leasing && moving) {
      const { matchedCount } = await records.updateOne(leasing.filter, leasing.update);
      if (matchedCount === 1) return { ...done, leased: moving };
    }
    if (!update) throw new Error('a change updates');
    const { matchedCount } = await records.updateOne(update.filter, update.update);
    if (matchedCount === 1) return done;
    const { tenant, id } = commit.kind === 'remove' ? commit : commit.record;
    const standing = await records.findOne<Standing>(
      { _id: recordKey(tenant, id), tenant },
      { projection: standingFields },
    );
    return standing?.commits.includes(name) ? doneBefore(standing, name, moving) : conflict(commit, standing);
  }

  /** Why a unique index has refused a change; undefined where the reason is gone meanwhile. */
  async #refusal({ commit }: Attempt): Promise<CommitResult | undefined> {
    return commit.kind === 'put' ? (await this.#whatRefuses(commit)).holder : undefined;
  }

  /** The record that has the id of one that is to be created, and who holds one of its keys: one look-up for both. */
  async #whatRefuses(put: Put): Promise<{ standing?: Standing; holder?: CommitResult }> {
    const { tenant, id } = put.record;
    const _id = recordKey(tenant, id);
    const keys = keysWanted(put);
    const found = await this.#parts.collections.records.find<Standing & KeyHolder>(
      { $or: [{ _id, tenant }, ...(keys.length === 0 ? [] : [{ tenant, uniqueKeys: { $in: keys } }])] },
      { projection: { ...standingFields, uniqueKeys: 1 } },
    );
    const standing = found.find((record) => record._id === _id);
    const [holder] = found.flatMap((record) => (record._id === _id ? [] : (duplicateBy(put, record) ?? [])));
    return { ...(standing ? { standing } : {}), ...(holder ? { holder } : {}) };
  }
}

/** A write that went through although its answer was lost; the lease may be its own. */
function doneBefore({ work }: Standing, name: string, moving: MovingRecord | undefined): Written {
  return moving && work?.by === name ? { ...done, leased: moving } : done;
}

function conflict(commit: Commit, standing: Standing | null): Written {
  const { tenant, type } = commit.kind === 'remove' ? commit : commit.record;
  const isVisible = standing !== null && standing.tenant === tenant && standing.type === type;
  return { result: { outcome: 'conflict', version: isVisible ? standing.version : undefined } };
}
