import { expect } from 'chai';
import type { Store } from '../../src/store/store.ts';
import { newGroup, newUser, nextVersion, removal, TENANT } from './fixtures.ts';

const at = (minute: number): string => new Date(Date.parse('2026-03-01T08:00:00.000Z') + minute * 60_000).toISOString();

/** Which records time alone may have changed. */
export function dueContract(store: () => Store): void {
  describe('due records', () => {
    const due = async (minute: number, limit = 10, tenant = TENANT) =>
      (await store().due.due(tenant, 'User', new Date(at(minute)), limit)).map(({ id }) => id);
    const commit = async (...puts: Parameters<Store['resources']['commit']>[0][]) => {
      for (const put of puts) expect(await store().resources.commit(put)).to.deep.equal({ outcome: 'done' });
    };

    it('are named when their moment has come, the earliest first, and at most as many as asked for', async () => {
      await commit(
        newUser('u1', { dueAt: at(3) }),
        newUser('u2', { dueAt: at(1) }),
        newUser('u3', { dueAt: at(2) }),
        newUser('u4', { dueAt: null }),
      );
      expect(await due(0)).to.deep.equal([]);
      expect(await due(2)).to.deep.equal(['u2', 'u3']);
      expect(await due(60)).to.deep.equal(['u2', 'u3', 'u1']);
      expect(await due(60, 1)).to.deep.equal(['u2']);
    });

    it('are named at once, and before the others, where no put has judged them', async () => {
      await commit(newUser('u1', { dueAt: at(1) }), newUser('u2'));
      expect(await due(0)).to.deep.equal(['u2']);
      expect(await due(1)).to.deep.equal(['u2', 'u1']);
      expect(await due(1, 1)).to.deep.equal(['u2']);
    });

    it('are those of one tenant and type, and of what is there', async () => {
      const user = newUser('u1', { dueAt: at(1) });
      await commit(user, newUser('u2', { tenant: 'other', dueAt: at(1) }), newGroup('g1', { dueAt: at(1) }));
      expect(await due(1)).to.deep.equal(['u1']);
      expect(await due(1, 10, 'other')).to.deep.equal(['u2']);
      await commit(removal(user.record));
      expect(await due(1)).to.deep.equal([]);
    });

    it('tell which of many tenants have any', async () => {
      await commit(
        newUser('u1', { tenant: 'acme', dueAt: at(1) }),
        newUser('u2', { tenant: 'harbour' }),
        newUser('u3', { tenant: 'quiet', dueAt: null }),
        newUser('u4', { tenant: 'later', dueAt: at(9) }),
        newGroup('groups', { dueAt: at(1) }),
      );
      const of = async (tenants: readonly string[], minute: number) =>
        [...(await store().due.tenantsDue(tenants, 'User', new Date(at(minute))))].sort();
      expect(await of(['acme', TENANT, 'harbour', 'later', 'nobody', 'quiet'], 1)).to.deep.equal(['acme', 'harbour']);
      expect(await of(['later', 'quiet'], 9)).to.deep.equal(['later']);
      expect(await of([], 9)).to.deep.equal([]);
    });

    it('come as they are stored', async () => {
      const user = newUser('u1', { dueAt: at(1) });
      await commit(user);
      expect(await store().due.due(TENANT, 'User', new Date(at(1)), 1)).to.deep.equal([user.record]);
    });

    it('go by what each later put says', async () => {
      const user = newUser('u1', { dueAt: at(1) });
      const second = nextVersion(user, { dueAt: at(5) });
      await commit(user, second);
      expect(await due(4)).to.deep.equal([]);
      expect(await due(5)).to.deep.equal(['u1']);
      await commit(nextVersion(second, { dueAt: null }));
      expect(await due(60)).to.deep.equal([]);
    });

    it('are judged anew without another version', async () => {
      await commit(newUser('u1', { dueAt: at(1) }), newUser('u2'));
      await store().due.judge(TENANT, 'User', [
        { id: 'u1', version: 1, dueAt: at(7) },
        { id: 'u2', version: 1, dueAt: null },
        { id: 'gone', version: 1, dueAt: at(1) },
      ]);
      expect(await due(6)).to.deep.equal([]);
      expect(await due(60)).to.deep.equal(['u1']);
      expect((await store().resources.get(TENANT, 'User', 'u1'))?.version).to.equal(1);
    });

    it('stay as a newer version has them', async () => {
      const user = newUser('u1', { dueAt: at(1) });
      await commit(user, nextVersion(user, { dueAt: at(2) }));
      await store().due.judge(TENANT, 'User', [{ id: 'u1', version: 1, dueAt: null }]);
      expect(await due(2)).to.deep.equal(['u1']);
    });
  });
}
