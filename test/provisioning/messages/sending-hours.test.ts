import { expect } from 'chai';
import { waitOf, type SendingRules } from '../../../src/provisioning/messages/sending-hours.ts';

const always: SendingRules = { quietHours: null, workingDays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] };
const office: SendingRules = {
  quietHours: { from: '18:00', to: '08:00' },
  workingDays: ['mon', 'tue', 'wed', 'thu', 'fri'],
};

describe('waitOf', () => {
  // 2026-11-21 is a Saturday.
  const table: readonly [string, SendingRules, string, string, string | undefined, string?][] = [
    ['no rules', always, 'UTC', '2026-11-21T03:00:00Z', undefined],
    ['in the day', office, 'UTC', '2026-11-20T17:59:59Z', undefined],
    [
      'at the first quiet minute of a Friday, past the weekend',
      office,
      'UTC',
      '2026-11-20T18:00:10Z',
      '2026-11-23T08:00:00.000Z',
      'quiet hours',
    ],
    ['before the morning', office, 'UTC', '2026-11-20T07:59:30Z', '2026-11-20T08:00:00.000Z', 'quiet hours'],
    ['on a Saturday at noon', office, 'UTC', '2026-11-21T12:00:00Z', '2026-11-23T08:00:00.000Z', 'no working day'],
    ['where it is Monday already', office, 'Pacific/Auckland', '2026-11-22T20:30:00Z', undefined],
    [
      'where it is still Sunday',
      office,
      'America/Los_Angeles',
      '2026-11-23T05:00:00Z',
      '2026-11-23T16:00:00.000Z',
      'no working day',
    ],
    [
      'a week that works on Sundays',
      { ...always, workingDays: ['sun'] },
      'Asia/Jerusalem',
      '2026-11-21T12:00:00Z',
      '2026-11-21T22:00:00.000Z',
      'no working day',
    ],
    [
      'over the night the clocks go back',
      { ...always, workingDays: ['mon'] },
      'Europe/Berlin',
      '2026-10-25T00:00:00Z',
      '2026-10-25T23:00:00.000Z',
      'no working day',
    ],
    [
      'an unknown zone',
      { ...always, quietHours: { from: '12:00', to: '13:00' } },
      'No/Where',
      '2031-05-06T12:30:00Z',
      '2031-05-06T13:00:00.000Z',
      'quiet hours',
    ],
    [
      'the end of quiet hours',
      { ...always, quietHours: { from: '12:00', to: '13:00' } },
      'UTC',
      '2031-05-06T13:00:00Z',
      undefined,
    ],
  ];
  for (const [name, rules, zone, now, until, reason] of table) {
    it(`${until === undefined ? 'lets go' : 'waits'}: ${name}`, () => {
      const wait = waitOf(rules, zone, new Date(now));
      expect(wait?.until.toISOString()).to.equal(until);
      expect(wait?.reason).to.equal(reason);
    });
  }
});
