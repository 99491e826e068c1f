import { expect } from 'chai';
import fc from 'fast-check';
import { timeOf } from '../../../src/scim/time/instant.ts';
import { localInstant } from '../../../src/scim/time/local-time.ts';

describe('localInstant', () => {
  const moments: [string, string, string][] = [
    ['2026-12-01', 'UTC', '2026-12-01T00:00:00.000Z'],
    ['2026-12-01', 'Europe/Berlin', '2026-11-30T23:00:00.000Z'],
    ['2026-07-01T08:30:15.25', 'America/New_York', '2026-07-01T12:30:15.250Z'],
    ['2026-12-01', 'Pacific/Kiritimati', '2026-11-30T10:00:00.000Z'],
    ['2026-12-01', 'Asia/Kathmandu', '2026-11-30T18:15:00.000Z'],
    ['2026-12-31T24:00:00', 'Europe/Berlin', '2026-12-31T23:00:00.000Z'],
    // 02:30 is left out on this night; counted by the offset before, it is 03:30.
    ['2026-03-29T02:30:00', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    // 02:30 comes twice: the first.
    ['2026-10-25T02:30:00', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['2026-11-01T01:30:00', 'America/New_York', '2026-11-01T05:30:00.000Z'],
    // This day has no midnight: it begins at 01:00.
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    // Samoa left out a whole day.
    ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
    ['2026-12-01', 'Mars/Olympus', '2026-12-01T00:00:00.000Z'],
  ];
  for (const [text, zone, instant] of moments)
    it(`${text} in ${zone} is ${instant}`, () => expect(localInstant(text, zone)).to.equal(instant));

  for (const text of [
    '2031-02-30',
    '2031-13-01',
    '2031-02-29',
    '2031-00-10',
    '2031-05-06T24:00:01',
    '2031-05-06T25:00:00',
    '2031-05-06T23:59:60',
    '2031-05-06T07:08',
    '2031-5-6',
    '2031-05-06Z',
    '2031-05-06T07:08:09Z',
    'soon',
    '',
  ])
    it(`${text || 'nothing'} is neither a day nor a time without an offset`, () =>
      expect(localInstant(text, 'Pacific/Kiritimati')).to.equal(undefined));

  it('stays within the years 0000 to 9999', () => {
    expect(localInstant('0000-01-01', 'Europe/Berlin')).to.equal(undefined);
    expect(localInstant('9999-12-31T23:00:00', 'America/New_York')).to.equal(undefined);
  });

  it('goes by the first zone that is known', () => {
    expect(localInstant('2026-12-01', 'Mars/Olympus', 'Europe/Berlin')).to.equal('2026-11-30T23:00:00.000Z');
    expect(localInstant('2026-12-01', undefined, 'Europe/Berlin')).to.equal('2026-11-30T23:00:00.000Z');
    expect(localInstant('2026-12-01', 'x'.repeat(100_000), 'Europe/Berlin')).to.equal('2026-11-30T23:00:00.000Z');
  });

  it('is what a clock in that zone shows, on any day and in any zone', () => {
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC');
    const day = fc
      .integer({ min: 0, max: 20_000 })
      .map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10));
    fc.assert(
      fc.property(zone, day, (timeZone, text) => {
        const shown = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
        // The clocks of these zones never change at noon.
        expect(shown.format(new Date(localInstant(`${text}T12:00:00`, timeZone)!))).to.equal(`${text} 12:00:00`);
      }),
      { numRuns: 500 },
    );
  });
});

describe('timeOf', () => {
  it('is the moment of a dateTime, fractions of many digits included', () => {
    expect(timeOf('2031-05-06T09:08:09.0002000000+02:00')).to.equal(Date.UTC(2031, 4, 6, 7, 8, 9));
    expect(timeOf('2031-05-06T24:00:00Z')).to.equal(Date.UTC(2031, 4, 7));
    expect(timeOf('soon')).to.be.NaN;
  });
});
