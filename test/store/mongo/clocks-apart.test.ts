import { expect } from 'chai';
import type { Clock } from '../../../src/base/clock.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { openMongoStore } from '../../../src/store/mongo/mongo-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { delivery } from '../../contract/fixtures.ts';
import { describeWithMongo } from '../../support/mongo-server-suite.ts';

const tenMinutes = 600_000;

describeWithMongo('MongoDB: two processes whose clocks are ten minutes apart', 'latchkey-clocks', (suite) => {
  const aheadBy = (ms: number): Clock => ({ now: () => new Date(Date.now() + ms), newId: () => systemClock.newId() });
  const clocks = { right: systemClock, ahead: aheadBy(tenMinutes), behind: aheadBy(-tenMinutes) } as const;
  const stores = new Map<string, Store>();

  before(async () => {
    for (const [name, clock] of Object.entries(clocks))
      stores.set(name, await openMongoStore({ uri: suite().uri, clock }));
  });
  after(async () => {
    for (const store of stores.values()) await store.close();
  });

  const lease = (name: keyof typeof clocks) =>
    stores
      .get(name)!
      .outbox.lease({ owner: name, now: clocks[name].now(), leaseMs: 60_000, limit: 20, perDomain: 100, channels: [] });

  for (const [first, second] of [
    ['right', 'ahead'],
    ['behind', 'right'],
    ['behind', 'ahead'],
    ['ahead', 'behind'],
  ] as const)
    it(`lease each delivery once: ${first} first, then ${second}`, async () => {
      const ids = ['d1', 'd2', 'd3', 'd4'];
      await stores.get(first)!.outbox.settleEvents(
        [],
        ids.map((id) => delivery(id)),
      );
      const taken = await lease(first);
      expect(taken.map(({ id }) => id).sort()).to.deep.equal(ids);
      expect(await lease(second)).to.deep.equal([]);
      // A lease that is renewed by a clock of its own is no shorter or longer for that.
      const until = new Date(clocks[first].now().getTime() + 60_000).toISOString();
      for (const each of taken)
        expect(
          await stores.get(first)!.outbox.update(first, { ...each, state: 'leased', lease: { owner: first, until } }),
        ).to.equal(true);
      expect(await lease(second)).to.deep.equal([]);
    });
});
