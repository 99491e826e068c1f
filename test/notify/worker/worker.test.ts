import { expect } from 'chai';
import { CourierBench, queued } from '../../support/courier-bench.ts';

const minute = 60_000;
const temporary = { outcome: 'temporary', reply: '451 4.4.1 later' } as const;

describe('Worker', () => {
  let bench: CourierBench;

  beforeEach(() => {
    bench = new CourierBench();
  });

  it('sends what is due, writes it and tells the user record', async () => {
    bench.file(queued('a', 'one.example'), queued('later', 'one.example', { notBefore: '2026-11-21T09:05:00.000Z' }));
    const worker = bench.worker('w');
    await worker.start();
    await bench.time.advance(1000);
    expect(bench.sent.map(({ id }) => id)).to.eql(['a']);
    expect(bench.get('a')).to.include({
      state: 'sent',
      attempts: 1,
      lastReply: '250 ok',
      reported: true,
      to: 'a@one.example',
      endedAt: '2026-11-21T09:00:00.020Z',
    });
    expect(bench.get('a')).not.to.have.property('lease');
    expect(bench.reports.map(({ id, state }) => [id, state])).to.eql([['a', 'sent']]);
    await bench.time.advance(5 * minute);
    expect(bench.sent.map(({ id }) => id)).to.eql(['a', 'later']);
    await worker.stop();
    expect(bench.time.pending).to.equal(0);
  });

  it('wakes in the very moment the next delivery falls due', async () => {
    bench.file(queued('a', 'one.example', { notBefore: '2026-11-21T09:00:07.000Z' }));
    await bench.worker('w').start();
    await bench.time.advance(8000);
    expect(bench.sent).to.eql([{ id: 'a', at: 7020, owner: 'w' }]);
  });

  it('leases only its own channel', async () => {
    bench.file(queued('text', 'one.example', { channel: 'sms' }), queued('mail', 'one.example'));
    await bench.worker('w').start();
    await bench.time.advance(5000);
    expect(bench.sent.map(({ id }) => id)).to.eql(['mail']);
    expect(bench.get('text').state).to.equal('queued');
  });

  it('never has more under way than its concurrency', async () => {
    bench.file(...Array.from({ length: 60 }, (_, index) => queued(`d${index}`, `${index % 20}.example`)));
    await bench.worker('w', { concurrency: 7 }).start();
    await bench.time.advance(2000);
    expect(bench.sent).to.have.lengthOf(60);
    expect(bench.mostUnderWay).to.equal(7);
  });

  it('ends a permanent failure at once', async () => {
    bench.answer = () => ({ outcome: 'permanent', reply: '550 5.1.1 no such user' });
    bench.file(queued('a', 'one.example'));
    await bench.worker('w').start();
    await bench.time.advance(minute);
    expect(bench.get('a')).to.include({ state: 'dead', attempts: 1, lastReply: '550 5.1.1 no such user' });
    expect(bench.reports).to.have.lengthOf(1);
  });

  it('tries a temporary failure again with growing gaps for about two days, then gives it up', async () => {
    const tries: number[] = [];
    bench.answer = () => {
      tries.push(bench.time.elapsed() / minute);
      return { outcome: 'temporary', reply: '450 4.2.0 greylisted' };
    };
    bench.file(queued('a', 'one.example'));
    await bench.worker('w').start();
    await bench.time.advance(60 * 60 * minute);
    expect(tries).to.have.lengthOf(18);
    const gaps = tries.slice(1).map((at, index) => at - (tries[index] ?? 0));
    expect(gaps.slice(0, 7).map(Math.round)).to.eql([0, 2, 10, 30, 60, 120, 240]);
    expect(tries.at(-1)).to.be.within(46 * 60, 48 * 60);
    expect(bench.get('a')).to.include({ state: 'dead', attempts: 18, lastReply: '450 4.2.0 greylisted' });
    expect(bench.reports.at(-1)).to.include({ state: 'dead' });
  });

  it('pauses the channel when it is down, longer each time, and counts no attempt', async () => {
    const tries: number[] = [];
    let down = true;
    bench.answer = () => {
      tries.push(Math.round(bench.time.elapsed() / 1000));
      return down
        ? { outcome: 'channelDown', reply: '535 credentials invalid' }
        : { outcome: 'accepted', reply: '250 ok' };
    };
    bench.file(...Array.from({ length: 10 }, (_, index) => queued(`d${index}`, `${index}.example`)));
    await bench.worker('w').start();
    await bench.time.advance(60_000);
    // Five were under way when it broke; from then on one at a time, after 2, 4, 8, 16 s (less a quarter).
    expect(tries).to.eql([0, 0, 0, 0, 0, 2, 5, 11, 23, 47]);
    expect(
      [...bench.outbox.deliveries.values()].every(({ attempts, state }) => attempts === 0 && state === 'queued'),
    ).to.equal(true);
    down = false;
    await bench.time.advance(60_000);
    expect(bench.sent).to.have.lengthOf(10);
  });

  it('keeps the others going when one domain hangs and fails', async () => {
    bench.answer = ({ domain }) => (domain === 'dead.example' ? temporary : { outcome: 'accepted', reply: '250 ok' });
    bench.file(
      ...Array.from({ length: 200 }, (_, index) => queued(`dead${index}`, 'dead.example')),
      ...Array.from({ length: 200 }, (_, index) => queued(`good${index}`, `${index % 4}.example`)),
    );
    const tried: string[] = [];
    const { prepare } = bench;
    bench.prepare = async (delivery) => {
      tried.push(delivery.id);
      return prepare(delivery);
    };
    await bench.worker('w').start();
    await bench.time.advance(20_000);
    expect(bench.sent).to.have.lengthOf(200);
    // Four were under way at first; three failures pause the domain.
    expect(tried.filter((id) => id.startsWith('dead'))).to.have.lengthOf.at.most(5);
    expect(bench.get('dead150').lastReply).to.equal('The domain is paused, its last answer was: 451 4.4.1 later');
  });

  it('does not take greylisting for a dead domain', async () => {
    const seen = new Set<string>();
    bench.answer = ({ id }) => {
      if (seen.has(id)) return { outcome: 'accepted', reply: '250 ok' };
      seen.add(id);
      return { outcome: 'temporary', reply: '451 4.7.1 greylisted' };
    };
    bench.file(...Array.from({ length: 50 }, (_, index) => queued(`d${index}`, 'grey.example')));
    await bench.worker('w').start();
    await bench.time.advance(2 * minute);
    expect(bench.sent).to.have.lengthOf(50);
  });

  it('finds the domain after prepare where the plan did not know it', async () => {
    bench.file(queued('a', 'x', { domain: undefined }));
    await bench.worker('w').start();
    await bench.time.advance(1000);
    expect(bench.get('a')).to.include({ domain: 'unknown.example', state: 'sent' });
  });

  it('keeps to the rate', async () => {
    bench.file(...Array.from({ length: 100 }, (_, index) => queued(`d${index}`, `${index % 10}.example`)));
    await bench.worker('w', { perMinute: 30 }).start();
    await bench.time.advance(3 * minute);
    for (let start = 0; start < 3 * minute; start += 1000) {
      expect(bench.sent.filter(({ at }) => at >= start && at < start + minute)).to.have.lengthOf.at.most(30);
    }
    expect(bench.sent).to.have.lengthOf(90);
  });

  it('does not spend the rate on what is not sent', async () => {
    bench.prepare = async ({ id }) =>
      id.startsWith('c')
        ? { outcome: 'cancel', reason: 'already active' }
        : { outcome: 'send', to: `${id}@x.example`, locales: [], values: {} };
    bench.file(
      ...Array.from({ length: 50 }, (_, index) => queued(`c${index}`, 'one.example')),
      queued('a', 'one.example'),
    );
    await bench.worker('w', { perMinute: 30 }).start();
    await bench.time.advance(4000);
    expect(bench.sent).to.have.lengthOf(1);
    expect(bench.get('c49')).to.include({ state: 'cancelled', attempts: 0, lastReply: 'already active' });
  });

  it('holds and fails as prepare says, without an attempt', async () => {
    const until = new Date('2026-11-21T10:00:00.000Z');
    bench.prepare = async ({ id }) =>
      id === 'h'
        ? { outcome: 'hold', until, reason: 'before the start date' }
        : { outcome: 'fail', reason: 'no address' };
    bench.file(queued('h', 'one.example'), queued('f', 'one.example'));
    await bench.worker('w').start();
    await bench.time.advance(1000);
    expect(bench.get('h')).to.include({
      state: 'queued',
      notBefore: until.toISOString(),
      attempts: 0,
      lastReply: 'before the start date',
    });
    expect(bench.get('f')).to.include({ state: 'dead', attempts: 0, lastReply: 'no address' });
  });

  it('tries again, and logs, when prepare throws or holds until no date', async () => {
    const { prepare } = bench;
    let broken = true;
    bench.prepare = async (delivery) => {
      if (!broken) return prepare(delivery);
      if (delivery.id === 'b') return { outcome: 'hold', until: new Date(NaN), reason: '' };
      throw new Error('boom');
    };
    bench.file(queued('a', 'one.example'), queued('b', 'one.example'));
    await bench.worker('w').start();
    await bench.time.advance(1000);
    expect(bench.get('a')).to.include({
      state: 'queued',
      attempts: 1,
      lastReply: 'The message could not be prepared.',
    });
    expect(bench.log.lines.filter(({ level }) => level === 'error')).to.have.lengthOf(2);
    broken = false;
    await bench.time.advance(minute);
    expect(bench.sent).to.have.lengthOf(2);
  });

  it('renews the lease of a slow send, so that no other worker repeats it', async () => {
    bench.sendMs = 5 * minute;
    bench.file(queued('a', 'one.example'));
    await bench.worker('w1').start();
    await bench.worker('w2').start();
    await bench.time.advance(10 * minute);
    expect(bench.sent).to.have.lengthOf(1);
  });

  it('does not send when the lease was lost while preparing', async () => {
    const { prepare } = bench;
    bench.prepare = async (delivery) => {
      await new Promise<void>((resolve) => bench.time.after(50_000, resolve));
      return prepare(delivery);
    };
    bench.file(queued('a', 'one.example'));
    await bench.worker('w1').start();
    await bench.time.advance(10_000);
    bench.file({ ...bench.get('a'), lease: { owner: 'other', until: '2026-11-21T12:00:00.000Z' } });
    await bench.time.advance(2 * minute);
    expect(bench.sent).to.eql([]);
    expect(bench.reports).to.eql([]);
    expect(bench.get('a').lease?.owner).to.equal('other');
  });

  it('does not report an outcome it could not write because the lease had gone', async () => {
    bench.sendMs = 5000;
    bench.file(queued('a', 'one.example'));
    await bench.worker('w1').start();
    await bench.time.advance(1000);
    bench.file({ ...bench.get('a'), lease: { owner: 'other', until: '2026-11-21T12:00:00.000Z' } });
    await bench.time.advance(minute);
    expect(bench.sent).to.have.lengthOf(1);
    expect(bench.reports).to.eql([]);
  });

  it('writes an accepted message down once the database is back, and sends it once', async () => {
    bench.file(queued('a', 'one.example'));
    bench.answer = () => {
      bench.outbox.failing = true;
      return { outcome: 'accepted', reply: '250 ok' };
    };
    await bench.worker('w').start();
    await bench.time.advance(10 * minute);
    expect(bench.get('a').state).to.equal('leased');
    bench.outbox.failing = false;
    await bench.time.advance(minute);
    expect(bench.get('a').state).to.equal('sent');
    expect(bench.sent).to.have.lengthOf(1);
    expect(bench.reports).to.have.lengthOf(1);
  });

  it('bears a clock that jumps, forwards in the middle of a send and back again', async () => {
    bench.sendMs = 30_000;
    bench.file(...Array.from({ length: 30 }, (_, index) => queued(`d${index}`, `${index % 6}.example`)));
    await bench.worker('w').start();
    await bench.time.advance(10_000);
    bench.time.jump(48 * 60 * minute);
    await bench.time.advance(60_000);
    bench.time.jump(-47 * 60 * minute);
    await bench.time.advance(10 * minute);
    expect(bench.sent.map(({ id }) => id).sort()).to.eql([...bench.outbox.deliveries.keys()].sort());
  });

  it('stops gracefully: finishes what is under way, begins nothing, gives leases back', async () => {
    bench.sendMs = 5000;
    bench.file(...Array.from({ length: 20 }, (_, index) => queued(`d${index}`, `${index}.example`)));
    const worker = bench.worker('w');
    await worker.start();
    await bench.time.advance(1000);
    const stopped = worker.stop();
    await bench.time.advance(10_000);
    await stopped;
    expect(bench.sent).to.have.lengthOf(5);
    expect(await bench.outbox.counts()).to.eql({ queued: 15, leased: 0, sent: 5, dead: 0, cancelled: 0 });
    expect(bench.time.pending).to.equal(0);
  });

  it('does not give back the lease of a send whose end it did not live to see', async () => {
    bench.sendMs = 10 * minute;
    bench.file(queued('a', 'one.example'));
    const worker = bench.worker('w', { graceMs: 3000 });
    await worker.start();
    await bench.time.advance(1000);
    const stopped = worker.stop();
    await bench.time.advance(3000);
    await stopped;
    expect(bench.get('a').state).to.equal('leased');
  });

  it('takes over at once what an earlier worker of the same name had leased', async () => {
    bench.file(
      queued('a', 'one.example', { state: 'leased', lease: { owner: 'w', until: '2026-11-21T10:00:00.000Z' } }),
    );
    await bench.worker('w').start();
    await bench.time.advance(1000);
    expect(bench.sent).to.have.lengthOf(1);
  });

  it('takes over what another worker let run out', async () => {
    bench.file(
      queued('a', 'one.example', { state: 'leased', lease: { owner: 'gone', until: '2026-11-21T09:01:00.000Z' } }),
    );
    await bench.worker('w').start();
    await bench.time.advance(59_000);
    expect(bench.sent).to.have.lengthOf(0);
    await bench.time.advance(17_000);
    expect(bench.sent).to.have.lengthOf(1);
  });

  it('goes on after the outbox could not be read', async () => {
    bench.outbox.failing = true;
    bench.file(queued('a', 'one.example'));
    await bench.worker('w').start();
    await bench.time.advance(minute);
    bench.outbox.failing = false;
    await bench.time.advance(20_000);
    expect(bench.sent).to.have.lengthOf(1);
  });

  it('does not spin while it waits', async () => {
    let calls = 0;
    const { outbox } = bench;
    const lease = outbox.lease.bind(outbox);
    outbox.lease = async (request) => {
      calls += 1;
      return lease(request);
    };
    await bench.worker('w').start();
    await bench.time.advance(60 * minute);
    expect(calls).to.be.within(200, 300);
  });
});
