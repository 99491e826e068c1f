import { systemClock } from '../../src/base/clock.ts';
import { openMongoStore } from '../../src/store/mongo/mongo-store.ts';
import { describeWithMongo } from '../support/mongo-server-suite.ts';
import { storeContract } from './store-contract.ts';

describeWithMongo('MongoDB', 'latchkey-contract', (suite) => {
  storeContract(
    'mongodb',
    async () => {
      const store = await openMongoStore({ uri: suite().uri, clock: systemClock });
      return { store, wipe: async () => {}, close: () => store.close() }; // the suite empties its database itself
    },
    // The stand-in takes long for each; each night it tries as many as the other stores.
    { filters: 120, walks: 2 },
  );
});
