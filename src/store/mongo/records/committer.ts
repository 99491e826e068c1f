import type { ClientSession, Connection } from 'mongoose';
import type { Clock } from '../../../clock.ts';
import type { DomainEvent } from '../../../events.ts';
import { StoreUnavailableError, TransactionsUnsupportedError } from '../../../provisioning/records/resource-store.ts';
import type { Commit, CommitResult } from '../../../provisioning/records/resource-store.ts';
import { ScimError } from '../../../scim/model/scim-error.ts';
import type { PendingMembers, RecordDocument, StampedEvent } from '../database/documents.ts';
import { encodeNames } from '../database/field-names.ts';
import { keyHolder } from './key-holder.ts';
import type { MemberChanges } from '../members/member-changes.ts';
import type { MembershipMover } from '../members/membership-mover.ts';
import type { Collections } from '../database/collections.ts';
import { recordKey, stateOf } from '../database/record-document.ts';
import type { Stamps } from '../database/stamps.ts';
import { answered, NoAnswerError } from '../database/answer-deadline.ts';
import { isDuplicate, isTooLarge, isUnavailable } from '../database/database-errors.ts';

type Put = Extract<Commit, { kind: 'put' }>;
type Remove = Extract<Commit, { kind: 'remove' }>;

/** One commit on its way: with the name by which a repetition knows itself. */
interface Attempt {
  readonly name: string;
  readonly commit: Commit;
  readonly session?: ClientSession;
}

/** How many of its last commits a record remembers. */
const remembered = 8;

/** How often a commit is tried anew when the holder of its key has let go of it in between. */
const tries = 5;

/** How long a transaction may take, the times that it is begun anew included, in milliseconds. */
const transactionMs = 12_000;

/** What the committer works with. */
export interface CommitterParts {
  readonly connection: Connection;
  readonly collections: Collections;
  readonly clock: Clock;
  readonly stamps: Stamps;
  readonly changes: MemberChanges;
  readonly mover: MembershipMover;
  /** Whether the server takes transactions: a replica set or a sharded cluster. */
  readonly transactions: boolean;
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

  get transactions(): boolean {
    return this.#parts.transactions;
  }

  /**
   * Does one atomic write; answers when it is durable and the memberships follow it.
   * @throws ScimError 413 when the resource is larger than a document can be (16 MB, with its search document)
   */
  async commit(commit: Commit): Promise<CommitResult> {
    const result = await this.#attempt({ name: this.#parts.clock.newId(), commit });
    if (result.outcome === 'done') await this.#follow(commit);
    return result;
  }

  /**
   * Does all or none, in one transaction.
   * @throws TransactionsUnsupportedError on a standalone server
   */
  async commitAll(commits: readonly Commit[]): Promise<readonly CommitResult[]> {
    if (!this.#parts.transactions) {
      throw new TransactionsUnsupportedError('A standalone MongoDB has no transactions; run it as a replica set');
    }
    const results = await this.#transact(commits);
    if (results.every(({ outcome }) => outcome === 'done')) for (const commit of commits) await this.#follow(commit);
    return results;
  }

