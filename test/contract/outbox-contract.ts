import { expect } from 'chai';
import type { Delivery } from '../../src/notify/delivery/delivery.ts';
import type { Store } from '../../src/store/store.ts';
import { delivery, event, newUser, TENANT, unleased } from './fixtures.ts';

const NOW = new Date('2026-03-01T10:00:00.000Z');
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

/** Events waiting to be planned, and the deliveries planned from them. */
export function outboxContract(store: () => Store): void {
  describe('outbox', () => {
    const file = (...deliveries: readonly Delivery[]) => store().outbox.settleEvents([], deliveries);
    const lease = (changes: Partial<Parameters<Store['outbox']['lease']>[0]> = {}) =>
      store().outbox.lease({
        owner: 'a',
        now: NOW,
        leaseMs: 60_000,
        limit: 100,
        perDomain: 100,
        channels: [],
        ...changes,
      });
    const ids = (deliveries: readonly Delivery[]) => deliveries.map(({ id }) => id);
    const stateOf = async (userId = 'u1') =>
      Object.fromEntries((await store().outbox.ofUser(TENANT, userId, 100)).map(({ id, state }) => [id, state]));

    it('hands out events in the order they were written, until they are settled', async () => {
      for (const n of [1, 2, 3])
        await store().resources.commit(
          newUser(`u${n}`, { events: [event(`e${n}a`), event(`e${n}b`, { data: { method: 'emailLink' } })] }),
        );
      const pending = await store().outbox.pendingEvents(4);
      expect(pending.map(({ id }) => id)).to.deep.equal(['e1a', 'e1b', 'e2a', 'e2b']);
      expect(pending[1]).to.deep.equal(event('e1b', { data: { method: 'emailLink' } }));
      await store().outbox.settleEvents(pending, []);
      await store().outbox.settleEvents(pending, []);
      expect((await store().outbox.pendingEvents(10)).map(({ id }) => id)).to.deep.equal(['e3a', 'e3b']);
    });

    it('lets tenants share what it hands out: the backlog of one does not hold up the others', async () => {
      const flood = Array.from({ length: 40 }, (_, n) => `f${String(n).padStart(2, '0')}`);
      for (const id of flood) await store().resources.commit(newUser(id, { events: [event(`e-${id}`)] }));
      for (const tenant of ['acme', 'zoo'])
        for (const id of ['1', '2', '3'])
          await store().resources.commit(
            newUser(`${tenant}${id}`, { tenant, events: [event(`e-${tenant}${id}`, { tenant })] }),
          );
      for (const whose of [undefined, 'own'] as const) {
        const pending = await store().outbox.pendingEvents(12, whose);
        expect(pending, String(whose)).to.have.length(12);
        const of = (tenant: string) => pending.filter((one) => one.tenant === tenant).map(({ id }) => id);
        if (whose === undefined && store().kind !== 'sqlite') continue;
        expect(of('acme')).to.deep.equal(['e-acme1', 'e-acme2', 'e-acme3']);
        expect(of('zoo')).to.deep.equal(['e-zoo1', 'e-zoo2', 'e-zoo3']);
        expect(of(TENANT)).to.deep.equal(flood.slice(0, 6).map((id) => `e-${id}`));
      }
      let moved = 0;
      for (;;) {
        const pending = await store().outbox.pendingEvents(12, 'own');
        if (pending.length === 0) break;
        await store().outbox.settleEvents(pending, []);
        moved += pending.length;
      }
      expect(moved).to.equal(46);
    });

    it('files a delivery once, however often its event is settled', async () => {
      const planned = [delivery('d1'), delivery('d2')];
      await Promise.all([1, 2, 3].map(() => store().outbox.settleEvents([event('e1')], planned)));
      const [taken] = await lease({ limit: 1 });
      await store().outbox.settleEvents([event('e1')], planned);
      expect(await store().outbox.counts()).to.deep.equal({ queued: 1, leased: 1, sent: 0, dead: 0, cancelled: 0 });
      expect(taken).to.deep.equal(
        delivery('d1', { state: 'leased', lease: { owner: 'a', until: later(1).toISOString() } }),
      );
    });

    it('leases what is due, oldest first, each to one of two owners', async () => {
      await file(
        delivery('new', { notBefore: '2026-03-01T09:00:00.000Z' }),
        delivery('old', { notBefore: '2026-03-01T08:00:00.000Z' }),
        delivery('future', { notBefore: '2026-03-01T10:00:00.001Z' }),
        delivery('now', { notBefore: NOW.toISOString() }),
      );
      expect(ids(await lease({ limit: 2 }))).to.deep.equal(['old', 'new']);
      expect(ids(await lease({ owner: 'b' }))).to.deep.equal(['now']);
      expect(ids(await lease())).to.deep.equal([]);
      await file(...Array.from({ length: 40 }, (_, n) => delivery(`d${n}`)));
      const leased = await Promise.all(
        Array.from({ length: 8 }, (_, n) => lease({ owner: n % 2 === 0 ? 'a' : 'b', limit: 10 })),
      );
      expect(leased.flatMap(ids).sort()).to.deep.equal(Array.from({ length: 40 }, (_, n) => `d${n}`).sort());
    });

    it("leases again what a dead worker held, and the dead worker's late answer changes nothing", async () => {
      await file(delivery('d1'));
      const [first] = await lease();
      expect(await lease({ owner: 'b', now: new Date(later(1).getTime() - 1) })).to.deep.equal([]);
      const [second] = await lease({ owner: 'b', now: later(1) });
      expect(second).to.deep.include({
        id: 'd1',
        state: 'leased',
        lease: { owner: 'b', until: later(2).toISOString() },
      });
      const sent = (from: Delivery | undefined) =>
        unleased(from, {
          state: 'sent',
          attempts: 1,
          lastReply: '250 OK',
          endedAt: NOW.toISOString(),
          reported: false,
        });
      expect(await store().outbox.update('a', sent(first))).to.equal(false);
      expect(await stateOf()).to.deep.equal({ d1: 'leased' });
      expect(await store().outbox.update('b', sent(second))).to.equal(true);
      expect(await store().outbox.update('b', sent(second))).to.equal(false);
      expect(await store().outbox.ofUser(TENANT, 'u1', 10)).to.deep.equal([sent(second)]);
      expect(await lease({ now: later(60) })).to.deep.equal([]);
    });

    it('puts a delivery back in the queue for a later attempt', async () => {
      await file(delivery('d1'));
      const [taken] = await lease();
      await store().outbox.update(
        'a',
        unleased(taken, { state: 'queued', attempts: 1, notBefore: later(5).toISOString(), domain: 'slow.example' }),
      );
      expect(await lease({ now: later(4) })).to.deep.equal([]);
      expect(ids(await lease({ now: later(5), owner: 'b' }))).to.deep.equal(['d1']);
    });

    it('keeps why a delivery waits, as planned and as written by a worker, until it waits no more', async () => {
      const heldFor = 'the start date has not come';
      await file(delivery('d1', { heldFor, lastReply: heldFor }));
      const [taken] = await lease();
      expect(taken).to.include({ heldFor });
      const held = unleased(taken, { state: 'queued', heldFor: 'quiet hours', notBefore: later(5).toISOString() });
      expect(await store().outbox.update('a', held)).to.equal(true);
      expect(await store().outbox.find(TENANT, 'd1')).to.deep.equal(held);
      const [again] = await lease({ now: later(5) });
      const { heldFor: over, ...sent } = unleased(again, { state: 'sent', attempts: 1 });
      expect(over).to.equal('quiet hours');
      expect(await store().outbox.update('a', sent)).to.equal(true);
      expect(await store().outbox.find(TENANT, 'd1')).to.deep.equal(sent);
    });

    it('does not let one domain starve the others', async () => {
      await file(
        ...Array.from({ length: 30 }, (_, n) =>
          delivery(`dead${n}`, { domain: 'dead.example', notBefore: '2026-03-01T08:00:00.000Z' }),
        ),
      );
      await file(
        ...['x', 'y', 'z'].map((id) =>
          delivery(id, { domain: `${id}.example`, notBefore: '2026-03-01T09:00:00.000Z' }),
        ),
      );
      expect(ids(await lease({ limit: 4, perDomain: 2 }))).to.deep.equal(['dead0', 'dead1', 'x', 'y']);
      expect(
        ids(await lease({ limit: 4, perDomain: 2, owner: 'b' })),
        'leased ones count, whoever holds them',
      ).to.deep.equal(['z']);
      expect(ids(await lease({ limit: 10, perDomain: 3, owner: 'b' }))).to.deep.equal(['dead2']);
      expect(
        ids(await lease({ limit: 50, perDomain: 2, now: later(1), owner: 'b' })),
        'leases that ran out no longer count',
      ).to.have.length(5);
    });

    it('lets tenants take turns where it is asked to, so that a flood of one does not hold up the others', async () => {
      const early = '2026-03-01T07:00:00.000Z';
      await file(
        ...Array.from({ length: 300 }, (_, n) => delivery(`flood${n}`, { tenant: 'b', notBefore: early })),
        ...['a', 'c'].flatMap((tenant) => [
          delivery(`${tenant}1`, { tenant }),
          delivery(`${tenant}2`, { tenant, createdAt: '2026-03-01T09:00:01.000Z' }),
        ]),
        delivery('s1', { tenant: 'shut', notBefore: early }),
      );
      const tenantsOf = (leased: readonly Delivery[]): string[] => leased.map(({ tenant }) => tenant);
      const fair = { after: '', perTenant: 3, without: ['shut'] };
      expect(tenantsOf(await lease({ limit: 2, fair }))).to.deep.equal(['a', 'b']);
      expect(tenantsOf(await lease({ limit: 3, fair: { ...fair, after: 'b' } }))).to.deep.equal(['c', 'a', 'b']);
      expect(tenantsOf(await lease({ limit: 50, fair: { ...fair, after: 'b' } })), 'at most three each').to.deep.equal([
        'c',
        'b',
      ]);
      expect(tenantsOf(await lease({ limit: 50, fair: { ...fair, after: 'c' } }))).to.deep.equal([]);
      expect(tenantsOf(await lease({ limit: 2, owner: 'b', fair })), "another owner's do not count").to.deep.equal([
        'b',
        'b',
      ]);
      expect(ids(await lease({ limit: 9, now: later(1), fair: { ...fair, perTenant: 99 } }))[0]).not.to.equal('s1');
      expect(ids(await lease({ limit: 1, owner: 'c', fair: { ...fair, without: ['a', 'b', 'c'] } }))).to.deep.equal([
        's1',
      ]);
    });

    it('leases the oldest of a tenant first, in turns too, and passes over what is not due or shut out', async () => {
      await file(
        ...Array.from({ length: 250 }, (_, n) =>
          delivery(`later${n}`, { tenant: 'a', notBefore: '2027-03-01T08:00:00.000Z' }),
        ),
        delivery('text', { tenant: 'a', channel: 'sms' }),
        delivery('new', { tenant: 'a', notBefore: '2026-03-01T08:30:00.000Z' }),
        delivery('old', { tenant: 'a', notBefore: '2026-03-01T08:00:00.000Z', domain: 'full.example' }),
        delivery('older', { tenant: 'a', notBefore: '2026-03-01T07:00:00.000Z', domain: 'full.example' }),
      );
      const fair = { after: 'z', perTenant: 9, without: [] };
      expect(ids(await lease({ limit: 9, perDomain: 1, channels: ['sms'], fair }))).to.deep.equal(['older', 'new']);
      expect(ids(await lease({ limit: 9, perDomain: 1, fair }))).to.deep.equal(['text']);
    });

    it('does not count deliveries whose domain is not known yet as one domain', async () => {
      await file(...Array.from({ length: 10 }, (_, n) => delivery(`d${n}`)));
      expect(await lease({ perDomain: 2 })).to.have.length(10);
    });

    it('skips the channels it is told are paused', async () => {
      await file(delivery('mail'), delivery('text', { channel: 'sms' }));
      expect(ids(await lease({ channels: ['email'] }))).to.deep.equal(['text']);
      expect(ids(await lease({ channels: ['email', 'sms'] }))).to.deep.equal([]);
      expect(ids(await lease())).to.deep.equal(['mail']);
    });

    it("cancels a user's older queued deliveries, and theirs alone", async () => {
      await file(
        delivery('older'),
        delivery('others', { userId: 'u2' }),
        delivery('elsewhere', { tenant: 'other' }),
        delivery('newer', { createdAt: '2026-03-01T09:30:00.001Z', notBefore: later(60).toISOString() }),
      );
      const cancelled = event('e1', { type: 'deliveries.cancelled', at: '2026-03-01T09:30:00.000Z' });
      await store().resources.commit(newUser('u1', { events: [cancelled] }));
      await store().outbox.settleEvents([cancelled], []);
      expect(await stateOf()).to.deep.equal({ older: 'cancelled', newer: 'queued' });
      expect(await stateOf('u2')).to.deep.equal({ others: 'queued' });
      const ended = (await store().outbox.ofUser(TENANT, 'u1', 10)).find(({ id }) => id === 'older');
      expect(ended?.reported, "the user's record is to be told").to.equal(false);
      expect(ended?.endedAt).to.be.a('string');
      expect(ids(await lease())).to.deep.equal(['others', 'elsewhere']);
    });

    it('goes by the order of events where they bear the same time, however often they are settled', async () => {
      const at = '2026-03-01T09:00:00.000Z';
      const asked = event('e1', { type: 'invitation.requested', at });
      const cancelled = event('e2', { type: 'deliveries.cancelled', at });
      const askedAgain = event('e3', { type: 'invitation.requested', at });
      const events = [asked, cancelled, askedAgain];
      await store().resources.commit(newUser('u1', { events }));
      const planned = [
        delivery('d1', { eventId: 'e1', createdAt: at }),
        delivery('d3', { eventId: 'e3', createdAt: at }),
      ];
      await store().outbox.settleEvents(events, planned);
      expect(await stateOf()).to.deep.equal({ d1: 'cancelled', d3: 'queued' });
      await store().outbox.settleEvents(events, planned);
      expect(await stateOf()).to.deep.equal({ d1: 'cancelled', d3: 'queued' });
    });

    it("leaves a leased delivery to its worker when the user's deliveries are cancelled", async () => {
      await file(delivery('d1'));
      await lease();
      await store().outbox.settleEvents(
        [event('e1', { type: 'deliveries.cancelled', at: later(0).toISOString() })],
        [],
      );
      expect(await stateOf()).to.deep.equal({ d1: 'leased' });
    });

    it("lists what the users' records have not been told", async () => {
      await file(
        delivery('told'),
        delivery('untold', { state: 'dead', reported: false }),
        delivery('again', { reported: false }),
      );
      expect(ids(await store().outbox.unreported(10)).sort()).to.deep.equal(['again', 'untold']);
      await store().outbox.markReported(['untold', 'absent']);
      expect(await store().outbox.unreported(10)).to.deep.equal([delivery('again', { reported: false })]);
      expect((await store().outbox.ofUser(TENANT, 'u1', 10)).find(({ id }) => id === 'untold')?.reported).to.equal(
        true,
      );
      await store().outbox.markReported([]);
      expect(ids(await store().outbox.unreported(10))).to.deep.equal(['again']);
    });

    it("gives back an owner's leases, and theirs alone", async () => {
      await file(delivery('d1'), delivery('d2'));
      await lease({ limit: 1 });
      await lease({ limit: 1, owner: 'b' });
      await store().outbox.release('a');
      expect(await stateOf()).to.deep.equal({ d1: 'queued', d2: 'leased' });
      expect(await lease({ owner: 'c' })).to.deep.equal([
        delivery('d1', { state: 'leased', lease: { owner: 'c', until: later(1).toISOString() } }),
      ]);
    });

    it('requeues what is dead or cancelled, of the tenant that asks', async () => {
      await file(
        delivery('dead', { state: 'dead', attempts: 9, endedAt: NOW.toISOString() }),
        delivery('cancelled', { state: 'cancelled' }),
        delivery('sent', { state: 'sent' }),
      );
      expect(await store().outbox.requeue('other', 'dead', NOW)).to.equal(false);
      expect(await store().outbox.requeue(TENANT, 'absent', NOW)).to.equal(false);
      expect(await store().outbox.requeue(TENANT, 'sent', NOW)).to.equal(false);
      expect(await store().outbox.requeue(TENANT, 'dead', NOW)).to.equal(true);
      expect(await store().outbox.requeue(TENANT, 'dead', NOW)).to.equal(false);
      expect(await store().outbox.requeue(TENANT, 'cancelled', later(5))).to.equal(true);
      expect(ids(await store().outbox.unreported(10)).sort(), "the user's record is to be told").to.deep.equal([
        'cancelled',
        'dead',
      ]);
      const [again] = await lease();
      expect(again).to.include({ id: 'dead', attempts: 0 });
      expect(again).not.to.have.property('endedAt');
      expect(await lease()).to.deep.equal([]);
    });

    it('requeues what was sent to a webhook, and to nobody else', async () => {
      const sent = { state: 'sent', attempts: 1, endedAt: NOW.toISOString() } as const;
      await file(
        delivery('hook', { ...sent, channel: 'webhook', template: 'event', userId: 'webhook:crm' }),
        delivery('text', { ...sent, channel: 'sms' }),
      );
      expect(await store().outbox.requeue(TENANT, 'text', NOW)).to.equal(false);
      expect(await store().outbox.requeue(TENANT, 'hook', NOW)).to.equal(true);
      expect(ids(await lease())).to.deep.equal(['hook']);
    });

    it('says when the next queued delivery falls due', async () => {
      expect(await store().outbox.nextDue()).to.equal(undefined);
      await file(
        delivery('d1', { notBefore: later(9).toISOString() }),
        delivery('d2', { notBefore: later(3).toISOString() }),
        delivery('d3', { state: 'dead' }),
      );
      expect(await store().outbox.nextDue()).to.deep.equal(later(3));
      await lease({ now: later(10) });
      expect(await store().outbox.nextDue()).to.equal(undefined);
    });

    it('finds one delivery, and a page of those in a state, newest first, within the tenant', async () => {
      await file(
        ...['d1', 'd2', 'd3', 'd4'].map((id) => delivery(id, { state: 'dead', lastReply: '550 5.1.1' })),
        delivery('d5'),
        delivery('theirs', { state: 'dead', tenant: 'other' }),
      );
      expect(await store().outbox.find(TENANT, 'd2')).to.deep.equal(
        delivery('d2', { state: 'dead', lastReply: '550 5.1.1' }),
      );
      expect(await store().outbox.find('other', 'd2')).to.equal(undefined);
      expect(ids(await store().outbox.inState(TENANT, 'dead', 3))).to.deep.equal(['d4', 'd3', 'd2']);
      expect(ids(await store().outbox.inState(TENANT, 'dead', 3, 'd2'))).to.deep.equal(['d1']);
      expect(ids(await store().outbox.inState(TENANT, 'queued', 3))).to.deep.equal(['d5']);
      expect(await store().outbox.inState(TENANT, 'sent', 3)).to.deep.equal([]);
    });

    it('forgets what ended before a moment, of one tenant, once its user knows', async () => {
      const ended = (id: string, changes: Partial<Delivery> = {}) =>
        delivery(id, { state: 'sent', endedAt: '2026-03-01T08:00:00.000Z', reported: true, ...changes });
      await file(
        ended('sent'),
        ended('dead', { state: 'dead' }),
        ended('cancelled', { state: 'cancelled' }),
        ended('untold', { reported: false }),
        ended('at that moment', { endedAt: '2026-03-02T08:00:00.000Z' }),
        ended('theirs', { tenant: 'other' }),
        delivery('waiting'),
        ended('again', { state: 'dead' }),
      );
      await store().outbox.requeue(TENANT, 'again', later(0));
      await store().outbox.purge(TENANT, '2026-03-02T08:00:00.000Z');
      expect(Object.keys(await stateOf()).sort()).to.deep.equal(['again', 'at that moment', 'untold', 'waiting']);
      expect(await store().outbox.counts()).to.deep.equal({ queued: 2, leased: 0, sent: 3, dead: 0, cancelled: 0 });
      await store().outbox.purge(TENANT, '2020-01-01T00:00:00.000Z');
      expect(await stateOf()).to.have.property('at that moment');
    });

    it('forgets any number of them', async () => {
      const many = Array.from({ length: 1_500 }, (_, index) =>
        delivery(`d${index}`, { state: 'cancelled', endedAt: '2026-03-01T08:00:00.000Z', reported: true }),
      );
      await file(...many);
      await store().outbox.purge(TENANT, '2026-03-02T08:00:00.000Z');
      expect(await store().outbox.counts()).to.include({ cancelled: 0 });
    });

    it('forgets the deliveries that are named, but for one that a worker has leased', async () => {
      await file(delivery('d1'), delivery('d2', { state: 'sent', endedAt: NOW.toISOString() }), delivery('d3'));
      await lease({ limit: 1 });
      const [leased] = await store().outbox.inState(TENANT, 'leased', 10);
      expect(await store().outbox.remove('other', ['d1', 'd2', 'd3'])).to.equal(0);
      expect(await store().outbox.remove(TENANT, ['d1', 'd2', 'd3', 'none'])).to.equal(2);
      expect(Object.keys(await stateOf())).to.deep.equal([leased?.id]);
      expect(await store().outbox.remove(TENANT, [])).to.equal(0);
    });

    it("lists one user's deliveries, newest first", async () => {
      await file(
        delivery('d1', { createdAt: '2026-03-01T08:00:00.000Z' }),
        delivery('d3', { createdAt: '2026-03-03T08:00:00.000Z' }),
        delivery('d2', { createdAt: '2026-03-02T08:00:00.000Z' }),
        delivery('theirs', { userId: 'u2' }),
      );
      expect(ids(await store().outbox.ofUser(TENANT, 'u1', 2))).to.deep.equal(['d3', 'd2']);
      expect(await store().outbox.ofUser('other', 'u1', 2)).to.deep.equal([]);
    });
  });
}
