import { expect } from 'chai';
import type { Store } from '../../src/store/store.ts';
import { adding, event, newGroup, newUser, nextVersion, removal, searchOf, TENANT } from './fixtures.ts';

/** Many records read and written with few turns to the database: what imports need. */
export function manyAtOnceContract(store: () => Store): void {
  describe('many at once', () => {
    const user = (n: number, externalId = `E${n}`) =>
      newUser(`u${n}`, { search: searchOf('user', `u${n}`, { username: `u${n}`, externalid: externalId }) });

    it('writes each by itself: what one is refused for does not touch the others', async () => {
      const { resources, outbox } = store();
      const first = newUser('u1');
      await resources.commit(first);
      const results = await resources.commitEach([
        newUser('u2', { events: [event('e2', { resourceId: 'u2' })] }),
        newUser('u3', { uniqueKeys: ['username:u1'], events: [event('e3', { resourceId: 'u3' })] }),
        nextVersion(first, { record: { resource: { userName: 'u1', title: 'Mate' } } }),
        newUser('u2'),
        newGroup('g1', { members: adding('u2') }),
        removal({ type: 'User', id: 'none', version: 1 }),
        newUser('u4', { uniqueKeys: ['username:u2b', 'attempt:1'] }),
        newUser('u5', { uniqueKeys: ['username:u5', 'attempt:1'] }),
      ]);
      expect(results.map(({ outcome }) => outcome)).to.deep.equal([
        'done',
        'duplicate',
        'done',
        'conflict',
        'done',
        'conflict',
        'done',
        'duplicate',
      ]);
      expect(results[1]).to.deep.equal({ outcome: 'duplicate', key: 'username:u1', holder: 'u1' });
      expect(results[7]).to.deep.equal({ outcome: 'duplicate', key: 'attempt:1', holder: 'u4' });
      expect((await resources.get(TENANT, 'User', 'u1'))?.resource['title']).to.equal('Mate');
      expect(await resources.membersAmong(TENANT, 'g1', ['u2'])).to.have.length(1);
      expect((await outbox.pendingEvents(100)).map(({ id }) => id)).to.deep.equal(['e2']);
      expect(await resources.commitEach([])).to.deep.equal([]);
    });

    it('makes more in one call than the database takes in one command', async () => {
      const results = await store().resources.commitEach(Array.from({ length: 250 }, (_, n) => user(n)));
      expect(results.every(({ outcome }) => outcome === 'done')).to.equal(true);
      const page = await store().resources.query({
        tenant: TENANT,
        type: 'User',
        condition: undefined,
        sort: undefined,
        limit: 0,
        page: { offset: 0 },
      });
      expect(page.total).to.equal(250);
    });

    it('finds records by many values of an attribute, of one tenant and type alone', async () => {
      const { resources } = store();
      await resources.commitEach([user(1), user(2), user(3, 'E2'), newUser('u9', { tenant: 'other' })]);
      const found = async (...call: [attribute: 'username' | 'externalid', values: readonly string[]]) =>
        (await resources.findByValues(TENANT, 'User', ...call)).map(({ id }) => id).sort();
      expect(await found('externalid', ['E2', 'E1', 'none', 'E2'])).to.deep.equal(['u1', 'u2', 'u3']);
      expect(await found('username', ['u1', 'u9', `'"`])).to.deep.equal(['u1']);
      expect(await found('username', [])).to.deep.equal([]);
      expect(await resources.findByValues(TENANT, 'Group', 'displayname', ['u1'])).to.deep.equal([]);
    });

    it('tells who holds which of many unique keys', async () => {
      const { resources } = store();
      await resources.commitEach([user(1), user(2)]);
      const keys = ['username:u1', 'username:none', 'username:u2'];
      expect([...(await resources.holdersOf(TENANT, 'User', keys))].sort()).to.deep.equal([
        ['username:u1', 'u1'],
        ['username:u2', 'u2'],
      ]);
      expect((await resources.holdersOf('other', 'User', keys)).size).to.equal(0);
      expect((await resources.holdersOf(TENANT, 'Group', keys)).size).to.equal(0);
    });
  });
}
