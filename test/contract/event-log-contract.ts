import { expect } from 'chai';
import { systemClock } from '../../src/base/clock.ts';
import { hashOfEntry, readPart, type ChainEntry, type Facts, type SubjectPart } from '../../src/history/chain-entry.ts';
import type { Notes } from '../../src/domain/notes.ts';
import { eraseFromAudit } from '../../src/history/erase-from-audit.ts';
import type { EventLog } from '../../src/history/event-log.ts';
import { MerkleFrontier } from '../../src/history/merkle-frontier.ts';
import type { Condition } from '../../src/scim/search/condition.ts';
import { event, TENANT } from './fixtures.ts';

const client = { kind: 'client', id: 'c1', name: 'Okta' } as const;

/** The permanent record of events, whichever store keeps it. */
export function eventLogContract(log: () => EventLog): void {
  describe('event log', () => {
    const file = (...ids: readonly string[]) => log().append(ids.map((id) => event(id, { actor: client })));
    const all = (tenant = TENANT) => log().read(tenant, 0, 1_000);
    const eq = (key: string, value: string): Condition => ({
      kind: 'compare',
      operator: 'eq',
      target: key.split('.').map((step) => ({ key: step, multiValued: false })),
      value,
    });

    it('keeps an event unsealed until it has a place in its tenant’s chain', async () => {
      await file('e1', 'e2');
      await log().append([event('f1', { tenant: 'other', at: '2026-03-01T07:00:00.000Z' })]);
      const tails = [...(await log().unsealed())].sort((one, other) => (one.tenant < other.tenant ? -1 : 1));
      expect(tails).to.deep.equal([
        { tenant: TENANT, events: 2, oldest: '2026-03-01T08:00:00.000Z' },
        { tenant: 'other', events: 1, oldest: '2026-03-01T07:00:00.000Z' },
      ]);
      expect(await all()).to.deep.equal([]);
      expect(await log().seal(TENANT, 100)).to.equal(2);
      expect((await log().unsealed()).map(({ tenant }) => tenant)).to.deep.equal(['other']);
      expect((await all()).map(({ seq, id }) => [seq, id])).to.deep.equal([
        [1, 'e1'],
        [2, 'e2'],
      ]);
      expect(await log().seal(TENANT, 100)).to.equal(0);
    });

    it('links each entry to the one before, and names the root of all', async () => {
      for (const ids of [['e1'], ['e2', 'e3'], ['e4', 'e5', 'e6']]) {
        await file(...ids);
        await log().seal(TENANT, 100);
      }
      const entries = await all();
      expect(entries.map(({ prev }) => prev)).to.deep.equal([
        '0'.repeat(64),
        ...entries.slice(0, -1).map(({ hash }) => hash),
      ]);
      expect(entries.map(hashOfEntry)).to.deep.equal(entries.map(({ hash }) => hash));
      const head = await log().head(TENANT);
      expect(head).to.include({ seq: 6, hash: entries.at(-1)?.hash });
      expect(head.frontier.root).to.deep.equal(rootOf(entries));
    });

    it('seals an event once, however often it is filed, and never forks the chain', async () => {
      await file(...Array.from({ length: 40 }, (_, n) => `e${String(n).padStart(2, '0')}`));
      await Promise.all(
        Array.from({ length: 6 }, () =>
          log()
            .seal(TENANT, 10)
            .catch(() => 0),
        ),
      );
      while ((await log().seal(TENANT, 10)) > 0);
      // Filed again by a process that did not hear of it, long after.
      await file('e00', 'e39');
      while ((await log().seal(TENANT, 10)) > 0);
      const entries = await all();
      expect(entries.map(({ seq }) => seq)).to.deep.equal(Array.from({ length: 40 }, (_, n) => n + 1));
      expect(new Set(entries.map(({ id }) => id)).size).to.equal(40);
      expect(entries.slice(1).map(({ prev }) => prev)).to.deep.equal(entries.slice(0, -1).map(({ hash }) => hash));
    });

    it('lists sealed events by what is asked', async () => {
      await log().append([
        event('e1', { actor: client, name: 'Ines@Example.com', resourceId: 'u1', requestId: 'r1' }),
        event('e2', { type: 'signIn.failed', triggeredBy: 'self', resourceId: 'u2', at: '2026-03-01T09:00:00.000Z' }),
        event('e3', {
          actor: client,
          resourceId: 'u2',
          type: 'user.updated',
          changes: [{ path: 'title', after: 'x' }],
        }),
      ]);
      await log().seal(TENANT, 100);
      const found = async (condition: Condition | undefined) => {
        const { total, entries } = await log().query({
          tenant: TENANT,
          condition,
          sort: undefined,
          limit: 10,
          page: { offset: 0 },
        });
        return [total, ...entries.map(({ id }) => id)];
      };
      expect(await found(undefined)).to.deep.equal([3, 'e1', 'e2', 'e3']);
      expect(await found(eq('target.id', 'u2'))).to.deep.equal([2, 'e2', 'e3']);
      expect(await found(eq('target.name', 'ines@example.com'))).to.deep.equal([1, 'e1']);
      expect(await found(eq('requestid', 'r1'))).to.deep.equal([1, 'e1']);
      expect(await found(eq('outcome', 'refused'))).to.deep.equal([1, 'e2']);
      expect(await found(eq('actor.id', 'c1'))).to.deep.equal([2, 'e1', 'e3']);
      const changed: Condition = {
        kind: 'compare',
        operator: 'eq',
        target: [
          { key: 'changes', multiValued: true },
          { key: 'path', multiValued: false },
        ],
        value: 'title',
      };
      expect(await found(changed)).to.deep.equal([1, 'e3']);
      expect(
        (await log().query({ tenant: 'other', condition: undefined, sort: undefined, limit: 9, page: { offset: 0 } }))
          .total,
      ).to.equal(0);
      expect((await log().find(TENANT, 'e2'))?.seq).to.equal(2);
      expect(await log().find('other', 'e2')).to.equal(undefined);
    });

    it('erases a person: from events about them, by them, and those that repeat a value; the chain still proves', async () => {
      await log().append([
        event('e1', {
          actor: client,
          name: 'ines@example.com',
          changes: [{ path: 'userName', after: 'ines@example.com' }],
        }),
        event('e2', { actor: { kind: 'user', id: 'u1', name: 'ines@example.com' }, resourceId: 'other' }),
        event('e3', { actor: client, resourceId: 'u9', reason: 'INES@example.com has it already' }),
        event('e4', { actor: client, resourceId: 'u9', name: 'max@example.com' }),
      ]);
      await log().seal(TENANT, 2);
      const before = await log().head(TENANT);
      const person = { tenant: TENANT, id: 'u1', values: ['ines@example.com'] };
      expect(await eraseFromAudit({ events: log(), clock: systemClock }, person)).to.equal(3);
      const entries = await all();
      expect(JSON.stringify(entries).toLowerCase()).to.not.include('ines');
      expect(readPart<Facts>(entries[4]!.facts))
        .to.include.members(['audit.erased'])
        .and.to.deep.include([[1, 3]]);
      expect(await eraseFromAudit({ events: log(), clock: systemClock }, person)).to.equal(0);
      expect(readPart<SubjectPart>(entries[3]!.subject)?.[0]).to.equal('max@example.com');
      expect(entries.map(hashOfEntry)).to.deep.equal(entries.map(({ hash }) => hash));
      expect(entries[1]?.hash).to.equal(before.hash);
      const byName = { tenant: TENANT, condition: eq('target.name', 'ines@example.com'), sort: undefined, limit: 9 };
      expect((await log().query({ ...byName, page: { offset: 0 } })).total).to.equal(0);
    });

    it('forgets from the beginning on, and keeps what the rest is proved by', async () => {
      const at = (hour: number) => `2026-03-01T0${hour}:00:00.000Z`;
      await log().append([1, 2, 3, 4, 5].map((hour) => event(`e${hour}`, { at: at(hour) })));
      await log().seal(TENANT, 100);
      const entries = await all();
      const base = await log().cut(TENANT, at(4));
      expect(base).to.include({ seq: 3, hash: entries[2]?.hash });
      expect(base.frontier.root).to.deep.equal(rootOf(entries.slice(0, 3)));
      expect((await all()).map(({ id }) => id)).to.deep.equal(['e4', 'e5']);
      await file('e6');
      await log().seal(TENANT, 100);
      expect((await all()).at(-1)).to.include({ seq: 6, prev: entries[4]?.hash });
      expect((await log().base(TENANT)).seq).to.equal(3);
      expect((await log().cut(TENANT, at(1))).seq).to.equal(3);
    });
  });
}

