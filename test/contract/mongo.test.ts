import { createConnection } from 'mongoose';
import { systemClock } from '../../src/clock.ts';
import { openMongoStore } from '../../src/store/mongo/mongo-store.ts';
import { startMongoServer } from '../support/mongo-server.ts';
import type { MongoServer } from '../support/mongo-server.ts';
import { storeContract } from './store-contract.ts';

describe('MongoDB', () => {
  let server: MongoServer | undefined;

  before(async function () {
    this.timeout(300_000);
    server = await startMongoServer();
    if (!server) this.skip();
  });
  after(() => server?.stop());

  storeContract('mongodb', async () => {
    const uri = server?.uri('latchkey-contract') ?? '';
    const store = await openMongoStore({ uri, clock: systemClock });
    const direct = await createConnection(uri).asPromise();
    const wipe = async () => {
      for (const { name } of await direct.listCollections()) await direct.collection(name).deleteMany({});
    };
    await wipe();
    return { store, wipe, close: async () => { await wipe(); await direct.close(); await store.close(); } };
  });
});
