import { expect } from 'chai';
import { systemClock } from '../../../../src/base/clock.ts';
import { connect } from '../../../../src/store/mongo/database/connect.ts';
import type { Database } from '../../../../src/store/mongo/database/connect.ts';
import { openMongoStore } from '../../../../src/store/mongo/mongo-store.ts';
import { TypeCounts } from '../../../../src/store/mongo/search/type-counts.ts';
import { newUser, TENANT } from '../../../contract/fixtures.ts';
import { describeWithMongo } from '../../../support/mongo-server-suite.ts';

/** A collection of so many records that says how often it was counted to the end. */
function recordsOf(size: number) {
  const records = {
    size,
    whole: 0,
    count: async (_filter: unknown, limit?: number) => {
      if (limit === undefined) records.whole += 1;
      return Math.min(records.size, limit ?? Infinity);
    },
  };
  return records;
}

describeWithMongo('MongoDB: counts of a type', 'latchkey-counts', (suite) => {
  let database: Database;
  before(async () => {
    database = await connect(suite().uri);
  });
  after(() => database.connection.close());

  const countsOver = (records: ReturnType<typeof recordsOf>) =>
    new TypeCounts({ records, counts: database.collections.counts }, () => Promise.resolve(new Date()));
  const outdate = () =>
    suite()
      .direct.collection('counts')
      .updateMany({}, { $set: { until: new Date(0) } });

  it('are exact at every moment while they are small, and nothing is kept', async () => {
    const records = recordsOf(9_999);
    const counts = countsOver(records);
    expect(await counts.count('acme', 'User')).to.equal(9_999);
    records.size = 7;
    counts.changed('acme', 'User', 1);
    await counts.tell();
    expect(await counts.count('acme', 'User')).to.equal(7);
    expect(records.whole).to.equal(0);
    expect(await suite().direct.collection('counts').countDocuments({})).to.equal(0);
  });

  it('are counted once for all processes when they are large, and follow what each of them does', async () => {
    const records = recordsOf(1_000_000);
    const [one, other] = [countsOver(records), countsOver(records)];
    for (const counts of [one, other, one]) expect(await counts.count('acme', 'User')).to.equal(1_000_000);
    one.changed('acme', 'User', 1);
    one.changed('acme', 'User', 1);
    other.changed('acme', 'User', -1);
    one.changed('acme', 'Group', 1);
    expect(await one.count('acme', 'User'), 'its own are seen at once').to.equal(1_000_002);
    await one.tell();
    await other.tell();
    for (const counts of [one, other]) expect(await counts.count('acme', 'User')).to.equal(1_000_001);
    expect(records.whole).to.equal(1);
  });

  it('are counted again after a while by one of them, while the others go on with the old number', async () => {
    const records = recordsOf(1_000_000);
    const [one, other] = [countsOver(records), countsOver(records)];
    for (const counts of [one, other]) await counts.count('acme', 'User');
    records.size = 1_000_010;
    await outdate();
    const told = await Promise.all([one, other].map((counts) => counts.count('acme', 'User')));
    expect(Math.max(...told)).to.equal(1_000_010);
    expect(records.whole).to.equal(2);
    expect(await other.count('acme', 'User')).to.equal(1_000_010);
  });

  it('are counted each time again once they are small', async () => {
    const records = recordsOf(1_000_000);
    const counts = countsOver(records);
    await counts.count('acme', 'User');
    records.size = 5;
    await outdate();
    expect([await counts.count('acme', 'User'), await counts.count('acme', 'User')]).to.deep.equal([5, 5]);
    records.size = 6;
    expect(await counts.count('acme', 'User')).to.equal(6);
  });

  it('are counted once for many who ask at once', async () => {
    const records = recordsOf(1_000_000);
    const counts = countsOver(records);
    await Promise.all(Array.from({ length: 50 }, () => counts.count('acme', 'User')));
    expect(records.whole).to.equal(1);
  });

  it('take no command of their own to create a user', async () => {
    const store = await openMongoStore({ uri: suite().uri, clock: systemClock });
    await store.resources.commit(newUser('u1'));
    await store.close();
    expect(await suite().direct.collection('counts').countDocuments({})).to.equal(0);
    expect(await suite().direct.collection('records').countDocuments({ tenant: TENANT })).to.equal(1);
  });
});
