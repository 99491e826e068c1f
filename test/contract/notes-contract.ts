import { expect } from 'chai';
import type { Leases } from '../../src/domain/leases.ts';
import type { NoteDraft, Notes } from '../../src/domain/notes.ts';
import { TENANT } from './fixtures.ts';

/** What a store gives here. */
type Parts = { readonly notes: Notes; readonly leases: Leases };

/** Small rows with a version, and work that one process does at a time. */
export function notesContract(store: () => Parts): void {
  describe('notes', () => {
    const draft = (key: string, changes: Partial<NoteDraft> = {}): NoteDraft => ({
      tenant: TENANT,
      kind: 'client',
      key,
      value: { name: key, 'a.b$': [1, null, { c: true }] },
      ...changes,
    });
    const past = '2020-01-01T00:00:00.000Z';
    const future = '2999-01-01T00:00:00.000Z';

    it('are found by tenant, kind and key, as they were written', async () => {
      const { notes } = store();
      expect(await notes.put(draft('a/b', { lookups: ['x'], expiresAt: future }), 0)).to.deep.equal({
        outcome: 'done',
        version: 1,
      });
      expect(await notes.find(TENANT, 'client', 'a/b')).to.deep.equal({
        ...draft('a/b', { lookups: ['x'], expiresAt: future }),
        version: 1,
      });
      for (const [tenant, kind, key] of [
        ['other', 'client', 'a/b'],
        [TENANT, 'session', 'a/b'],
        [TENANT, 'client', 'a'],
      ] as const)
        expect(await notes.find(tenant, kind, key)).to.equal(undefined);
    });

    it('are changed by the one who has read the present version, among parallel calls too', async () => {
      const { notes } = store();
      const made = await Promise.all(Array.from({ length: 10 }, () => notes.put(draft('a'), 0)));
      expect(made.filter(({ outcome }) => outcome === 'done')).to.have.length(1);
      const changed = await Promise.all(
        Array.from({ length: 10 }, (_, n) => notes.put(draft('a', { value: { n } }), 1)),
      );
      expect(changed.filter(({ outcome }) => outcome === 'done')).to.deep.equal([{ outcome: 'done', version: 2 }]);
      expect(changed.filter(({ outcome }) => outcome === 'conflict')).to.have.length(9);
      expect(await notes.put(draft('never'), 3)).to.deep.equal({ outcome: 'conflict' });
      expect(await notes.put(draft('a'), undefined)).to.deep.equal({ outcome: 'done', version: 3 });
      expect(await notes.put(draft('new'), undefined)).to.deep.equal({ outcome: 'done', version: 1 });
    });

    it('are found by their look-ups from any tenant; of a kind one note has each', async () => {
      const { notes } = store();
      await notes.put(draft('a', { lookups: ['hash-1', 'hash-2'] }), 0);
      expect((await notes.lookUp('client', 'hash-2'))?.key).to.equal('a');
      expect(await notes.lookUp('session', 'hash-2')).to.equal(undefined);
      const other = draft('b', { tenant: 'other', lookups: ['hash-2'] });
      expect(await notes.put(other, 0)).to.deep.equal({ outcome: 'taken' });
      expect(await notes.put({ ...other, kind: 'session' }, 0)).to.deep.include({ outcome: 'done' });
      // Its own look-ups do not stand in a note's way; one that it gives up is free.
      expect(await notes.put(draft('a', { lookups: ['hash-1'] }), 1)).to.deep.equal({ outcome: 'done', version: 2 });
      expect(await notes.put(other, 0)).to.deep.include({ outcome: 'done' });
      await notes.put(draft('c'), 0);
      expect(await notes.put(draft('d'), 0)).to.deep.include({ outcome: 'done' });
      expect(await notes.remove('other', 'client', 'b')).to.equal(true);
      expect(await notes.lookUp('client', 'hash-2')).to.equal(undefined);
    });

    it('are listed by key, by prefix and in pages, one tenant and kind at a time', async () => {
      const { notes } = store();
      for (const key of ['b', 'a/2', 'a/1', 'é', 'Z']) await notes.put(draft(key), 0);
      await notes.put(draft('a', { tenant: 'other' }), 0);
      await notes.put(draft('a', { kind: 'clientele' }), 0);
      const keys = async (query: { prefix?: string; after?: string; limit: number }): Promise<string[]> =>
        (await notes.list({ tenant: TENANT, kind: 'client', ...query })).map(({ key }) => key);
      expect(await keys({ limit: 9 })).to.deep.equal(['Z', 'a/1', 'a/2', 'b', 'é']);
      expect(await keys({ limit: 2 })).to.deep.equal(['Z', 'a/1']);
      expect(await keys({ after: 'a/1', limit: 2 })).to.deep.equal(['a/2', 'b']);
      expect(await keys({ prefix: 'a/', limit: 9 })).to.deep.equal(['a/1', 'a/2']);
      expect(await keys({ prefix: 'a/', after: 'a/1', limit: 9 })).to.deep.equal(['a/2']);
    });

    it('are walked through whatever their kind, in pages, one tenant at a time', async () => {
      const { notes } = store();
      for (const [kind, key] of [
        ['session', 'b'],
        ['client', 'z/1'],
        ['client', 'a'],
      ] as const)
        await notes.put(draft(key, { kind }), 0);
      await notes.put(draft('gone', { expiresAt: past }), 0);
      await notes.put(draft('a', { tenant: 'other' }), 0);
      const seen: string[] = [];
      for (let after: { kind: string; key: string } | undefined; ;) {
        const page = await notes.walk(TENANT, after, 2);
        seen.push(...page.map(({ kind, key }) => `${kind} ${key}`));
        after = page.at(-1);
        if (after === undefined) break;
      }
      expect(seen).to.deep.equal(['client a', 'client z/1', 'session b']);
    });

    it('do not exist from their end on, and leave their key and look-ups free', async () => {
      const { notes } = store();
      await notes.put(draft('a', { lookups: ['x'], expiresAt: past }), 0);
      expect(await notes.find(TENANT, 'client', 'a')).to.equal(undefined);
      expect(await notes.lookUp('client', 'x')).to.equal(undefined);
      expect(await notes.list({ tenant: TENANT, kind: 'client', limit: 9 })).to.deep.equal([]);
      expect(await notes.remove(TENANT, 'client', 'a')).to.equal(false);
      await notes.put(draft('a', { lookups: ['x'], expiresAt: past }), undefined);
      expect(await notes.put(draft('a', { lookups: ['x'] }), 0)).to.deep.equal({ outcome: 'done', version: 1 });
      expect((await notes.find(TENANT, 'client', 'a'))?.expiresAt).to.equal(undefined);
      await notes.put(draft('b', { expiresAt: past }), 0);
      await notes.purge();
      expect((await notes.list({ tenant: TENANT, kind: 'client', limit: 9 })).map(({ key }) => key)).to.deep.equal([
        'a',
      ]);
    });

    it('are removed once, of a version where one is given', async () => {
      const { notes } = store();
      await notes.put(draft('a'), 0);
      expect(await notes.remove(TENANT, 'client', 'a', 2)).to.equal(false);
      expect(await notes.remove(TENANT, 'client', 'a', 1)).to.equal(true);
      expect(await notes.remove(TENANT, 'client', 'a')).to.equal(false);
    });
  });

  describe('leases', () => {
    it('belong to one owner at a time, who may renew them', async () => {
      const { leases } = store();
      const taken = await Promise.all(
        Array.from({ length: 8 }, (_, n) => leases.take('sweep', `process-${n}`, 60_000)),
      );
      expect(taken.filter(Boolean)).to.have.length(1);
      const owner = `process-${taken.indexOf(true)}`;
      expect(await leases.take('sweep', owner, 60_000)).to.equal(true);
      expect(await leases.take('sweep', 'somebody else', 60_000)).to.equal(false);
      expect(await leases.take('relay', 'somebody else', 60_000)).to.equal(true);
    });

    it('are free when they have run out or are given back by their owner', async () => {
      const { leases } = store();
      expect(await leases.take('sweep', 'a', -1)).to.equal(true);
      expect(await leases.take('sweep', 'b', 60_000)).to.equal(true);
      await leases.release('sweep', 'a');
      expect(await leases.take('sweep', 'a', 60_000)).to.equal(false);
      await leases.release('sweep', 'b');
      expect(await leases.take('sweep', 'a', 60_000)).to.equal(true);
    });
  });
}
