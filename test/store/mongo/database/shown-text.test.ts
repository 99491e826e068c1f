import { expect } from 'chai';
import { systemClock } from '../../../../src/base/clock.ts';
import { openMongoStore } from '../../../../src/store/mongo/mongo-store.ts';
import type { Store } from '../../../../src/store/store.ts';
import { adding, newGroup, newUser, removal, TENANT } from '../../../contract/fixtures.ts';
import { describeWithMongo } from '../../../support/mongo-server-suite.ts';

describeWithMongo('MongoDB: the text that reads answer with', 'latchkey-shown', (suite) => {
  let store: Store;
  before(async () => {
    store = await openMongoStore({ uri: suite().uri, clock: systemClock });
  });
  after(() => store.close());

  const records = () => suite().direct.collection<{ _id: string; shown?: unknown }>('records');
  const publicPart = { shown: newGroup('g1').record.resource, under: 'shape one', until: null };
  const read = async (id: string, type = 'User') => {
    const record = await store.resources.get(TENANT, type, id);
    const listed = await store.resources.query({
      ...{ tenant: TENANT, type, condition: undefined, sort: undefined, limit: 10 },
      page: { offset: 0 },
    });
    expect(listed.records.map((one) => ({ ...one }))).to.deep.equal([{ ...record }]);
    return record;
  };

  it('is not used once an older Latchkey has written the record, which leaves the text as it was', async () => {
    await store.resources.commit(newUser('u1', { record: { resource: { nickName: 'Old' } } }));
    const renamed = { $set: { resource: { nickName: 'New' } }, $inc: { version: 1 } };
    await records().updateOne({ _id: `${TENANT}/u1` }, renamed);
    expect(await read('u1')).to.deep.include({ version: 2, resource: { nickName: 'New' } });
  });

  it('is not missed in records that an older Latchkey has made', async () => {
    await store.resources.commit(newUser('u1', { record: { resource: { nickName: 'Old' } } }));
    await records().updateOne({ _id: `${TENANT}/u1` }, { $unset: { shown: '' } });
    expect((await read('u1'))?.resource).to.deep.equal({ nickName: 'Old' });
  });

  it('stays good for a group that a removed member leaves, and goes with a record that is removed', async () => {
    const user = newUser('u1');
    const group = newGroup('g1', { members: adding('u1'), publicPart });
    for (const commit of [user, group, removal(user.record, [])]) await store.resources.commit(commit);
    expect(await read('g1', 'Group')).to.have.property('version', 2);
    expect((await read('g1', 'Group'))?.publicText?.under).to.equal('shape one');
    expect(await records().countDocuments({ shown: { $exists: true } })).to.equal(1);
  });
});
