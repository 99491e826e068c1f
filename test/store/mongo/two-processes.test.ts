import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import { openMongoStore } from '../../../src/store/mongo/mongo-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { adding, delivery, event, gather, newGroup, newUser, nextVersion, TENANT } from '../../contract/fixtures.ts';
import { describeWithMongo } from '../../support/mongo-server-suite.ts';

/** How many are beside each other; the nightly suite takes more. */
const size = Math.max(2, Number(process.env['PROCESSES'] ?? 2));

describeWithMongo(`MongoDB: ${size} processes on one database`, 'latchkey-two', (suite) => {
  let stores: readonly Store[] = [];
  const storeOf = (n: number): Store => {
    const store = stores[n % size];
    if (!store) throw new Error('not open');
    return store;
  };

  before(async () => {
    const { uri } = suite();
    stores = await Promise.all(Array.from({ length: size }, () => openMongoStore({ uri, clock: systemClock })));
  });
  after(async () => {
    await Promise.all(stores.map((store) => store.close()));
  });

  it('lose no member among 50 parallel changes of one group, and all tell the same', async function () {
    this.timeout(120_000);
    await storeOf(0).resources.commit(newGroup('g1', { members: adding('old') }));
    await Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        const { resources } = storeOf(n);
        for (;;) {
          const record = await resources.get(TENANT, 'Group', 'g1');
          if (!record) throw new Error('the group is gone');
          const next = nextVersion(
            { ...newGroup('g1'), record },
            { members: { clear: false, remove: n === 7 ? ['old'] : [], add: [{ value: `u${n}`, type: 'User' }] } },
          );
          if ((await resources.commit(next)).outcome === 'done') return;
        }
      }),
    );
    for (const store of stores) {
      const members = (await gather(store.resources.members(TENANT, 'g1'))).map(({ value }) => value).sort();
      expect(members).to.deep.equal(Array.from({ length: 50 }, (_, n) => `u${n}`).sort());
    }
    expect((await storeOf(1).resources.get(TENANT, 'Group', 'g1'))?.version).to.equal(51);
  });

  it('let one of them have a user name', async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        storeOf(n).resources.commit(newUser(`u${n}`, { uniqueKeys: ['username:ines'] })),
      ),
    );
    expect(results.filter(({ outcome }) => outcome === 'done')).to.have.length(1);
    expect(results.filter(({ outcome }) => outcome === 'duplicate')).to.have.length(19);
  });

  it('settle the same events at once, each delivery once', async function () {
    this.timeout(60_000);
    for (const n of [1, 2, 3])
      await storeOf(n).resources.commit(newUser(`u${n}`, { events: [event(`e${n}`, { resourceId: `u${n}` })] }));
    await Promise.all(
      Array.from({ length: 6 }, async (_, n) => {
        const { outbox } = storeOf(n);
        const events = await outbox.pendingEvents(10);
        await outbox.settleEvents(
          events,
          events.map(({ id }) => delivery(`d-${id}`, { eventId: id })),
        );
      }),
    );
    expect((await storeOf(0).outbox.counts()).queued).to.equal(3);
    expect(await storeOf(1).outbox.pendingEvents(10)).to.deep.equal([]);
  });

  it('each move what they have committed themselves, and what the other leaves behind', async function () {
    this.timeout(60_000);
    const [one, other] = [storeOf(0).outbox, storeOf(1).outbox];
    const ids = async (outbox: Store['outbox'], whose: 'own' | 'left') =>
      (await outbox.pendingEvents(10, whose)).map(({ id }) => id);
    // Who has not looked for a while takes all: the others may have ended.
    await other.pendingEvents(10, 'left');
    await storeOf(0).resources.commit(newUser('u71', { events: [event('e1', { resourceId: 'u71' })] }));
    expect(await ids(other, 'own')).to.deep.equal([]);
    expect(await ids(one, 'own')).to.deep.equal(['e1']);
    expect(await ids(other, 'left')).to.deep.equal([]);
    await storeOf(0).resources.commit(newUser('u72', { events: [event('e2', { resourceId: 'u72' })] }));
    expect(await ids(other, 'left')).to.deep.equal(['e1']);
    expect(await ids(other, 'left')).to.deep.equal(['e1', 'e2']);
    const left = await other.pendingEvents(10, 'left');
    await other.settleEvents(left, []);
    expect(await ids(one, 'own')).to.deep.equal([]);
    expect(await ids(one, 'left')).to.deep.equal([]);
  });

  it('move later events of the same record too', async () => {
    const { outbox, resources } = storeOf(0);
    const user = newUser('u71', { events: [event('e1', { resourceId: 'u71' })] });
    await resources.commit(user);
    const first = await outbox.pendingEvents(10, 'own');
    await resources.commit(nextVersion(user, { events: [event('e2')] }));
    await outbox.settleEvents(first, []);
    expect((await outbox.pendingEvents(10, 'own')).map(({ id }) => id)).to.deep.equal(['e2']);
  });

  it('lease each delivery to one of them', async function () {
    this.timeout(60_000);
    await storeOf(0).outbox.settleEvents(
      [],
      Array.from({ length: 30 }, (_, n) => delivery(`d${n}`)),
    );
    const leased = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        storeOf(n).outbox.lease({
          owner: `worker${n}`,
          now: new Date('2026-03-01T10:00:00.000Z'),
          leaseMs: 60_000,
          limit: 10,
          perDomain: 100,
          channels: [],
        }),
      ),
    );
    expect(
      leased
        .flat()
        .map(({ id }) => id)
        .sort(),
    ).to.deep.equal(Array.from({ length: 30 }, (_, n) => `d${n}`).sort());
  });

  it('start together on an empty database', async function () {
    this.timeout(60_000);
    const uri = suite().server.uri('latchkey-fresh');
    const opened = await Promise.all(Array.from({ length: 4 }, () => openMongoStore({ uri, clock: systemClock })));
    const results = await Promise.all(
      opened.map((store, n) => store.resources.commit(newUser(`u${n}`, { uniqueKeys: ['username:ines'] }))),
    );
    expect(results.filter(({ outcome }) => outcome === 'done')).to.have.length(1);
    await suite().direct.useDb('latchkey-fresh').dropDatabase();
    await Promise.all(opened.map((store) => store.close()));
  });
});
