import { mongo } from 'mongoose';
import type { Connection } from 'mongoose';
import type { Clock } from '../../../base/clock.ts';
import { omit } from '../../../base/omit.ts';
import { refuseOverdue } from '../../../provisioning/records/refuse-overdue.ts';
import { KeyedQueue } from '../../../base/keyed-queue.ts';
import { TransactionsUnsupportedError } from '../../../provisioning/records/resource-store.ts';
import type { Commit, CommitResult } from '../../../provisioning/records/resource-store.ts';
import { answered } from '../commands/answer-deadline.ts';
import type { Collections } from '../database/collections.ts';
import { isDuplicate } from '../commands/database-errors.ts';
import type { RecordDocument } from '../database/documents.ts';
import { recordKey } from '../database/record-document.ts';
import type { MemberChanges } from '../members/member-changes.ts';
import { standingFields } from './commit-writes.ts';
import type { CommitWrites, Standing } from './commit-writes.ts';
import { pendingOf } from './members-of-commit.ts';
import type { Committer } from './committer.ts';
import { duplicateBy, keysWanted } from './key-holder.ts';
import type { KeyHolder } from './key-holder.ts';
import { translateTooLarge } from './too-large.ts';

/** How long a transaction may take, its retries included, in milliseconds. */
const transactionMs = 12_000;

/** What transactions work with. */
export interface TransactionParts {
  readonly connection: Connection;
  readonly collections: Collections;
  readonly clock: Clock;
  readonly writes: CommitWrites;
  readonly changes: MemberChanges;
  readonly committer: Committer;
  /** Whether the server takes transactions: a replica set or a sharded cluster. */
  readonly supported: boolean;
}

type Operation = mongo.AnyBulkWriteOperation<RecordDocument>;

/** Does several commits or none of them, in few commands: those of one kind that follow each other go together. */
export class Transactions {
  readonly #parts: TransactionParts;
  /** One transaction of a tenant at a time: those that meet at a record would only abort each other. */
  readonly #turns = new KeyedQueue();

  constructor(parts: TransactionParts) {
    this.#parts = parts;
  }

  get supported(): boolean {
    return this.#parts.supported;
  }

  /**
   * Does all or none.
   * @returns one result for each commit that was tried; the last one is the failure where it did not go through
   * @throws TransactionsUnsupportedError on a standalone server; ScimError 413
   */
  async commitAll(commits: readonly Commit[]): Promise<readonly CommitResult[]> {
    if (!this.#parts.supported)
      throw new TransactionsUnsupportedError('A standalone MongoDB has no transactions; run it as a replica set');
    if (commits.length === 0) return [];
    const names = commits.map(() => this.#parts.clock.newId());
    const operations = await this.#operations(commits, names);
    const [tenant = ''] = keyOf(commits[0]!).split('/');
    const failure = await this.#turns.run(tenant, () => this.#write(operations, commits, names));
    if (failure) return failure;
    for (const commit of commits) await this.#parts.committer.follow(commit);
    return commits.map(() => ({ outcome: 'done' }));
  }

  async #operations(commits: readonly Commit[], names: readonly string[]): Promise<Operation[]> {
    const { writes, changes } = this.#parts;
    const operations: Operation[] = [];
    for (const [index, commit] of commits.entries()) {
      const name = names[index] ?? '';
      const pending = await pendingOf(changes, commit, name);
      if (commit.kind === 'put' && commit.expectedVersion === 0) {
        const { insert } = writes.create(commit, name, pending);
        // The lease is taken afterwards: within a transaction it would be invisible to others.
        if (insert) operations.push({ insertOne: { document: withoutLease(insert) } });
        continue;
      }
      const { update } = commit.kind === 'put' ? writes.replace(commit, name, pending) : writes.remove(commit, name);
      if (update) operations.push({ updateOne: { filter: update.filter, update: update.update } });
    }
    return operations;
  }

  async #write(
    operations: readonly Operation[],
    commits: readonly Commit[],
    names: readonly string[],
  ): Promise<readonly CommitResult[] | undefined> {
    const { connection, collections } = this.#parts;
    const session = await connection.startSession();
    try {
      const write = async () => {
        refuseOverdue(...commits);
        const { matchedCount, insertedCount } = await collections.records.bulkWrite(operations, { session });
        if (matchedCount + insertedCount < operations.length) throw new RolledBack();
        // Not yet committed: what is thrown here takes all of it back.
        refuseOverdue(...commits);
      };
      // By default the driver retries for two minutes.
      await answered(session.withTransaction(write, { writeConcern: { w: 'majority', j: true } }), transactionMs);
      return undefined;
    } catch (error) {
      if (isDuplicate(error)) return this.#failure(commits, names, indexOf(error));
      if (error instanceof RolledBack) return this.#failure(commits, names);
      throw translateTooLarge(error);
    } finally {
      // When the server does not answer, the end of the session is not waited for either.
      void session.endSession().catch(() => undefined);
    }
  }

