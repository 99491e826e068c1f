import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import { openMongoStore } from '../../../src/store/mongo/mongo-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { event, TENANT } from '../../contract/fixtures.ts';
import { describeWithMongo } from '../../support/mongo-server-suite.ts';

describeWithMongo('MongoDB: events of notes that a crash has left in them', 'latchkey-note-events', (suite) => {
  let store: Store;
  before(async () => {
    store = await openMongoStore({ uri: suite().uri, clock: systemClock });
  });
  after(() => store.close());

  const body = JSON.stringify({ n: 1 });
  const leave = async (more: object) => {
    const audit = [JSON.stringify(event('e1'))];
    const note = { _id: `${TENANT}/thing/a`, version: 1, write: 'w', body, waits: true, audit, ...more };
    await suite().direct.collection<{ _id: string }>('notes').insertOne(note);
  };
  const told = async () => {
    while ((await store.events.seal(TENANT, 10)) > 0);
    return (await store.events.read(TENANT, 0, 10)).map(({ id }) => id);
  };
  const draft = { tenant: TENANT, kind: 'thing', key: 'a', value: { n: 2 } };
  const now = async () => (await store.notes.find(TENANT, 'thing', 'a'))?.value;

  it('are told, and a removed note that is written again stays', async () => {
    await leave({ gone: true });
    expect(await now()).to.equal(undefined);
    expect((await store.notes.put(draft, undefined)).outcome).to.equal('done');
    expect(await told()).to.deep.equal(['e1']);
    expect(await now()).to.deep.equal({ n: 2 });
  });

  it('are told of a removed note that is made anew', async () => {
    await leave({ gone: true });
    expect(await store.notes.put(draft, 0)).to.deep.equal({ outcome: 'done', version: 1 });
    expect(await told()).to.deep.equal(['e1']);
    expect(await now()).to.deep.equal({ n: 2 });
  });

  it('are told of a note that has ended meanwhile, whether it is cleared away or written again', async () => {
    const expiresAt = new Date(Date.now() - 60_000);
    await leave({ expiresAt });
    await store.notes.purge();
    expect(await told()).to.deep.equal(['e1']);
    await suite().direct.collection('notes').deleteMany({});
    await suite().direct.collection('audit').deleteMany({});
    await suite().direct.collection('chains').deleteMany({});
    await leave({ expiresAt });
    expect(await store.notes.put(draft, 0)).to.deep.equal({ outcome: 'done', version: 1 });
    expect(await told()).to.deep.equal(['e1']);
  });

  it('are told of a note that is removed without any of its own', async () => {
    await leave({});
    expect(await store.notes.remove(TENANT, 'thing', 'a')).to.equal(true);
    expect(await now()).to.equal(undefined);
    expect(await told()).to.deep.equal(['e1']);
    expect(await suite().direct.collection('notes').countDocuments()).to.equal(0);
  });

  it('are never deleted by the database itself', async () => {
    const indexes = await suite().direct.collection('notes').indexes();
    expect(indexes.filter((index) => index.expireAfterSeconds !== undefined)).to.deep.equal([]);
  });
});
