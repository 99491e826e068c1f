import { createConnection } from 'mongoose';
import type { Connection } from 'mongoose';
import type { Clock } from '../../clock.ts';
import type { Store } from '../store.ts';
import { Committer } from './records/committer.ts';
import { EventRelay } from './outbox/event-relay.ts';
import { MemberChanges } from './members/member-changes.ts';
import { MembershipMover } from './members/membership-mover.ts';
import { createCollections, defineModels } from './database/models.ts';
import { MongoClients } from './mongo-clients.ts';
import { MongoMailbox } from './outbox/mongo-mailbox.ts';
import { MongoOutbox } from './outbox/mongo-outbox.ts';
import { MongoRequestLog } from './mongo-request-log.ts';
import { MongoResourceStore } from './records/mongo-resource-store.ts';
import { Stamps } from './database/stamps.ts';
import { translateError, translatingErrors } from './database/database-errors.ts';

/** What a MongoDB store is opened with. */
export interface MongoStoreOptions {
  /** A MongoDB connection string; without a database in it, `latchkey` is used. */
  readonly uri: string;
  readonly clock: Clock;
  /** Told when the connection is lost and when it is back. */
  readonly log?: { warn(message: string): void; info(message: string): void };
}

/** How long a call waits for a server that can take it, in milliseconds; a connection string may say otherwise. */
const serverSelectionTimeoutMS = 3_000;

/**
 * Connects, makes the collections and indexes that are missing, finishes what an earlier process left half-way, and
 * answers the store. Any number of processes may share one database.
 * @throws StoreUnavailableError when the server cannot be reached
 */
export async function openMongoStore({ uri, clock, log }: MongoStoreOptions): Promise<Store> {
  const connection = createConnection();
  try {
    await connection.openUri(uri, {
      ...(namesDatabase(uri) ? {} : { dbName: 'latchkey' }),
      ...(/[?&]serverSelectionTimeoutMS=/i.test(uri) ? {} : { serverSelectionTimeoutMS }),
      bufferCommands: false,
      autoIndex: false,
      autoCreate: false,
      retryWrites: true,
      writeConcern: { w: 'majority', j: true },
      appName: 'latchkey',
    });
    connection.on('disconnected', () => log?.warn('MongoDB: connection lost'));
    connection.on('reconnected', () => log?.info('MongoDB: connected again'));
    return await assemble(connection, clock, log);
  } catch (error) {
    await connection.close().catch(() => undefined);
    throw translateError(error);
  }
}

async function assemble(connection: Connection, clock: Clock, log: MongoStoreOptions['log']): Promise<Store> {
  const models = defineModels(connection);
  await createCollections(models);
  const stamps = new Stamps(clock);
  const changes = new MemberChanges(models, clock);
  const mover = new MembershipMover(models, clock, changes);
  const transactions = await takesTransactions(connection);
  const committer = new Committer({
    connection,
    models,
    clock,
    stamps,
    changes,
    mover,
    transactions,
    ...(log ? { log } : {}),
  });
  await mover.settleAll();
  await changes.sweep();
  return {
    kind: 'mongodb',
    resources: translatingErrors(new MongoResourceStore(models, committer, mover)),
    outbox: translatingErrors(new MongoOutbox(models, new EventRelay(models, clock, stamps, mover))),
    mailbox: translatingErrors(new MongoMailbox(models, stamps)),
    clients: translatingErrors(new MongoClients(models)),
    requests: translatingErrors(new MongoRequestLog(models)),
    ping: async () => {
      await connection.db?.command({ ping: 1 }).catch((error: unknown) => {
        throw translateError(error);
      });
    },
    close: () => connection.close(),
  };
}

/** A standalone server is neither a member of a replica set nor the router of a sharded cluster. */
async function takesTransactions(connection: Connection): Promise<boolean> {
  const hello = await connection.db?.admin().command({ hello: 1 });
  return hello?.['setName'] !== undefined || hello?.['msg'] === 'isdbgrid';
}

function namesDatabase(uri: string): boolean {
  return /^mongodb(?:\+srv)?:\/\/[^/]+\/[^?]+/.test(uri);
}
