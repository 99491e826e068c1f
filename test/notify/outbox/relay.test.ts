import { expect } from 'chai';
import type { DomainEvent, EventType } from '../../../src/domain/events.ts';
import { planDeliveries } from '../../../src/notify/delivery/plan.ts';
import { Relay } from '../../../src/notify/outbox/relay.ts';
import { systemScheduler } from '../../../src/jobs/scheduler.ts';
import { MemoryLog } from '../../support/courier-bench.ts';
import { ManualTime } from '../../support/manual-time.ts';
import { MemoryLeases } from '../../support/memory-notes.ts';
import { MemoryOutbox } from '../../support/memory-outbox.ts';

function event(id: string, type: EventType = 'invitation.requested', at = '2026-11-21T09:00:00.000Z'): DomainEvent {
  return {
    id,
    tenant: 'default',
    type,
    at,
    resourceType: 'User',
    resourceId: `u-${id.slice(1)}`,
    version: 1,
    triggeredBy: 'scim',
    data: { method: 'emailLink' },
  };
}

describe('Relay', () => {
  let time: ManualTime;
  let outbox: MemoryOutbox;
  let settled: number;
  let log: MemoryLog;
  const relay = (): Relay =>
    new Relay({
      outbox,
      scheduler: time,
      log: log as never,
      plan: (asked) => planDeliveries(asked, 'mail.example'),
      onSettled: () => {
        settled += 1;
      },
    });

  beforeEach(() => {
    time = new ManualTime();
    outbox = new MemoryOutbox();
    log = new MemoryLog();
    settled = 0;
  });

  it('files what stands there at the start, in batches, and says so', async () => {
    outbox.events.push(...Array.from({ length: 1001 }, (_, index) => event(`e${index}`)));
    relay().start();
    await time.advance(100);
    expect(outbox.deliveries.size).to.equal(1001);
    expect(settled).to.equal(5);
    expect(await outbox.pendingEvents(10)).to.eql([]);
  });

  it('is woken by commits, and finds by itself what nobody woke it for', async () => {
    const it = relay();
    it.start();
    await time.advance(10);
    outbox.events.push(event('e1'));
    it.wake();
    await time.advance(10);
    expect(outbox.deliveries.size).to.equal(1);
    outbox.events.push(event('e2'));
    await time.advance(2000);
    expect(outbox.deliveries.size).to.equal(2);
  });

  it('does not lose a wake that comes while a batch is under way', async () => {
    const settle = outbox.settleEvents.bind(outbox);
    const it = relay();
    outbox.settleEvents = async (events, deliveries) => {
      await settle(events, deliveries);
      if (outbox.events.length === 1) {
        outbox.events.push(event('e2'));
        it.wake();
      }
    };
    outbox.events.push(event('e1'));
    it.start();
    await time.advance(20);
    expect(outbox.deliveries.size).to.equal(2);
  });

  it('wakes nobody for events that ask for no message, but does for a cancellation', async () => {
    outbox.events.push(event('e1', 'user.created'), event('e2', 'user.updated'));
    const it = relay();
    it.start();
    await time.advance(10);
    expect(settled).to.equal(0);
    outbox.events.push(event('e3', 'deliveries.cancelled'));
    await time.advance(3000);
    expect(settled).to.equal(1);
  });

  it('ends the queued deliveries of a user whose deliveries are cancelled', async () => {
    outbox.events.push(event('e7'), { ...event('x7', 'deliveries.cancelled', '2026-11-21T09:00:01.000Z') });
    relay().start();
    await time.advance(10);
    expect(outbox.deliveries.get('e7.invitation')).to.include({ state: 'cancelled', reported: false });
  });

  it('looks after what others have left behind while it has the watch, and hands that on when it stops', async () => {
    const leases = new MemoryLeases(() => new Date(time.elapsed()));
    const asked: string[] = [];
    const watching = (owner: string) => {
      const shared = {
        pendingEvents: async (limit: number, whose?: 'own' | 'left') => {
          if (whose === 'left') asked.push(owner);
          return whose === 'left' ? outbox.pendingEvents(limit) : [];
        },
        settleEvents: outbox.settleEvents.bind(outbox),
      };
      return new Relay({
        outbox: shared as never,
        scheduler: time,
        log: log as never,
        plan: (one) => planDeliveries(one, 'mail.example'),
        onSettled: () => undefined,
        watch: { leases, owner },
      });
    };
    const [one, other] = [watching('one'), watching('other')];
    one.start();
    await time.advance(100);
    other.start();
    outbox.events.push(event('e1'));
    await time.advance(10_000);
    expect(outbox.deliveries.size).to.equal(1);
    expect(new Set(asked)).to.deep.equal(new Set(['one']));
    await one.stop();
    outbox.events.push(event('e2'));
    await time.advance(2_500);
    expect(outbox.deliveries.size).to.equal(2);
    expect(asked.at(-1)).to.equal('other');
    await other.stop();
  });

  it('tries again after the database was away, less and less often', async () => {
    outbox.failing = true;
    outbox.events.push(event('e1'));
    const it = relay();
    it.start();
    await time.advance(60_000);
    expect(log.lines).to.have.lengthOf.within(4, 8);
    outbox.failing = false;
    await time.advance(30_000);
    expect(outbox.deliveries.size).to.equal(1);
    await it.stop();
    expect(time.pending).to.equal(0);
  });

  it('keeps up with 2,000 events a second without holding up the event loop', async () => {
    const it = new Relay({
      outbox,
      scheduler: systemScheduler,
      log: log as never,
      plan: (asked) => planDeliveries(asked, 'x'),
      onSettled: () => undefined,
    });
    // The memory outbox looks through all events for each batch; a store has an index.
    const pending = new Map<string, DomainEvent>(
      Array.from({ length: 4000 }, (_, index) => [`e${index}`, event(`e${index}`)]),
    );
    outbox.pendingEvents = async (limit) => [...pending.values()].slice(0, limit);
    outbox.settleEvents = async (events, deliveries) => {
      for (const { id } of events) pending.delete(id);
      for (const delivery of deliveries) outbox.deliveries.set(delivery.id, delivery);
    };
    let worst = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      worst = Math.max(worst, performance.now() - last);
      last = performance.now();
    }, 1);
    const begun = performance.now();
    it.start();
    while (pending.size > 0) await new Promise((resolve) => setImmediate(resolve));
    const took = performance.now() - begun;
    clearInterval(watch);
    await it.stop();
    expect(outbox.deliveries.size).to.equal(4000);
    expect(took).to.be.below(2000);
    expect(worst).to.be.below(200);
  });
});
