import type { Clock } from '../../base/clock.ts';
import type { Store } from '../store.ts';
import { Committer } from './records/committer.ts';
import { CommitWrites } from './records/commit-writes.ts';
import { EventRelay } from './outbox/event-relay.ts';
import { MemberChanges } from './members/member-changes.ts';
import { MembershipMover } from './members/membership-mover.ts';
import { answered } from './commands/answer-deadline.ts';
import { connect } from './database/connect.ts';
import type { Database } from './database/connect.ts';
import { prepareDatabase } from './database/prepare-database.ts';
import { MongoEventLog } from './outbox/mongo-event-log.ts';
import { MongoLeases } from './mongo-leases.ts';
import { MongoNotes } from './mongo-notes.ts';
import { MongoMailbox } from './outbox/mongo-mailbox.ts';
import { MongoOutbox } from './outbox/mongo-outbox.ts';
import { TypeCounts } from './search/type-counts.ts';
import { OwnEvents } from './outbox/own-events.ts';
import { ServerTime } from './database/server-time.ts';
import { MongoRequestLog } from './mongo-request-log.ts';
import { MongoRecordIndex } from './records/mongo-record-index.ts';
import { MongoDueRecords } from './records/mongo-due-records.ts';
import { MongoResourceStore } from './records/mongo-resource-store.ts';
import { Transactions } from './records/transaction.ts';
import { MongoTenantData } from './mongo-tenant-data.ts';
import { MongoTallies } from './mongo-tallies.ts';
import { Stamps } from './database/stamps.ts';
import { translateError, translatingErrors } from './commands/database-errors.ts';

/** What a MongoDB store is opened with. */
export interface MongoStoreOptions {
  /** A MongoDB connection string; without a database in it, `latchkey` is used. */
  readonly uri: string;
  readonly clock: Clock;
  /** Told when the connection is lost and when it is back. */
  readonly log?: { warn(message: string): void; info(message: string): void };
}

/** How long `ping` waits for an answer, in milliseconds. */
const pingMs = 1_500;

/**
 * Connects, makes the collections and indexes that are missing, finishes what an earlier process left half-way, and
 * answers the store. Any number of processes may share one database.
 * @throws StoreUnavailableError when the server cannot be reached
 */
export async function openMongoStore({ uri, clock, log }: MongoStoreOptions): Promise<Store> {
  const database = await connect(uri);
  const { connection } = database;
  try {
    connection.on('disconnected', () => log?.warn('MongoDB: connection lost'));
    connection.on('reconnected', () => log?.info('MongoDB: connected again'));
    return await assemble(database, clock, log);
  } catch (error) {
    await connection.close().catch(() => undefined);
    throw translateError(error);
  }
}

async function assemble(
  { connection, collections, transactions: supported, unanswered }: Database,
  clock: Clock,
  log: MongoStoreOptions['log'],
): Promise<Store> {
  await prepareDatabase(collections);
  const stamps = new Stamps(clock);
  const changes = new MemberChanges(collections, clock);
  const time = new ServerTime(clock, async () => {
    const hello = (await answered(connection.db!.admin().command({ hello: 1 }))) as { localTime?: Date };
    return hello.localTime;
  });
  const mover = new MembershipMover({ collections, clock, changes, time });
  const writes = new CommitWrites(stamps, clock);
  const own = new OwnEvents();
  const counts = new TypeCounts(collections, () => time.now());
  const committer = new Committer({ collections, clock, writes, changes, mover, own, counts, ...(log ? { log } : {}) });
  const transactions = new Transactions({ connection, collections, clock, writes, changes, committer, supported });
  await mover.settleAll();
  await changes.sweep();
  return {
    kind: 'mongodb',
    resources: translatingErrors(new MongoResourceStore({ collections, committer, transactions, mover, counts })),
    due: translatingErrors(new MongoDueRecords(collections)),
    index: translatingErrors(new MongoRecordIndex(collections)),
    outbox: translatingErrors(
      new MongoOutbox(collections, new EventRelay({ collections, clock, stamps, mover, own, time }), time),
    ),
    mailbox: translatingErrors(new MongoMailbox(collections, stamps)),
    requests: translatingErrors(new MongoRequestLog(collections)),
    tallies: translatingErrors(new MongoTallies(collections)),
    notes: translatingErrors(new MongoNotes(collections, clock, stamps)),
    leases: translatingErrors(new MongoLeases(collections, clock, time)),
    tenantData: translatingErrors(new MongoTenantData(collections)),
    events: translatingErrors(new MongoEventLog(collections, clock, stamps)),
    ping: async () => {
      try {
        await answered(connection.db!.command({ ping: 1 }), pingMs);
      } catch (error) {
        throw translateError(error);
      }
    },
    waitingMs: () => unanswered.oldestMs(),
    close: async () => {
      await counts.tell();
      await connection.close();
    },
  };
}
