import { systemClock } from '../../src/clock.ts';
import { openMongoStore } from '../../src/store/mongo/mongo-store.ts';
import { describeWithMongo, wipe } from '../support/mongo-server-suite.ts';
import { storeContract } from './store-contract.ts';

describeWithMongo('MongoDB', 'latchkey-contract', (suite) => {
  storeContract('mongodb', async () => {
    const { uri, direct } = suite();
    const store = await openMongoStore({ uri, clock: systemClock });
    return { store, wipe: () => wipe(direct), close: () => store.close() };
  });
});
