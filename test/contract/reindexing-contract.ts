import { expect } from 'chai';
import { loadSettings } from '../../src/config/load-settings.ts';
import { statusKey, wordsFrom } from '../../src/provisioning/records/find-keys.ts';
import type { RecordIndex } from '../../src/provisioning/records/record-index.ts';
import type { Commit, KeyTest, StoredRecord } from '../../src/provisioning/records/resource-store.ts';
import { Reindexing, type ReindexingParts } from '../../src/provisioning/user/reindexing.ts';
import type { Store } from '../../src/store/store.ts';
import { ManualTime } from '../support/manual-time.ts';
import { groupType, userType } from '../support/resource-types.ts';
import { newGroup, newUser, nextVersion, TENANT } from './fixtures.ts';

const hour = 60 * 60 * 1000;
const settings = loadSettings(undefined);

/** Records that an older Latchkey wrote are found like those of this one. */
export function reindexingContract(store: () => Store): void {
  describe('records of an older version', () => {
    let time: ManualTime;
    beforeEach(() => {
      time = new ManualTime();
    });

    /** A process that indexes anew, and how many records it has written. */
    const process = (owner: string, changes: Partial<ReindexingParts> = {}) => {
      const seen = { written: 0, batches: 0 };
      const index: RecordIndex = {
        reindex: async (tenant, type, records) => {
          seen.written += records.length;
          seen.batches += 1;
          await (changes.index ?? store().index).reindex(tenant, type, records);
        },
      };
      const { resources, notes, leases } = store();
      const parts = { resources, notes, leases, clock: time, settingsOf: () => settings, userType };
      const types = [userType, groupType];
      const reindexing = new Reindexing({ ...parts, types, alone: false, owner, ...changes, index });
      return { seen, reindexing, run: () => reindexing.run([TENANT]) };
    };
    const old = (id: string): Commit =>
      newUser(id, {
        record: {
          resource: {
            schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
            userName: `${id}@harbour.example`,
            name: { givenName: 'Thórdís', familyName: `Number ${id}` },
            emails: [{ value: `${id}@harbour.example` }],
          },
        },
      });
    const commit = async (...commits: readonly Commit[]) => {
      for (const each of commits) expect(await store().resources.commit(each)).to.deep.equal({ outcome: 'done' });
    };
    const found = async (type: string, ...keys: readonly KeyTest[]) => {
      const page = { after: '' };
      const query = { tenant: TENANT, type, condition: undefined, sort: undefined, limit: 1_000, page, keys };
      return (await store().resources.query(query)).records.map(({ id }) => id);
    };
    const word = (typed: string): KeyTest => ({ anyOf: [wordsFrom(typed)] });
    const many = Array.from({ length: 230 }, (_, n) => `u${String(n).padStart(3, '0')}`);

    it('are found by words, status and name, and nothing else of them changes', async () => {
      await commit(old('u1'), old('u2'), newGroup('g1'));
      expect(await found('User', word('thordis'))).to.deep.equal([]);
      await process('one').run();
      expect(await found('User', word('thordis'))).to.deep.equal(['u1', 'u2']);
      expect(await found('User', { anyOf: [{ is: statusKey('none') }] })).to.deep.equal(['u1', 'u2']);
      expect(await found('User', word('u2@harbour'))).to.deep.equal(['u2']);
      expect(await found('Group', word('g1'))).to.deep.equal(['g1']);
      const before = (old('u1') as { readonly record: StoredRecord }).record;
      expect(await store().resources.get(TENANT, 'User', 'u1')).to.deep.equal(before);
      expect(await store().outbox.pendingEvents(10)).to.deep.equal([]);
      expect((await store().resources.findByKey(TENANT, 'User', 'username:u1'))?.id).to.equal('u1');
    });

    it('are walked on from where a process stopped, by another one', async function () {
      this.timeout(60_000);
      await commit(...many.map(old));
      const first = process('one');
      const stopping = process('one', {
        index: {
          reindex: async (tenant, type, records) => {
            await store().index.reindex(tenant, type, records);
            stopping.reindexing.stop();
          },
        },
      });
      await stopping.run();
      expect(stopping.seen.written).to.equal(100);
      await first.run();
      expect(first.seen.written).to.equal(130);
      expect(await found('User', word('thordis'))).to.deep.equal(many);
    });

    it('are walked once, also after a failure, and by one of several processes', async function () {
      this.timeout(60_000);
      await commit(...many.map(old));
      let fails = true;
      const failing = process('one', {
        index: {
          reindex: async (tenant, type, records) => {
            if (fails && records[0]?.id === 'u100') throw new Error('the database is away');
            await store().index.reindex(tenant, type, records);
          },
        },
      });
      expect(await failing.run().catch((error: Error) => error.message)).to.equal('the database is away');
      fails = false;
      const [two, three] = [process('two'), process('three')];
      await Promise.all([two.run(), three.run()]);
      expect(two.seen.written + three.seen.written).to.equal(130);
      expect(await found('User', word('thordis'))).to.deep.equal(many);
    });

    it('that are written meanwhile stay as they are written', async () => {
      const put = old('u1');
      if (put.kind !== 'put') throw new Error('a put');
      await commit(put);
      const meanwhile = process('one', {
        index: {
          reindex: async (tenant, type, records) => {
            if (type === 'User') await commit(nextVersion(put, { lookupKeys: ['w:later'] }));
            await store().index.reindex(tenant, type, records);
          },
        },
      });
      await meanwhile.run();
      expect(await found('User', word('later'))).to.deep.equal(['u1']);
      expect(await found('User', word('thordis'))).to.deep.equal([]);
    });

    it('that an older process still writes beside this one are found within the next turns of a day', async () => {
      await commit(old('u1'));
      const one = process('one');
      await one.run();
      const lastModified = new Date(time.now().getTime() + hour).toISOString();
      const meta = { lastmodified: lastModified.replace('Z', '000000Z') };
      const late = old('u2');
      if (late.kind !== 'put') throw new Error('a put');
      await commit({ ...late, record: { ...late.record, lastModified }, search: { ...late.search, meta } });
      time.jump(2 * hour);
      await one.run();
      expect(await found('User', word('thordis'))).to.deep.equal(['u1', 'u2']);
      expect(one.seen.written).to.equal(2);
    });

    it('are looked for by one note once all are done, and then not at all', async () => {
      await commit(old('u1'));
      await process('one').run();
      time.jump(25 * hour);
      let asked = 0;
      const notes = {
        find: (...where: Parameters<Store['notes']['find']>) => {
          asked += 1;
          return store().notes.find(...where);
        },
      } as Store['notes'];
      const later = process('two', { notes });
      await later.run();
      await later.run();
      expect([asked, later.seen.batches]).to.deep.equal([1, 0]);
      const alone = process('three', { notes, alone: true });
      time.jump(-24 * hour);
      await alone.run();
      expect(alone.seen.batches).to.equal(0);
    });
  });
}
