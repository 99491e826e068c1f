import { expect } from 'chai';
import fc from 'fast-check';
import type { Worker } from '../../../src/notify/worker/worker.ts';
import { CourierBench, queued } from '../../support/courier-bench.ts';

const minute = 60_000;
const invitations = Number(process.env.INVITATIONS ?? 1000);

/** A small generator of its own, so that a run is told by its seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

describe('the outbox, worked by two workers through trouble', function () {
  this.timeout(60_000);

  it('loses none and doubles none: 500 deliveries, ten domains, one dead, random failures, restarts, a clock that jumps', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 }), async (seed) => {
        const random = randomFrom(seed);
        const bench = new CourierBench();
        bench.file(...Array.from({ length: 500 }, (_, index) => queued(`d${index}`, `${index % 10}.example`)));
        bench.answer = ({ domain }) => {
          const dice = random();
          if (domain === '3.example') return { outcome: 'temporary', reply: '451 4.4.1 no route' };
          if (dice < 0.1) return { outcome: 'temporary', reply: '450 4.2.0 later' };
          if (dice < 0.12) return { outcome: 'temporary', reply: '451 4.3.0 later' };
          if (dice < 0.13) return { outcome: 'channelDown', reply: '421 closing' };
          return { outcome: 'accepted', reply: '250 ok' };
        };
        const start = async (name: string): Promise<Worker> => {
          const worker = bench.worker(name, { random });
          await worker.start();
          return worker;
        };
        let workers = [await start('a0'), await start('b0')];
        for (let round = 1; round <= 4; round += 1) {
          await bench.time.advance(Math.floor(random() * 20_000));
          if (round === 2) bench.time.jump(6 * 60 * minute);
          if (round === 3) bench.outbox.failing = true;
          await bench.time.advance(500);
          bench.outbox.failing = false;
          const stopped = Promise.all(workers.map(async (worker) => worker.stop()));
          await bench.time.advance(30_000);
          await stopped;
          expect((await bench.outbox.counts()).leased).to.equal(0);
          workers = [await start(`a${round}`), await start(`b${round}`)];
        }
        await bench.time.advance(4 * 60 * minute);
        const good = [...bench.outbox.deliveries.values()].filter(({ domain }) => domain !== '3.example');
        expect(bench.sent.map(({ id }) => id).sort()).to.eql(good.map(({ id }) => id).sort());
        expect(good.every(({ state, reported }) => state === 'sent' && reported)).to.equal(true);
        const bad = [...bench.outbox.deliveries.values()].filter(({ domain }) => domain === '3.example');
        expect(bad.every(({ state, attempts }) => state === 'queued' && attempts > 0)).to.equal(true);
        await Promise.all(workers.map(async (worker) => worker.stop()));
        expect(bench.time.pending).to.equal(0);
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });

  it(`gets ${invitations} past a server that takes thirty a minute, in the order of the line, through three restarts and a clock that jumps`, async () => {
    const bench = new CourierBench();
    bench.file(...Array.from({ length: invitations }, (_, index) => queued(`d${index}`, `${index % 10}.example`)));
    const taken: number[] = [];
    /** Of the time that such a server needs for them at the least. */
    const quarter = ((invitations * 0.9) / 30 / 4) * minute;
    bench.answer = ({ domain }) => {
      if (domain === '3.example') return { outcome: 'temporary', reply: '451 4.4.1 no route' };
      const now = bench.time.elapsed();
      if ((taken.at(-30) ?? -Infinity) > now - minute)
        return { outcome: 'throttled', reply: '451 4.7.0 Too many messages' };
      taken.push(now);
      return { outcome: 'accepted', reply: '250 ok' };
    };
    let worker = bench.worker('w0', { random: randomFrom(11) });
    await worker.start();
    for (let restart = 1; restart <= 3; restart += 1) {
      await bench.time.advance(quarter);
      const stopped = worker.stop();
      await bench.time.advance(1000);
      await stopped;
      if (restart === 2) bench.time.jump(3 * 60 * minute);
      if (restart === 3) bench.time.jump(-60 * minute);
      worker = bench.worker(`w${restart}`, { random: randomFrom(restart) });
      await worker.start();
    }
    await bench.time.advance(2 * quarter);
    const line = Array.from({ length: invitations }, (_, index) => `d${index}`).filter((id) => !id.endsWith('3'));
    expect(bench.sent.map(({ id }) => id).sort()).to.eql([...line].sort());
    expect(taken.at(-1)).to.be.below(1.25 * ((invitations * 0.9) / 30) * minute);
    const overtaken = Math.max(...bench.sent.map(({ id }, place) => Math.abs(place - line.indexOf(id))));
    expect(overtaken, 'places by which somebody was overtaken').to.be.below(100);
    expect(
      [...bench.outbox.deliveries.values()]
        .filter(({ state }) => state === 'sent')
        .every(({ attempts }) => attempts === 1),
    ).to.equal(true);
    const stopped = worker.stop();
    await bench.time.advance(1000);
    await stopped;
  });

  it('lets one throttled domain hold up nobody else for long', async () => {
    const bench = new CourierBench();
    bench.file(...Array.from({ length: 300 }, (_, index) => queued(`d${index}`, `${index % 10}.example`)));
    bench.answer = ({ domain }) =>
      domain === '3.example'
        ? { outcome: 'throttled', reply: '451 4.7.0 Too many messages' }
        : { outcome: 'accepted', reply: '250 ok' };
    const worker = bench.worker('w', { random: randomFrom(7) });
    await worker.start();
    await bench.time.advance(minute);
    expect(bench.sent).to.have.lengthOf(270);
    const stopped = worker.stop();
    await bench.time.advance(1000);
    await stopped;
  });

  it('delivers 600 over ten domains, one dead, at thirty a minute, the good ones not held up by the dead one', async () => {
    const bench = new CourierBench();
    bench.file(...Array.from({ length: 600 }, (_, index) => queued(`d${index}`, `${index % 10}.example`)));
    bench.answer = ({ domain }) =>
      domain === '3.example'
        ? { outcome: 'temporary', reply: '451 4.4.1 no route' }
        : { outcome: 'accepted', reply: '250 ok' };
    const worker = bench.worker('w', { perMinute: 30, random: randomFrom(7) });
    await worker.start();
    await bench.time.advance(20 * minute);
    expect(bench.sent).to.have.lengthOf(540);
    const last = Math.max(...bench.sent.map(({ at }) => at));
    // 540 good ones need 18 minutes; what the dead domain may cost is a handful of tries.
    expect(last).to.be.below(19 * minute);
    const stopped = worker.stop();
    await bench.time.advance(1000);
    await stopped;
  });
});
