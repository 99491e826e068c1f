import { createConnection } from 'mongoose';
import type { Connection } from 'mongoose';
import { startMongoServer } from './mongo-server.ts';
import type { MongoServer, MongoServerOptions } from './mongo-server.ts';

/** A server for a suite's tests, and a connection of the tests' own to its database. */
export interface MongoSuite {
  readonly server: MongoServer;
  readonly uri: string;
  readonly direct: Connection;
}

/**
 * A suite that needs a MongoDB server; skipped where there is none. The database is emptied after each test.
 * @param database a name of its own for each suite, for `TEST_MONGODB_URI` is shared
 */
export function describeWithMongo(
  title: string,
  database: string,
  tests: (suite: () => MongoSuite) => void,
  options: MongoServerOptions = {},
): void {
  describe(title, function () {
    // The stand-in does some hundred writes a second.
    this.timeout(60_000);
    let suite: MongoSuite | undefined;

    before(async function () {
      this.timeout(300_000);
      const server = await startMongoServer(options);
      if (!server) return this.skip();
      const uri = server.uri(database);
      suite = { server, uri, direct: await createConnection(uri).asPromise() };
      await wipe(suite.direct);
    });
    afterEach(async () => {
      if (suite) await wipe(suite.direct);
    });
    after(async () => {
      await suite?.direct.dropDatabase();
      await suite?.direct.close();
    });

    tests(() => {
      if (!suite) throw new Error('the server is not running');
      return suite;
    });
  });
}

/** Empties every collection; the collections and their indexes stay. */
export async function wipe(connection: Connection): Promise<void> {
  const collections = await connection.listCollections();
  await Promise.all(collections.map(({ name }) => connection.collection(name).deleteMany({})));
}
