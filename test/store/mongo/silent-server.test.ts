import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import { StoreUnavailableError } from '../../../src/provisioning/records/resource-store.ts';
import { usualCommandMs } from '../../../src/store/mongo/commands/answer-deadline.ts';
import { openMongoStore } from '../../../src/store/mongo/mongo-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { newUser, TENANT } from '../../contract/fixtures.ts';
import { startFaultProxy } from '../../support/mongo-faults/fault-proxy.ts';
import type { FaultProxy } from '../../support/mongo-faults/fault-proxy.ts';
import { describeWithMongo } from '../../support/mongo-server-suite.ts';

describeWithMongo('MongoDB: a server that stops answering', 'latchkey-silent', (suite) => {
  let proxy: FaultProxy;
  let store: Store;

  before(async () => {
    proxy = await startFaultProxy(suite().uri);
    store = await openMongoStore({ uri: proxy.uri('latchkey-silent'), clock: systemClock });
  });
  after(async () => {
    proxy.heal();
    await store.close();
    await proxy.close();
  });

  async function told(act: () => Promise<unknown>): Promise<{ readonly error: unknown; readonly ms: number }> {
    const start = Date.now();
    const error = await act().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return { error, ms: Date.now() - start };
  }

  it('is told by a ping within two seconds', async () => {
    proxy.inject({ fault: { kind: 'swallow' }, matches: () => true, times: 1_000 });
    const { error, ms } = await told(() => store.ping());
    proxy.heal();
    expect(error).to.be.instanceOf(StoreUnavailableError);
    expect(ms).to.be.lessThan(2_000);
    await store.ping();
  });

  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    'a read': () => store.resources.get(TENANT, 'User', 'u1'),
    'a create': () => store.resources.commit(newUser('u1')),
    'a list': () =>
      store.resources.query({
        tenant: TENANT,
        type: 'User',
        condition: undefined,
        sort: undefined,
        limit: 10,
        page: { offset: 0 },
      }),
    'a client look-up': () => store.notes.lookUp('credential', 'x'),
    'all or nothing': () => store.resources.commitAll([newUser('u2')]),
  };

  it('makes no call wait longer than the deadline, however often its commands are swallowed', async () => {
    proxy.inject({ fault: { kind: 'swallow' }, times: 1_000 });
    const all = await Promise.all(Object.values(calls).map(told));
    proxy.heal();
    for (const [index, { error, ms }] of all.entries()) {
      expect(error, Object.keys(calls)[index]).to.be.instanceOf(StoreUnavailableError);
      expect(ms, Object.keys(calls)[index]).to.be.lessThan(usualCommandMs + 2_000);
    }
  });

  it('serves again once it answers', async () => {
    expect(await store.resources.commit(newUser('u3'))).to.deep.equal({ outcome: 'done' });
  });
});
