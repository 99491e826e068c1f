import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import { indexes } from '../../../src/store/mongo/database/indexes.ts';
import { schemaVersion } from '../../../src/store/mongo/database/prepare-database.ts';
import { openMongoStore } from '../../../src/store/mongo/mongo-store.ts';
import { event, newUser } from '../../contract/fixtures.ts';
import { describeWithMongo } from '../../support/mongo-server-suite.ts';

describe('Indexes of MongoDB', () => {
  for (const [name, all] of Object.entries(indexes))
    it(`of several fields are not sparse, for each document has an _id or a tenant: ${name}`, () => {
      // A sparse index of several fields holds each document that has any of them.
      for (const { key, sparse } of all)
        if (sparse === true) expect(Object.keys(key), JSON.stringify(key)).to.have.length(1);
    });
});

describeWithMongo('MongoDB: a database of an older schema', 'latchkey-index-versions', (suite) => {
  it('gets its new indexes beside a process that serves, and then loses the old ones', async () => {
    const { direct, uri } = suite();
    const db = direct.db!;
    const installation = db.collection<{ _id: string; version: number }>('installation');
    await (await openMongoStore({ uri, clock: systemClock })).close();
    const records = db.collection('records');
    const notes = db.collection('notes');
    await records.dropIndex('relayed');
    await notes.dropIndex('ending');
    await records.createIndex({ relay: 1, _id: 1 }, { sparse: true });
    await notes.createIndex({ expiresAt: 1, _id: 1 }, { sparse: true });
    const serving = await openMongoStore({ uri, clock: systemClock });
    await installation.updateOne({ _id: 'schema' }, { $set: { version: 8 } });

    const starting = openMongoStore({ uri, clock: systemClock });
    const events = [event('beside', { resourceId: 'u1' })];
    const written = await serving.resources.commit(newUser('u1', { events }));
    const newer = await starting;

    expect(written).to.deep.equal({ outcome: 'done' });
    expect((await serving.outbox.pendingEvents(10)).map(({ id }) => id)).to.deep.equal(['beside']);
    expect((await newer.outbox.pendingEvents(10)).map(({ id }) => id)).to.deep.equal(['beside']);
    const namesOf = async (collection: typeof records) => (await collection.indexes()).map((index) => index.name);
    expect(await namesOf(records))
      .to.include('relayed')
      .and.not.include('relay_1__id_1');
    expect(await namesOf(notes))
      .to.include('ending')
      .and.not.include('expiresAt_1__id_1');
    expect(await installation.findOne({ _id: 'schema' })).to.deep.equal({ _id: 'schema', version: schemaVersion });
    await serving.close();
    await newer.close();
  });
});
