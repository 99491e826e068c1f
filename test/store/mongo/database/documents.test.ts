import { expect } from 'chai';
import { systemClock } from '../../../../src/base/clock.ts';
import type { Resource } from '../../../../src/scim/model/resource.ts';
import { ScimError } from '../../../../src/scim/model/scim-error.ts';
import { openMongoStore } from '../../../../src/store/mongo/mongo-store.ts';
import type { Store } from '../../../../src/store/store.ts';
import { delivery, event, newGroup, newUser, nextVersion, TENANT } from '../../../contract/fixtures.ts';
import { describeWithMongo } from '../../../support/mongo-server-suite.ts';

const hostile = JSON.parse(`{
  "zulu": 1, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "manager": { "$ref": "../Users/1", "value": "1" } },
  "__proto__": { "polluted": true }, "constructor": { "name": "x" }, "prototype": [{}], "_bsontype": "ObjectId", "toBSON": "x", "": "empty",
  "a.b": { "$gt": "" }, "%2e": "%", "nul\\u0000name": "nul\\u0000value", "numbers": [0, -1, 2147483648, 9007199254740991, 1e21, 0.1, 5e-324],
  "empty": [{}, [], [[]], "", null, false], "alpha": 2 }`) as Resource;

describeWithMongo('MongoDB: documents', 'latchkey-documents', (suite) => {
  let store: Store;
  before(async () => {
    store = await openMongoStore({ uri: suite().uri, clock: systemClock });
  });
  after(() => store.close());

  it('give back any JSON, member by member in its order, from creates and from changes', async () => {
    const text = JSON.stringify(hostile);
    const user = newUser('u1', { record: { resource: hostile }, events: [event('e1', { data: hostile })] });
    await store.resources.commit(user);
    expect(JSON.stringify((await store.resources.get(TENANT, 'User', 'u1'))?.resource)).to.equal(text);
    await store.resources.commit(nextVersion(user, { record: { resource: { first: hostile } } }));
    expect(JSON.stringify((await store.resources.get(TENANT, 'User', 'u1'))?.resource)).to.equal(`{"first":${text}}`);
    const events = await store.outbox.pendingEvents(1);
    expect(JSON.stringify(events[0]?.data)).to.equal(text);
    await store.outbox.settleEvents(events, [delivery('d1', { data: hostile })]);
    expect(JSON.stringify((await store.outbox.ofUser(TENANT, 'u1', 1))[0]?.data)).to.equal(text);
    expect(Object.hasOwn(Object.prototype, 'polluted')).to.equal(false);
  });

  it('refuse what is larger than MongoDB can hold, and tell the caller', async () => {
    const user = newUser('u1');
    await store.resources.commit(user);
    const titled = (length: number) => ({ record: { resource: { title: 'x'.repeat(length) } } });
    for (const put of [
      newUser('u2', titled(16_900_000)),
      newUser('u2', titled(30_000_000)),
      nextVersion(user, titled(16_900_000)),
    ]) {
      const error: unknown = await store.resources.commit(put).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(ScimError).and.include({ status: 413 });
    }
    expect(await store.resources.get(TENANT, 'User', 'u1')).to.deep.equal(user.record);
  });

  it('carry a change of members too big for the group in one commit', async () => {
    const values = Array.from({ length: 1_100 }, (_, n) => `u${n}`);
    const add = values.map((value) => ({ value, type: 'User' as const }));
    await store.resources.commit(newGroup('g1', { members: { clear: true, remove: ['u1', 'absent'], add } }));
    expect(await store.resources.membersAmong(TENANT, 'g1', ['u0', 'u1', 'u1099', 'u1100'])).to.have.length(3);
    expect(await suite().direct.collection('memberchanges').countDocuments()).to.equal(0);
  });

  it('answer common filters from an index', async () => {
    const { resources } = store;
    await resources.commit(newUser('u1'));
    const indexes = await suite().direct.collection('records').indexes();
    const fields = indexes.map(({ key }) => Object.keys(key).find((path) => path.startsWith('search.')));
    expect(fields).to.include.members(
      ['username', 'externalid', 'displayname', 'emails.value', 'id', 'meta.lastmodified'].map(
        (path) => `search.${path}`,
      ),
    );
    // No index may hold two arrays of one document: MongoDB refuses such a document, the stand-in does not.
    for (const { key } of indexes)
      expect(Object.keys(key).filter((path) => /emails|Keys|events/.test(path))).to.have.length.at.most(1);
  });
});
