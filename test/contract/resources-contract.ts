import { expect } from 'chai';
import type { Account } from '../../src/provisioning/records/account.ts';
import type { CommitResult } from '../../src/provisioning/records/resource-store.ts';
import type { Store } from '../../src/store/store.ts';
import { event, newGroup, newUser, nextVersion, removal, TENANT } from './fixtures.ts';

const DONE: CommitResult = { outcome: 'done' };

/** Records, their keys and versions, and the events that stand or fall with them. */
export function resourcesContract(store: () => Store): void {
  describe('resources', () => {
    const pendingIds = async () => (await store().outbox.pendingEvents(100)).map(({ id }) => id);

    it('gives back the whole of a resource that came in two parts, from look-ups, lists and the next version alike', async () => {
      const resource = { userName: 'u1', nested: { open: 1, kept: 2 }, secret: ['x'] };
      const publicPart = {
        shown: { userName: 'u1', nested: { open: 1 } },
        rest: { nested: { open: 1, kept: 2 }, secret: ['x'] },
        under: 'shape one',
        until: '2031-05-06T12:00:00.000Z',
      };
      const put = newUser('u1', { record: { resource }, publicPart, lookupKeys: ['token:1'] });
      expect(await store().resources.commit(put)).to.eql(DONE);
      const list = { tenant: TENANT, type: 'User', condition: undefined, sort: undefined, limit: 10 };
      const read = async () => [
        await store().resources.get(TENANT, 'User', 'u1'),
        await store().resources.findByKey(TENANT, 'User', 'token:1'),
        ...(await store().resources.query({ ...list, page: { offset: 0 } })).records,
        ...(await store().resources.query({ ...list, page: { after: '' } })).records,
      ];
      const found = await read();
      expect(found.map((record) => record?.resource)).to.eql([resource, resource, resource, resource]);
      for (const record of found) {
        const text = record?.publicText;
        if (text === undefined) continue;
        expect({ ...text, text: JSON.parse(text.text) as unknown }).to.eql({
          text: publicPart.shown,
          under: publicPart.under,
          until: publicPart.until,
        });
      }
      // Whoever writes it without saying what is shown takes its text away.
      const next = nextVersion(put, { record: { resource: { userName: 'u1' } }, lookupKeys: ['token:1'] });
      expect(await store().resources.commit({ ...next, publicPart: undefined })).to.eql(DONE);
      for (const record of await read())
        expect([record?.resource, record?.publicText]).to.eql([{ userName: 'u1' }, undefined]);
    });

    it('gives back what was stored, whatever is in it', async () => {
      const account: Account = {
        passwordHash: '$argon2id$x',
        passwordHistory: [],
        pastInvitations: [],
        failedSignIns: 0,
      };
      const put = newUser('u1', {
        record: {
          account,
          attempt: { key: 'k', digest: 'd' },
          resource: {
            userName: `O'Hara "😀" \\ é`,
            '$odd.key': { __proto: [1, 2.5, true, false, null, ''] },
            'urn:x:2.0:User': { n: 1e21 },
          },
        },
      });
      expect(await store().resources.commit(put)).to.deep.equal(DONE);
      expect(await store().resources.get(TENANT, 'User', 'u1')).to.deep.equal(put.record);
    });

    it('keeps tenants and types apart', async () => {
      await store().resources.commit(newUser('u1'));
      expect(await store().resources.get('other', 'User', 'u1')).to.equal(undefined);
      expect(await store().resources.get(TENANT, 'Group', 'u1')).to.equal(undefined);
      expect(await store().resources.commit(newUser('u1', { tenant: 'other' }))).to.deep.equal(DONE);
      expect(await store().resources.findByKey('third', 'User', 'username:u1')).to.equal(undefined);
    });

    it('creates a key once among 50 parallel creates', async () => {
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          store().resources.commit(newUser(`u${n}`, { uniqueKeys: ['username:ines'], events: [event(`e${n}`)] })),
        ),
      );
      const winners = results.flatMap(({ outcome }, n) => (outcome === 'done' ? [n] : []));
      expect(winners).to.have.length(1);
      for (const result of results) {
        if (result.outcome !== 'done')
          expect(result).to.deep.equal({ outcome: 'duplicate', key: 'username:ines', holder: `u${winners[0]}` });
      }
      expect(await pendingIds()).to.deep.equal([`e${winners[0]}`]);
    });

    it('creates an id once among 20 parallel creates', async () => {
      const results = await Promise.all(
        Array.from({ length: 20 }, () => store().resources.commit(newUser('u1', { uniqueKeys: [] }))),
      );
      expect(results.filter(({ outcome }) => outcome === 'done')).to.have.length(1);
      expect(results.filter((result) => result.outcome === 'conflict' && result.version === 1)).to.have.length(19);
    });

    it('lets one of 30 parallel changes of one version through', async () => {
      const first = newUser('u1');
      await store().resources.commit(first);
      const results = await Promise.all(
        Array.from({ length: 30 }, (_, n) =>
          store().resources.commit(
            nextVersion(first, { record: { resource: { userName: 'u1', title: `t${n}` } }, events: [event(`e${n}`)] }),
          ),
        ),
      );
      const winners = results.flatMap(({ outcome }, n) => (outcome === 'done' ? [n] : []));
      expect(winners).to.have.length(1);
      for (const result of results)
        if (result.outcome !== 'done') expect(result).to.deep.equal({ outcome: 'conflict', version: 2 });
      const stored = await store().resources.get(TENANT, 'User', 'u1');
      expect(stored).to.include({ version: 2 });
      expect(stored?.resource).to.deep.equal({ userName: 'u1', title: `t${winners[0]}` });
      expect(await pendingIds()).to.deep.equal([`e${winners[0]}`]);
    });

    it('answers a conflict without a version where there is no record', async () => {
      const none: CommitResult = { outcome: 'conflict', version: undefined };
      expect(await store().resources.commit(nextVersion(newUser('u1')))).to.deep.equal(none);
      expect(await store().resources.commit(removal({ type: 'User', id: 'u1', version: 1 }))).to.deep.equal(none);
    });

    it('stores nothing of a commit that fails: no record, key or event', async () => {
      const second = newUser('u2');
      await store().resources.commit(newUser('u1'));
      await store().resources.commit(second);
      const taken = nextVersion(second, {
        record: { resource: { userName: 'u1' } },
        uniqueKeys: ['username:free', 'username:u1'],
        lookupKeys: ['token:x'],
        events: [event('e1')],
      });
      expect(await store().resources.commit(taken)).to.deep.equal({
        outcome: 'duplicate',
        key: 'username:u1',
        holder: 'u1',
      });
      expect(await store().resources.get(TENANT, 'User', 'u2')).to.deep.equal(second.record);
      expect(await store().resources.findByKey(TENANT, 'User', 'username:u2')).to.deep.equal(second.record);
      expect(await store().resources.findByKey(TENANT, 'User', 'username:free')).to.equal(undefined);
      expect(await store().resources.findByKey(TENANT, 'User', 'token:x')).to.equal(undefined);
      expect(await pendingIds()).to.deep.equal([]);
    });

    it('does not let one failing commit spoil those written beside it', async () => {
      await store().resources.commit(newUser('taken'));
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          store().resources.commit(
            newUser(`u${n}`, n % 2 === 0 ? {} : { uniqueKeys: [`username:u${n}`, 'username:taken'] }),
          ),
        ),
      );
      expect(results.map(({ outcome }) => outcome)).to.deep.equal(
        results.map((_, n) => (n % 2 === 0 ? 'done' : 'duplicate')),
      );
      const kept = await store().resources.typesOf(
        TENANT,
        Array.from({ length: 20 }, (_, n) => `u${n}`),
      );
      expect(kept.size).to.equal(10);
    });

    it('frees a key when its record is renamed, keeps it through an unchanged write, and frees it on removal', async () => {
      const first = newUser('u1');
      await store().resources.commit(first);
      const same = nextVersion(first);
      expect(await store().resources.commit(same)).to.deep.equal(DONE);
      expect(await store().resources.commit(newUser('u2', { uniqueKeys: ['username:u1'] }))).to.include({
        outcome: 'duplicate',
        holder: 'u1',
      });
      const renamed = nextVersion(same, { uniqueKeys: ['username:new'] });
      expect(await store().resources.commit(renamed)).to.deep.equal(DONE);
      expect(await store().resources.commit(newUser('u3', { uniqueKeys: ['username:u1'] }))).to.deep.equal(DONE);
      expect(await store().resources.commit(removal(renamed.record))).to.deep.equal(DONE);
      expect(await store().resources.commit(newUser('u4', { uniqueKeys: ['username:new'] }))).to.deep.equal(DONE);
      expect(await store().resources.get(TENANT, 'User', 'u1')).to.equal(undefined);
    });

    it('finds records by unique and by lookup keys, which need not be unique and follow each write', async () => {
      const first = newUser('u1', { lookupKeys: ['token:a', 'token:shared'] });
      await store().resources.commit(first);
      expect(await store().resources.commit(newUser('u2', { lookupKeys: ['token:shared'] }))).to.deep.equal(DONE);
      const found = async (key: string) => (await store().resources.findByKey(TENANT, 'User', key))?.id;
      expect(await found('token:a')).to.equal('u1');
      expect(['u1', 'u2']).to.include(await found('token:shared'));
      expect(await found('username:u2')).to.equal('u2');
      await store().resources.commit(nextVersion(first, { lookupKeys: ['token:b'] }));
      expect(await found('token:a')).to.equal(undefined);
      expect(await found('token:b')).to.equal('u1');
      expect(await found('token:shared')).to.equal('u2');
    });

    it('does all of a commitAll or none of it', async () => {
      const first = newUser('u1');
      expect(
        await store().resources.commitAll([first, newUser('u2'), nextVersion(first, { events: [event('e1')] })]),
      ).to.deep.equal([DONE, DONE, DONE]);
      expect(await pendingIds()).to.deep.equal(['e1']);
      const results = await store().resources.commitAll([
        newUser('u3', { events: [event('e2')] }),
        newUser('u4', { uniqueKeys: ['username:u2'] }),
        newUser('u5'),
      ]);
      expect(results).to.deep.equal([DONE, { outcome: 'duplicate', key: 'username:u2', holder: 'u2' }]);
      expect([...(await store().resources.typesOf(TENANT, ['u1', 'u3', 'u4', 'u5']))]).to.have.length(1);
      expect(await pendingIds()).to.deep.equal(['e1']);
    });

    it('tells which of many ids exist, and of what type', async () => {
      await store().resources.commit(newUser('u1'));
      await store().resources.commit(newGroup('g1'));
      const absent = Array.from({ length: 2500 }, (_, n) => `absent${n}`);
      const types = await store().resources.typesOf(TENANT, ['u1', ...absent, 'g1', 'u1']);
      expect([...types].sort()).to.deep.equal([
        ['g1', 'Group'],
        ['u1', 'User'],
      ]);
      expect([...(await store().resources.typesOf(TENANT, []))]).to.deep.equal([]);
    });

    it('takes hostile text in ids and keys for what it is', async () => {
      const id = `u' OR 1=1 -- {"$gt":""} %_*`;
      await store().resources.commit(newUser(id, { uniqueKeys: [`username:${id}`] }));
      expect((await store().resources.findByKey(TENANT, 'User', `username:${id}`))?.id).to.equal(id);
      expect(await store().resources.get(TENANT, 'User', '%')).to.equal(undefined);
    });
  });
}