function rootOf(entries: readonly ChainEntry[]): Buffer {
  return new MerkleFrontier().add(entries.map(({ hash }) => Buffer.from(hash, 'hex'))).root;
}

/** Events that are written with notes. */
export function notesInEventLogContract(store: () => { readonly notes: Notes; readonly events: EventLog }): void {
  describe('events of notes', () => {
    const sealed = async (): Promise<string[]> => {
      while ((await store().events.seal(TENANT, 100)) > 0);
      return (await store().events.read(TENANT, 0, 100)).map(({ id }) => id);
    };
    const draft = { tenant: TENANT, kind: 'client', key: 'c1', value: { name: 'Okta' } };

    it('are in the write of the note: with it, or not at all', async () => {
      expect(await store().notes.put(draft, 0, [event('n1')])).to.include({ outcome: 'done' });
      expect(await store().notes.put(draft, 0, [event('n2')])).to.include({ outcome: 'conflict' });
      expect(await store().notes.put(draft, 1, [event('n3')])).to.include({ outcome: 'done', version: 2 });
      expect(await store().notes.remove(TENANT, 'client', 'c1', 1, [event('n4')])).to.equal(false);
      expect(await store().notes.remove(TENANT, 'client', 'c1', 2, [event('n5')])).to.equal(true);
      expect(await store().notes.find(TENANT, 'client', 'c1')).to.equal(undefined);
      expect(await store().notes.remove(TENANT, 'client', 'c1', undefined, [event('n6')])).to.equal(false);
      expect(await sealed()).to.deep.equal(['n1', 'n3', 'n5']);
      expect(await store().notes.put(draft, 0, [event('n7')])).to.include({ outcome: 'done', version: 1 });
      expect(await sealed()).to.deep.equal(['n1', 'n3', 'n5', 'n7']);
    });
  });
}
