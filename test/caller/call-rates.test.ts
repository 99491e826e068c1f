import { expect } from 'chai';
import { CallRates } from '../../src/caller/call-rates.ts';
import { countingFailures } from '../../src/caller/count-failures.ts';
import { UnauthorizedError } from '../../src/caller/authenticate.ts';
import type { ScimError } from '../../src/scim/model/scim-error.ts';
import { plainClient } from '../support/token-callers.ts';

describe('call rates', () => {
  let now = 0;
  let rates: CallRates;
  beforeEach(() => {
    now = 1_000_000;
    rates = new CallRates(() => now);
  });
  const passes = (act: () => void): boolean | string => {
    try {
      act();
      return true;
    } catch (cause) {
      const { status, headers } = cause as ScimError;
      return `${status} ${headers['Retry-After']}`;
    }
  };
  const call = (client = plainClient()) => passes(() => rates.countCall(client));

  it('lets a client call 50 times a second and 100 times at once, and says when to come again', () => {
    const first = Array.from({ length: 101 }, () => call());
    expect(first.slice(0, 100).every((one) => one === true)).to.equal(true);
    expect(first[100]).to.equal('429 1');
    for (let second = 0; second < 20; second += 1) {
      now += 1000;
      expect(Array.from({ length: 51 }, () => call()).filter((one) => one === true)).to.have.length(50);
    }
  });

  it('never refuses 25 calls a second, spread or at once', () => {
    const client = plainClient({ callsPerSecond: 25 });
    for (let second = 0; second < 600; second += 1) {
      for (let n = 0; n < 25; n += 1) expect(call(client)).to.equal(true);
      now += 1000;
    }
  });

  it('counts each client apart, in each tenant, by its own limit', () => {
    while (call() === true);
    expect(call(plainClient({ id: 'c2' }))).to.equal(true);
    expect(call(plainClient({ tenant: 'acme' }))).to.equal(true);
    const free = plainClient({ id: 'c3', callsPerSecond: null });
    for (let n = 0; n < 1000; n += 1) expect(call(free)).to.equal(true);
    const fast = plainClient({ id: 'c4', callsPerSecond: 200 });
    for (let n = 0; n < 400; n += 1) expect(call(fast)).to.equal(true);
    expect(call(fast)).to.equal('429 1');
  });

  it('lets a clock that goes back neither grant nor take more', () => {
    while (call() === true);
    now -= 500_000;
    expect(call()).to.equal('429 1');
    now += 1000;
    expect(call()).to.equal(true);
  });

  it('refuses failures of one address after 60, of an IPv6 network alike, and no client that proves itself there', async () => {
    let isKnown = false;
    const authenticate = countingFailures(
      async () => {
        if (isKnown) return { ...plainClient(), credential: 'k' };
        throw new UnauthorizedError('no', 'Bearer');
      },
      rates,
      () => address,
    );
    let address = '192.0.2.1';
    const status = async (): Promise<number> =>
      Promise.resolve(authenticate({} as never)).then(
        () => 200,
        (cause: unknown) => (cause as ScimError).status,
      );
    for (let n = 0; n < 60; n += 1) expect(await status()).to.equal(401);
    expect(await status()).to.equal(429);
    isKnown = true;
    expect(await status()).to.equal(200);
    isKnown = false;
    address = '192.0.2.2';
    expect(await status()).to.equal(401);
    for (let n = 0; n < 70; n += 1) {
      address = `2001:db8::${n.toString(16)}`;
      expect(await status()).to.equal(n < 60 ? 401 : 429);
    }
    address = '192.0.2.1';
    now += 1000;
    expect(await status()).to.equal(401);
  });

  it('tells the client of an ended credential so each time', async () => {
    const ended = new UnauthorizedError('expired', 'Bearer', 'invalid_token', undefined, plainClient());
    const authenticate = countingFailures(
      async () => Promise.reject(ended),
      rates,
      () => '192.0.2.1',
    );
    for (let n = 0; n < 200; n += 1)
      expect(await Promise.resolve(authenticate({} as never)).catch((cause: unknown) => cause)).to.equal(ended);
  });
});
