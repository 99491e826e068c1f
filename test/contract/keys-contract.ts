import { expect } from 'chai';
import type { KeyTest, StoreQuery } from '../../src/provisioning/records/resource-store.ts';
import type { Store } from '../../src/store/store.ts';
import { adding, newGroup, newUser, nextVersion, removal, TENANT } from './fixtures.ts';

const is = (...keys: readonly string[]): KeyTest => ({ anyOf: keys.map((key) => ({ is: key })) });
const between = (from: string, below: string): KeyTest => ({ anyOf: [{ from, below }] });

/** Lists by look-up keys. */
export function keysContract(store: () => Store): void {
  describe('lists by look-up keys', () => {
    const list = async (keys: readonly KeyTest[], more: Partial<StoreQuery> = {}) =>
      store().resources.query({
        tenant: TENANT,
        type: 'User',
        condition: undefined,
        sort: undefined,
        limit: 10,
        page: { after: '' },
        keys,
        ...more,
      });
    const ids = async (keys: readonly KeyTest[], more: Partial<StoreQuery> = {}) =>
      (await list(keys, more)).records.map(({ id }) => id).join(' ');

    beforeEach(async () => {
      for (const [id, keys] of Object.entries({
        ada: ['w:ada', 'w:okoro', 's:invited', 'e:2031'],
        bob: ['w:bob', 's:invited', 'e:2033'],
        cyd: ['w:cyd', 'w:cydney', 's:active'],
        dan: ['w:dan', 's:expired'],
      }))
        await store().resources.commit(newUser(id, { lookupKeys: keys }));
      await store().resources.commit(newUser('eve', { tenant: 'other', lookupKeys: ['w:eve', 's:invited'] }));
      await store().resources.commit(newGroup('g', { lookupKeys: ['w:ada'], members: adding('bob', 'cyd') }));
    });

    it('finds by one key, by one of several, by a stretch of keys, each record once', async () => {
      expect(await ids([is('s:invited')])).to.equal('ada bob');
      expect(await ids([is('s:expired', 's:active')])).to.equal('cyd dan');
      expect(await ids([between('w:a', 'w:b')])).to.equal('ada');
      expect(await ids([between('w:cyd', 'w:cz')])).to.equal('cyd');
      expect(await ids([is('w:eve')])).to.equal('');
    });

    it('joins tests, and takes the opposite of one', async () => {
      expect(await ids([is('s:invited'), between('w:o', 'w:p')])).to.equal('ada');
      expect(await ids([is('s:invited'), { ...between('e:', 'e:2032'), not: true }])).to.equal('bob');
      expect(await ids([{ anyOf: [{ is: 's:expired' }, { from: 'e:', below: 'e:2032' }] }])).to.equal('ada dan');
      expect(await ids([{ ...is('s:invited'), not: true }])).to.equal('cyd dan');
    });

    it('goes with a condition, in a group', async () => {
      const condition = {
        kind: 'related',
        relation: 'groups',
        condition: { kind: 'compare', target: [{ key: 'value', multiValued: false }], operator: 'eq', value: 'g' },
      } as const;
      expect(await ids([is('s:invited')], { condition })).to.equal('bob');
      expect((await list([], { condition, count: ['s:active', 's:invited', 's:none'] })).counts).to.deep.equal({
        's:active': 1,
        's:invited': 1,
      });
    });

    it('tells how many records have each key', async () => {
      const all = await list([], { count: ['s:invited', 's:active', 's:none'], limit: 0 });
      expect([all.total, all.counts]).to.deep.equal([4, { 's:invited': 2, 's:active': 1 }]);
      const some = await list([between('w:a', 'w:c')], { count: ['s:invited', 's:active'] });
      expect([some.total, some.counts]).to.deep.equal([2, { 's:invited': 2 }]);
    });

    it('walks page by page from the newest on, and knows the total', async () => {
      const first = await list([is('s:invited', 's:active', 's:expired')], { limit: 3, page: { before: '' } });
      expect([first.total, first.records.map(({ id }) => id).join(' ')]).to.deep.equal([4, 'bob cyd dan']);
      const second = await list([is('s:invited', 's:active', 's:expired')], {
        limit: 3,
        page: { before: first.previous ?? '' },
      });
      expect([second.records.map(({ id }) => id).join(' '), second.previous]).to.deep.equal(['ada', undefined]);
    });

    it('follows a record as it changes and goes', async () => {
      const put = newUser('fay', { lookupKeys: ['s:invited'] });
      await store().resources.commit(put);
      await store().resources.commit(nextVersion(put, { lookupKeys: ['s:active'] }));
      expect(await ids([is('s:invited')])).to.equal('ada bob');
      expect(await ids([is('s:active')])).to.equal('cyd fay');
      await store().resources.commit(removal({ type: 'User', id: 'fay', version: 2 }));
      expect(await ids([is('s:active')])).to.equal('cyd');
    });
  });
}