  /**
   * Finds out which commit was refused. A transaction that went through although its answer was lost refuses its own
   * repetition: its records remember its commits.
   * @param duplicate the place of the one that a unique index has refused, where one has
   */
  async #failure(
    commits: readonly Commit[],
    names: readonly string[],
    duplicate?: number,
  ): Promise<readonly CommitResult[] | undefined> {
    const found = await this.#standing(commits);
    if (commits.every((commit, index) => found.get(keyOf(commit))?.commits.includes(names[index] ?? '')))
      return undefined;
    const versions = new Map([...found].map(([key, { type, version }]) => [key, type === undefined ? 0 : version]));
    const results: CommitResult[] = [];
    for (const [index, commit] of commits.entries()) {
      const key = keyOf(commit);
      const { type } = commit.kind === 'put' ? commit.record : commit;
      const standing = found.get(key);
      const version = versions.get(key) ?? 0;
      const isOther = standing?.type !== undefined && standing.type !== type;
      const isTaken = commit.expectedVersion === 0 && standing !== undefined;
      if (version !== commit.expectedVersion || isOther || (isTaken && versions.get(key) === 0)) {
        results.push({ outcome: 'conflict', version: isOther || version === 0 ? undefined : version });
        return results;
      }
      if (index === duplicate) {
        results.push(await this.#duplicate(commits, index));
        return results;
      }
      versions.set(key, commit.kind === 'put' ? commit.record.version : 0);
      results.push({ outcome: 'done' });
    }
    // Whatever was in the way is gone by now.
    return [...results.slice(0, -1), { outcome: 'conflict', version: undefined }];
  }

  async #standing(commits: readonly Commit[]): Promise<ReadonlyMap<string, Standing>> {
    const keys = [...new Set(commits.map(keyOf))];
    const found = await this.#parts.collections.records.find<Standing>(
      { _id: { $in: keys } },
      { projection: standingFields },
    );
    return new Map(found.map((record) => [record._id, record]));
  }

  /** Who holds a key that a commit wants: a stored record, or one written earlier in the same transaction. */
  async #duplicate(commits: readonly Commit[], index: number): Promise<CommitResult> {
    const commit = commits[index];
    if (commit?.kind !== 'put') throw new Error('only a put takes keys');
    const { tenant, type, id } = commit.record;
    const holder = await this.#parts.collections.records.findOne<KeyHolder>(
      { tenant, uniqueKeys: { $in: keysWanted(commit) }, _id: { $ne: recordKey(tenant, id) } },
      { projection: { uniqueKeys: 1 } },
    );
    const held = holder && duplicateBy(commit, holder);
    if (held) return held;
    for (const earlier of commits.slice(0, index)) {
      if (earlier.kind !== 'put' || earlier.record.tenant !== tenant || earlier.record.type !== type) continue;
      const key = commit.uniqueKeys.find((wanted) => earlier.uniqueKeys.includes(wanted));
      if (key !== undefined && earlier.record.id !== id)
        return { outcome: 'duplicate', key, holder: earlier.record.id };
    }
    return { outcome: 'conflict', version: undefined };
  }
}

/** Ends a transaction whose answer is already known. */
class RolledBack extends Error {
  override readonly name = 'RolledBack';
}

function keyOf(commit: Commit): string {
  const { tenant, id } = commit.kind === 'put' ? commit.record : commit;
  return recordKey(tenant, id);
}

function withoutLease(document: RecordDocument): RecordDocument {
  return omit(document, 'work');
}

/** Which of the operations a unique index has refused: the first, where the server does not say. */
function indexOf(error: unknown): number {
  const [first] = error instanceof mongo.MongoBulkWriteError ? [error.writeErrors].flat() : [];
  return first?.index ?? 0;
}
