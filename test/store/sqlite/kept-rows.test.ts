import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import type { ShownRecord } from '../../../src/provisioning/records/resource-store.ts';
import { KeptRows } from '../../../src/store/sqlite/kept-rows.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { newGroup, newUser, nextVersion, removal, TENANT } from '../../contract/fixtures.ts';

describe('records that are kept in memory', () => {
  const one = (id: string): ShownRecord => ({ id }) as ShownRecord;

  it('are those that were read last, as many as there is room for', () => {
    const kept = new KeptRows(100);
    for (const id of ['a', 'b', 'c', 'd']) kept.keep(id, one(id), 25);
    expect(kept.get('a')?.id).to.equal('a');
    kept.keep('e', one('e'), 50);
    expect(['a', 'b', 'c', 'd', 'e'].filter((id) => kept.get(id) !== undefined)).to.deep.equal(['a', 'd', 'e']);
    kept.keep('f', one('f'), 101);
    expect(['a', 'd', 'e', 'f'].filter((id) => kept.get(id) !== undefined)).to.deep.equal([]);
    kept.keep('g', one('g'), 100);
    expect(kept.get('g')?.id).to.equal('g');
  });

  it('stay while something else is written', () => {
    const kept = new KeptRows();
    kept.keep('acme/User/1', one('1'), 10);
    const other = { kind: 'put', tenant: 'acme', type: 'User', id: '2' };
    for (const name of ['appendRequests', 'sealEventsInBackground', 'putNote', 'settleEvents']) kept.written(name, []);
    kept.written('commitAll', [[other]]);
    expect(kept.get('acme/User/1')?.id).to.equal('1');
    kept.written('commitAll', [[other, { ...other, id: '1' }]]);
    expect(kept.get('acme/User/1')).to.equal(undefined);
  });

  for (const name of ['judgeRecords', 'reindexRecords', 'eraseTenantRows', 'eraseTenantEvents'])
    it(`are forgotten by ${name}`, () => {
      const kept = new KeptRows();
      kept.keep('acme/User/1', one('1'), 10);
      kept.written(name, ['other']);
      expect(kept.get('acme/User/1')).to.equal(undefined);
    });

  describe('in a store', () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-kept-'));
    let store: Store;
    const read = async (id: string, tenant = TENANT) => {
      const found = await store.resources.shown!.get!(tenant, 'User', id, true);
      return (
        found && { version: found.version, groups: found.groups?.map(({ display, type }) => `${display} ${type}`) }
      );
    };
    before(async () => {
      store = await openSqliteStore({ folder, clock: systemClock });
    });
    after(async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    });

    it('show each write once it is answered: of the record, of its groups, and its removal', async () => {
      const { resources } = store;
      const user = newUser('u1');
      const group = newGroup('g1');
      await resources.commit(user);
      expect(await read('u1')).to.deep.equal({ version: 1, groups: [] });
      expect(await read('u1', 'other')).to.equal(undefined);
      await resources.commit(nextVersion(user));
      expect(await read('u1')).to.deep.equal({ version: 2, groups: [] });
      const add = [{ value: 'u1', type: 'User' as const }];
      await resources.commit({ ...group, members: { clear: false, remove: [], add } });
      expect(await read('u1')).to.deep.equal({ version: 2, groups: ['g1 direct'] });
      const renamed = nextVersion(group, { record: { resource: { ...group.record.resource, displayName: 'Sales' } } });
      await resources.commit(renamed);
      expect(await read('u1')).to.deep.equal({ version: 2, groups: ['Sales direct'] });
      await resources.commit(
        newGroup('g2', { members: { clear: false, remove: [], add: [{ value: 'g1', type: 'Group' }] } }),
      );
      expect(await read('u1')).to.deep.equal({ version: 2, groups: ['Sales direct', 'g2 indirect'] });
      await resources.commit(removal({ type: 'Group', id: 'g2', version: 1 }));
      await resources.commit(nextVersion(renamed, { members: { clear: false, remove: ['u1'], add: [] } }));
      expect(await read('u1')).to.deep.equal({ version: 2, groups: [] });
      await resources.commit(removal({ type: 'User', id: 'u1', version: 2 }));
      expect(await read('u1')).to.equal(undefined);
    });

    it('show each write to readers that ask all the while', async () => {
      let user = newUser('u2');
      await store.resources.commit(user);
      let answered = 1;
      let ended = false;
      const reader = (async () => {
        while (!ended) {
          const least = answered;
          expect((await read('u2'))?.version).to.be.at.least(least);
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      for (let n = 0; n < 50; n += 1) {
        user = nextVersion(user);
        await store.resources.commit(user);
        answered = user.record.version;
      }
      ended = true;
      await reader;
      expect(await read('u2')).to.deep.include({ version: 51 });
    });

    it('are forgotten with their tenant', async () => {
      await store.resources.commit(newUser('u3', { tenant: 'leaving' }));
      expect(await read('u3', 'leaving')).to.deep.include({ version: 1 });
      await store.tenantData.erase('leaving');
      expect(await read('u3', 'leaving')).to.equal(undefined);
    });
  });
});
