import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import { openMongoStore } from '../../../src/store/mongo/mongo-store.ts';
import { isWork, nameOf } from '../../support/mongo-faults/command.ts';
import { startFaultProxy } from '../../support/mongo-faults/fault-proxy.ts';
import { describeWithMongo } from '../../support/mongo-server-suite.ts';

const database = 'latchkey-start';

describeWithMongo('MongoDB: opening a store with nothing to be done', database, (suite) => {
  it('takes at most five commands', async () => {
    const proxy = await startFaultProxy(suite().uri);
    try {
      await (await openMongoStore({ uri: proxy.uri(database), clock: systemClock })).close();
      proxy.takeCommands();
      const store = await openMongoStore({ uri: proxy.uri(database), clock: systemClock });
      const commands = proxy.takeCommands().filter(isWork).map(nameOf);
      await store.close();
      expect(commands.length, commands.join(', ')).to.be.at.most(5);
      expect(commands.filter((name) => /index/i.test(name))).to.deep.equal([]);
    } finally {
      await proxy.close();
    }
  });
});
