import { expect } from 'chai';
import { readRetryAfter } from '../../src/webhooks/retry-after.ts';

const now = new Date('2026-11-21T10:00:00.000Z');

describe('readRetryAfter', () => {
  for (const [header, ms] of [
    ['120', 120_000],
    [' 0 ', 0],
    ['99999999999999999999', 86_400_000],
    ['Sat, 21 Nov 2026 10:02:00 GMT', 120_000],
    ['Saturday, 21-Nov-26 10:02:00 GMT', 120_000],
    ['Sat Nov 21 10:02:00 2026', 120_000],
    ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
    ['Mon, 21 Dec 2026 10:00:00 GMT', 86_400_000],
    ['', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['2026-11-21T10:02:00Z', undefined],
    ['Sat, 41 Nov 2026 10:02:00 GMT', undefined],
  ] as const) {
    it(`understands ${JSON.stringify(header)} as ${ms}`, () => {
      expect(readRetryAfter(header, now)).to.equal(ms);
    });
  }
});
