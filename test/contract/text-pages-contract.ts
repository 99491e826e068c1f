import { expect } from 'chai';
import type { StoreQuery } from '../../src/provisioning/records/resource-store.ts';
import type { TextFrame } from '../../src/scim/port/text-frame.ts';
import type { Store } from '../../src/store/store.ts';
import { adding, newGroup, newUser, TENANT } from './fixtures.ts';

const frame: TextFrame = ['{"id":"', { of: 'id' }, '"\n,"v":', { of: 'version' }, ','];

/** Pages as text, of stores that keep public texts. */
export function textPagesContract(store: () => Store): void {
  describe('pages as text', () => {
    const all = { tenant: TENANT, type: 'User', condition: undefined, sort: undefined } as const;
    const create = async (id: string, until: string | null, isPublic = true) => {
      const shown = { userName: id };
      const publicPart = isPublic ? { publicPart: { shown, under: 'terms', until } } : {};
      await store().resources.commit(newUser(id, { record: { resource: shown }, ...publicPart }));
    };
    const read = (query: Pick<StoreQuery, 'limit' | 'page'>) =>
      store().resources.shown?.queryText({ ...all, ...query }, frame);

    it('hold the public texts in their frames, in order, and tell the terms and who may be in a group', async () => {
      await create('u1', null);
      await create('u2', '2031-05-06T12:00:00.000Z');
      await create('u3', '2030-05-06T12:00:00.000Z');
      await store().resources.commit(newGroup('g1', { members: adding('u2') }));
      const page = await read({ limit: 2, page: { offset: 1 } });
      if (page === undefined) return;
      expect(page.total).to.equal(3);
      expect(String(page.text?.text)).to.equal(
        '{"id":"u2"\n,"v":1,"userName":"u2"},{"id":"u3"\n,"v":1,"userName":"u3"}',
      );
      const { count, under, until, inGroups } = page.text!;
      expect({ count, under, until }).to.eql({ count: 2, under: ['terms'], until: '2030-05-06T12:00:00.000Z' });
      expect(inGroups.get(0)).to.equal('u2');
    });

    it('have the same cursors as other pages, and are empty beyond the last record', async () => {
      for (const id of ['u1', 'u2', 'u3']) await create(id, null);
      const first = await read({ limit: 2, page: { after: '' } });
      if (first === undefined) return;
      const rest = await read({ limit: 2, page: { after: first.next! } });
      expect([first.text?.count, rest?.text?.count, rest?.next]).to.eql([2, 1, undefined]);
      const { next } = await store().resources.query({ ...all, limit: 2, page: { after: '' } });
      expect(first.next).to.equal(next);
      const beyond = await read({ limit: 2, page: { offset: 3 } });
      expect([beyond?.total, beyond?.text?.count, String(beyond?.text?.text)]).to.eql([3, 0, '']);
    });

    it('are no text where one of their records has none', async () => {
      await create('u1', null);
      await create('u2', null, false);
      const page = await read({ limit: 2, page: { offset: 0 } });
      if (page === undefined) return;
      expect(page).not.to.have.property('text');
      expect(page.total).to.equal(2);
    });
  });
}