  async #transact(commits: readonly Commit[]): Promise<readonly CommitResult[]> {
    const attempts = commits.map((commit): Attempt => ({ name: this.#parts.clock.newId(), commit }));
    const results: CommitResult[] = [];
    const session = await this.#parts.connection.startSession();
    try {
      const write = async () => {
        results.length = 0;
        for (const attempt of attempts) {
          results.push(await this.#write({ ...attempt, session }));
          if (results.at(-1)?.outcome !== 'done') throw new RolledBack();
        }
      };
      // By itself the driver begins anew for two minutes.
      await answered(session.withTransaction(write, { writeConcern: { w: 'majority', j: true } }), transactionMs);
    } catch (error) {
      if (isDuplicate(error)) results.push(await keyHolder(this.#parts.collections, commits, results.length));
      else if (!(error instanceof RolledBack)) throw error;
    } finally {
      // Where the server answers nothing, nobody waits for the end of the session either.
      void session.endSession().catch(() => undefined);
    }
    return results;
  }

  /** A write that lost its connection may or may not have gone through; the next try finds out by the commit's name. */
  async #attempt(attempt: Attempt): Promise<CommitResult> {
    for (let n = 1; ; n += 1) {
      try {
        return await this.#write(attempt);
      } catch (error) {
        if (isDuplicate(error)) {
          const result = await keyHolder(this.#parts.collections, [attempt.commit], 0);
          if (result.outcome === 'duplicate') return result;
          if (n === tries) throw new StoreUnavailableError('A unique key kept changing hands', { cause: error });
        } else if (!isUnavailable(error) || error instanceof NoAnswerError || n > 1) {
          throw error;
        }
      }
    }
  }

  async #write(attempt: Attempt): Promise<CommitResult> {
    const { commit } = attempt;
    try {
      if (commit.kind === 'remove') return await this.#remove(attempt, commit);
      return await (commit.expectedVersion === 0 ? this.#create(attempt, commit) : this.#replace(attempt, commit));
    } catch (error) {
      if (isTooLarge(error)) throw new ScimError(413, undefined, 'The resource is larger than the database can hold.');
      throw error;
    }
  }

  async #create(attempt: Attempt, put: Put): Promise<CommitResult> {
    const { tenant, id } = put.record;
    const _id = recordKey(tenant, id);
    const standing = attempt.session ? await this.#standing(attempt, _id) : undefined;
    if (standing) return this.#refusal(attempt, put.record, standing);
    const events = this.#stamped(put.events);
    const pending = await this.#pendingMembers(attempt, put);
    const document = {
      ...stateOf(put).set,
      _id,
      position: this.#parts.stamps.next(),
      events,
      pendingMembers: pending,
      commits: [attempt.name],
      ...(events[0] ? { relay: events[0].stamp } : {}),
      ...(pending.length > 0 ? { moving: tenant } : {}),
    };
    try {
      await this.#parts.collections.records.insertOne(document as RecordDocument, this.#options(attempt));
      return { outcome: 'done' };
    } catch (error) {
      const taken = isDuplicate(error) && !attempt.session ? await this.#standing(attempt, _id) : undefined;
      if (!taken) throw error;
      if (taken.commits.includes(attempt.name)) return { outcome: 'done' };
      await this.#parts.changes.discard(pending);
      return taken.removed ? this.#revive(attempt, put, taken) : this.#refusal(attempt, put.record, taken);
    }
  }

  /**
   * An id that was removed and is created again: its old record still waits for its events, which stay in line before
   * the new ones.
   */
  async #revive(attempt: Attempt, put: Put, removed: Standing): Promise<CommitResult> {
    const { tenant, id } = put.record;
    await this.#parts.mover.settle(tenant, id);
    await this.#parts.collections.memberships.deleteInSteps({ tenant, group: id }, 'member');
    const filter = { _id: recordKey(tenant, id), removed: { $exists: true }, version: removed.version };
    return this.#update(attempt, put, filter, {
      set: { position: this.#parts.stamps.next() },
      unset: { removed: '', purgeAt: '' },
    });
  }

  #replace(attempt: Attempt, put: Put): Promise<CommitResult> {
    const { tenant, type, id } = put.record;
    return this.#update(attempt, put, { _id: recordKey(tenant, id), tenant, type, version: put.expectedVersion });
  }

  async #update(
    attempt: Attempt,
    put: Put,
    filter: Filter,
    more: { set?: Partial<RecordDocument>; unset?: Record<string, ''> } = {},
  ): Promise<CommitResult> {
    const { set, unset } = stateOf(put);
    const pending = await this.#pendingMembers(attempt, put);
    const moving = pending.length > 0 ? { moving: put.record.tenant } : {};
    return this.#change(
      attempt,
      put.record,
      filter,
      { $set: { ...set, ...more.set, ...moving }, $unset: { ...unset, ...more.unset } },
      put.events,
      pending,
    );
  }

  /** Leaves nothing of the person: only what is still to be told and undone. */
  #remove(attempt: Attempt, { tenant, type, id, expectedVersion, events }: Remove): Promise<CommitResult> {
    const filter = { _id: recordKey(tenant, id), tenant, type, version: expectedVersion };
    return this.#change(
      attempt,
      { tenant, type, id },
      filter,
      {
        $set: { removed: { tenant, type, id }, version: expectedVersion + 1, moving: tenant },
        $unset: {
          tenant: '',
          type: '',
          resource: '',
          account: '',
          attempt: '',
          search: '',
          uniqueKeys: '',
          lookupKeys: '',
        },
      },
      events,
      [],
    );
  }

  async #change(
    attempt: Attempt,
    record: Named,
    filter: Filter,
    change: { $set: Partial<RecordDocument>; $unset: Record<string, ''> },
    events: readonly DomainEvent[],
    pending: readonly PendingMembers[],
  ): Promise<CommitResult> {
    const stamped = this.#stamped(events);
    const update = {
      ...change,
      $push: {
        commits: { $each: [attempt.name], $slice: -remembered },
        events: { $each: stamped },
        pendingMembers: { $each: [...pending] },
      },
      ...(stamped[0] ? { $min: { relay: stamped[0].stamp } } : {}),
    };
    const { matchedCount } = await this.#parts.collections.records.updateOne(filter, update, this.#options(attempt));
    if (matchedCount === 1) return { outcome: 'done' };
    const result = this.#refusal(attempt, record, await this.#standing(attempt, recordKey(record.tenant, record.id)));
    if (result.outcome !== 'done') await this.#parts.changes.discard(pending);
    return result;
  }

  #options({ session }: Attempt): { session: ClientSession } | Record<string, never> {
    return session ? { session } : {};
  }

  #standing({ session }: Attempt, _id: string): Promise<Standing | null> {
    const fields = { tenant: 1, type: 1, version: 1, commits: 1, removed: 1 } as const;
    return this.#parts.collections.records.findOne<Standing>(
      { _id },
      { projection: fields, ...(session ? { session } : {}) },
    );
  }

  #refusal(attempt: Attempt, { tenant, type }: Named, standing: Standing | null): CommitResult {
    if (standing?.commits.includes(attempt.name)) return { outcome: 'done' };
    const visible = standing?.tenant === tenant && standing.type === type;
    return { outcome: 'conflict', version: visible ? standing.version : undefined };
  }

  async #pendingMembers({ name }: Attempt, { members, record }: Put): Promise<PendingMembers[]> {
    if (!members || !(members.clear || members.remove.length > 0 || members.add.length > 0)) return [];
    return [await this.#parts.changes.prepare(members, record.version, name)];
  }

  #stamped(events: readonly DomainEvent[]): StampedEvent[] {
    return events.map((event) => ({ id: event.id, stamp: this.#parts.stamps.next(), event: encodeNames(event) }));
  }

  /**
   * The commit is durable and stays done even where this fails: readers of memberships, and the relay, first finish
   * what is left.
   */
  async #follow(commit: Commit): Promise<void> {
    const { tenant, id } = commit.kind === 'remove' ? commit : commit.record;
    if (commit.kind === 'put' && !commit.members) return;
    try {
      await this.#parts.mover.settle(tenant, id);
    } catch (error) {
      this.#parts.log?.warn(
        `MongoDB: the members of ${recordKey(tenant, id)} are not changed yet, they will be when they are next read: ${String(error)}`,
      );
    }
  }
}

/** Ends a transaction whose answer is already known. */
class RolledBack extends Error {
  override readonly name = 'RolledBack';
}

type Named = { readonly tenant: string; readonly type: string; readonly id: string };
type Filter = Readonly<Record<string, unknown>>;
type Standing = Pick<RecordDocument, '_id' | 'tenant' | 'type' | 'version' | 'commits' | 'removed'>;
