import { expect } from 'chai';
import type { Clock } from '../../../src/base/clock.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { omit } from '../../../src/base/omit.ts';
import { openMongoStore } from '../../../src/store/mongo/mongo-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { delivery, TENANT } from '../../contract/fixtures.ts';
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

  for (const [first, second] of [
    ['ahead', 'right'],
    ['ahead', 'behind'],
    ['behind', 'ahead'],
  ] as const)
    it(`find what is due where another has filed or put it back: ${first} first, then ${second}`, async () => {
      const { outbox } = stores.get(first)!;
      const due = clocks[first].now().toISOString();
      await outbox.settleEvents([], [delivery('d1', { notBefore: due })]);
      const [held] = await lease(first);
      const back = { ...held!, state: 'queued' as const, notBefore: clocks[first].now().toISOString() };
      expect(await outbox.update(first, omit(back, 'lease'))).to.equal(true);
      expect((await lease(second)).map(({ id }) => id)).to.deep.equal(['d1']);
      // A day to come is no process's own.
      const later = new Date(Date.now() + 3 * tenMinutes).toISOString();
      await outbox.settleEvents([], [delivery('d2', { notBefore: later })]);
      expect((await outbox.find(TENANT, 'd2'))?.notBefore).to.equal(later);
    });
});
