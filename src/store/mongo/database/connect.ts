import { createConnection } from 'mongoose';
import type { Connection } from 'mongoose';
import { StoreUnavailableError } from '../../../provisioning/records/resource-store.ts';
import { answered } from '../commands/answer-deadline.ts';
import { openCollections } from './collections.ts';
import type { Collections } from './collections.ts';
import { hostsOf, readConnectionString } from './connection-string.ts';
import { isUnavailable, translateError } from '../commands/database-errors.ts';
import { Unanswered } from '../commands/unanswered.ts';
import { systemFault } from '../../../text/system-fault.ts';

/** A database that is reached. */
export interface Database {
  readonly connection: Connection;
  readonly collections: Collections;
  /** Whether the server takes transactions: a replica set or a sharded cluster. */
  readonly transactions: boolean;
  readonly unanswered: Unanswered;
}

/** How long a call waits for a server that can take it, in milliseconds; a connection string may say otherwise. */
const serverSelectionTimeoutMS = 3_000;

/** How long a server may take to answer a greeting or one of the driver's questions whether it is there. */
const connectTimeoutMS = 3_000;

/**
 * Connects. Reads are the primary's and of what a majority of servers has; writes are acknowledged by a majority that
 * has them on disk. A connection string may ask for more than that, and not for less.
 * @throws StoreUnavailableError when the server cannot be reached: with the host and the cause, without credentials;
 *   when the connection string asks for less
 */
export async function connect(uri: string): Promise<Database> {
  const { w, namesDatabase, commandMs, has } = readConnectionString(uri);
  const connection = createConnection();
  try {
    await connection.openUri(uri.replace(/([?&])timeoutMS=[^&]*&?/i, '$1'), {
      ...(namesDatabase ? {} : { dbName: 'latchkey' }),
      ...(has('serverSelectionTimeoutMS') ? {} : { serverSelectionTimeoutMS }),
      ...(has('connectTimeoutMS') ? {} : { connectTimeoutMS }),
      ...(has('heartbeatFrequencyMS') ? {} : { heartbeatFrequencyMS: 5_000 }),
      // A little longer than anybody waits: a connection whose server answers nothing is given up.
      ...(has('socketTimeoutMS') ? {} : { socketTimeoutMS: commandMs + 1_000 }),
      ...(has('waitQueueTimeoutMS') ? {} : { waitQueueTimeoutMS: commandMs }),
      bufferCommands: false,
      autoIndex: false,
      autoCreate: false,
      retryWrites: true,
      writeConcern: { w: 'majority', j: true },
      appName: 'latchkey',
    });
    const hello = (await answered(connection.db!.admin().command({ hello: 1 }))) as Hello;
    const isReplicaSet = hello.setName !== undefined;
    if (typeof w === 'number' && hello.hosts !== undefined && w * 2 <= hello.hosts.length)
      throw new StoreUnavailableError(
        `MONGODB_URI: w=${w} is less than a majority of ${hello.hosts.length} servers; Latchkey writes `
          + 'with w=majority: leave it out of MONGODB_URI.',
      );
    const transactions = isReplicaSet || hello.msg === 'isdbgrid';
    const unanswered = new Unanswered();
    const collections = openCollections(
      connection,
      {
        ...(transactions ? { readConcern: { level: 'majority' } as const } : {}),
        writeConcern: { w: (w ?? 'majority') as 'majority', j: true, wtimeoutMS: Math.ceil(commandMs * 0.95) },
      },
      // A load balancer's session keeps a connection for itself.
      { commandMs, unanswered, sessions: hello.logicalSessionTimeoutMinutes !== undefined && !has('loadBalanced') },
    );
    return { connection, collections, transactions, unanswered };
  } catch (error) {
    await connection.close().catch(() => undefined);
    throw explained(error, uri);
  }
}

/** What a server says of itself. */
interface Hello {
  readonly setName?: string;
  readonly hosts?: readonly string[];
  readonly msg?: string;
  /** Absent where the server takes no sessions. */
  readonly logicalSessionTimeoutMinutes?: number;
}

function explained(error: unknown, uri: string): unknown {
  if (error instanceof StoreUnavailableError || !(error instanceof Error)) return error;
  if (!isUnavailable(error) && !/auth/i.test(error.message)) return translateError(error);
  return new StoreUnavailableError(`MongoDB at ${hostsOf(uri)} cannot be reached: ${systemFault(error)}`, {
    cause: error,
  });
}
