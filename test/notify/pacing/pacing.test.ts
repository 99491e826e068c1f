import { expect } from 'chai';
import fc from 'fast-check';
import { backoff } from '../../../src/notify/delivery/backoff.ts';
import { Breaker } from '../../../src/notify/pacing/breaker.ts';
import { concernsDomain, DomainGate } from '../../../src/notify/pacing/domain-gate.ts';
import { RateLimit } from '../../../src/notify/pacing/rate-limit.ts';

describe('backoff', () => {
  it('grows to about 48 hours in all, with full jitter, and then gives up', () => {
    const longest = Array.from({ length: 17 }, (_, index) => backoff(index + 1, () => 1) ?? NaN);
    expect(longest.slice(0, 7).map((ms) => ms / 60_000)).to.eql([0.5, 2, 10, 30, 60, 120, 240]);
    expect(longest.reduce((sum, ms) => sum + ms, 0) / 3_600_000).to.be.within(47, 48);
    expect(backoff(18, () => 0.5)).to.equal(undefined);
    expect(backoff(5, () => 0)).to.equal(1000);
  });
});

describe('Breaker', () => {
  const settings = { threshold: 2, firstPauseMs: 1000, longestPauseMs: 4000 };

  it('opens after failures in a row, longer each time, and closes with a success', () => {
    const breaker = new Breaker(settings, () => 0);
    breaker.failed(0);
    expect([breaker.remaining(0), breaker.suspect]).to.eql([0, true]);
    breaker.failed(0);
    breaker.failed(500);
    expect([breaker.remaining(0), breaker.remaining(999), breaker.remaining(1000)]).to.eql([1000, 1, 0]);
    breaker.failed(1000);
    expect(breaker.remaining(1000)).to.equal(2000);
    breaker.failed(3000);
    breaker.failed(7000);
    expect(breaker.remaining(7000)).to.equal(4000);
    breaker.succeeded();
    expect([breaker.remaining(7000), breaker.suspect]).to.eql([0, false]);
  });
});

describe('RateLimit', () => {
  it('lets no minute have more than its share, whenever the takers come', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 590 }),
        fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 200 }),
        (perMinute, gaps) => {
          const rate = new RateLimit(perMinute);
          const taken: number[] = [];
          let now = 1000;
          for (const gap of gaps) {
            now += gap;
            while (rate.available(now) > 0) {
              rate.take(now);
              taken.push(now);
            }
            expect(rate.wait(now)).to.be.within(0, 60_000 / perMinute + 0.001);
          }
          for (const start of taken)
            expect(taken.filter((at) => at >= start && at < start + 60_000 - 1e-6).length).to.be.at.most(perMinute);
        },
      ),
    );
  });

  it('gives back what was not used, and is none without a number', () => {
    const rate = new RateLimit(1);
    rate.take(0);
    expect(rate.available(1)).to.equal(0);
    rate.giveBack();
    expect(rate.available(1)).to.equal(1);
    expect(new RateLimit(undefined).available(0)).to.equal(Infinity);
  });
});

describe('DomainGate', () => {
  it('lets suspects have one try each and half the slots together', () => {
    const gate = new DomainGate(4, 3, () => 0);
    for (const domain of ['a', 'b', 'c']) gate.enter(domain)('failed', 0, '451');
    gate.enter('a');
    expect(gate.ask('a', 0).verdict).to.equal('wait');
    gate.enter('b');
    expect(gate.ask('c', 0).verdict).to.equal('wait');
    expect(gate.ask('good', 0).verdict).to.equal('go');
  });

  it('pauses a domain after three failures and remembers its words', () => {
    const gate = new DomainGate(4, 3, () => 0);
    for (let time = 0; time < 3; time += 1) gate.enter('a')('failed', 0, `451 no ${time}`);
    expect(gate.ask('a', 1000)).to.eql({ verdict: 'paused', forMs: 59_000, reply: '451 no 2' });
    expect(gate.ask(undefined, 0).verdict).to.equal('go');
  });

  it('takes answers about one mailbox or a policy for no word on the domain', () => {
    expect(['451 4.4.1 no route', '450 try later', 'The connection failed.'].map(concernsDomain)).to.eql([
      true,
      true,
      true,
    ]);
    expect(['450 4.2.0 greylisted', '451-4.7.1 slow down', '452 4.2.2 full'].map(concernsDomain)).to.eql([
      false,
      false,
      false,
    ]);
  });
});
