import { expect } from 'chai';
import { loadSettings } from '../../../src/config/load-settings.ts';
import type { Delivery } from '../../../src/notify/delivery/delivery.ts';
import { judgeDelivery, type Verdict } from '../../../src/provisioning/messages/judge-delivery.ts';
import { type Account, emptyAccount, type Invitation } from '../../../src/provisioning/records/account.ts';
import type { StoredRecord } from '../../../src/provisioning/records/resource-store.ts';
import { latchkeyUrn } from '../../../src/provisioning/user/latchkey-extension.ts';
import type { SettingsPatch } from '../../support/provisioning-bench.ts';

// `judgeDelivery` by itself: a message and its user as they are at this moment, and what is done with the message.

const defaults = loadSettings(undefined);
const now = new Date('2031-05-06T07:08:09.000Z'); // a Tuesday
const hour = 3_600_000;
const ago = (hours: number): string => new Date(now.getTime() - hours * hour).toISOString();

const live: Invitation = {
  id: 'i1',
  purpose: 'invitation',
  method: 'emailLink',
  state: 'pending',
  links: [],
  wrongTries: 0,
  createdAt: ago(1),
};

interface Person {
  readonly core?: object;
  readonly flags?: object;
  readonly account?: Partial<Account>;
}

function record({ core = {}, flags = {}, account = {} }: Person): StoredRecord {
  return {
    tenant: 'acme',
    type: 'User',
    id: 'u1',
    version: 1,
    created: ago(1),
    lastModified: ago(1),
    resource: {
      userName: 'ines',
      active: true,
      emails: [{ value: 'ines@mail.example', primary: true }],
      [latchkeyUrn]: { preRegistration: true, status: 'queued', ...flags },
      ...core,
    },
    account: { ...emptyAccount, invitation: live, ...account },
  };
}

function delivery(template: Delivery['template'], data: Delivery['data'] = { invitation: 'i1' }): Delivery {
  return {
    id: `e1.${template}`,
    tenant: 'acme',
    channel: 'email',
    template,
    userId: 'u1',
    eventId: 'e1',
    data,
    state: 'leased',
    createdAt: ago(1),
    notBefore: ago(1),
    attempts: 0,
    messageId: '<m1@keys.example>',
    reported: true,
  };
}

/** `go ines@mail.example`, `hold 2031-06-01T00:00:00.000Z (the start date …)`, `cancel (superseded …)`. */
function told(verdict: Verdict): string {
  switch (verdict.outcome) {
    case 'go':
      return `go ${verdict.to}`;
    case 'hold':
      return `hold ${verdict.until.toISOString()} (${verdict.reason})`;
    default:
      return `${verdict.outcome} (${verdict.reason})`;
  }
}

const start = '2031-06-01T00:00:00.000Z';
const notNeeded = 'cancel (superseded, or no longer needed)';
const mailBack = [{ address: 'ines@mail.example', reason: 'bounced', at: ago(1) }] as const;
const mobile = { phoneNumbers: [{ value: '+4915112345678', type: 'mobile' }] };
const sms = { ...live, method: 'smsOtp' } as const;
const passwordMail = { passwordMail: { id: 'p1', createdAt: ago(1) } };
const lastReminder = { delivery: 'other', at: ago(1) };
const secondCode = { requestedAt: ago(0) };

type Row = readonly [
  title: string,
  template: Delivery['template'],
  person: Person,
  verdict: string,
  more?: { data?: Delivery['data']; onboarding?: SettingsPatch['onboarding']; manager?: string; heldFor?: string },
];
const rows: readonly Row[] = [
  ['an invitation that is awaited', 'invitation', {}, 'go ines@mail.example'],
  ['a deactivated user', 'invitation', { core: { active: false } }, 'cancel (the user is deactivated)'],
  ['an invitation that another has replaced', 'invitation', {}, notNeeded, { data: { invitation: 'i0' } }],
  ['an invitation that was called off', 'invitation', { account: { invitation: undefined } }, notNeeded],
  [
    'before the first day',
    'invitation',
    { flags: { startDate: start } },
    `hold ${start} (the start date has not come)`,
  ],
  [
    'within the lead time',
    'invitation',
    { flags: { startDate: start } },
    'go ines@mail.example',
    { onboarding: { leadDays: 30 } },
  ],
  [
    'an address for the first mail alone',
    'invitation',
    { flags: { notificationEmail: 'at@home.example' } },
    'go at@home.example',
  ],
  ['no address', 'invitation', { core: { emails: [] } }, 'fail (There is no e-mail address to send to.)'],
  [
    'an address that mail came back from',
    'invitation',
    { account: { undeliverable: mailBack } },
    'fail (Mail to this address came back, or was complained of: nothing more is sent to it.)',
  ],
  [
    'an expiry of 0',
    'invitation',
    {},
    'fail (expired on arrival: the expiry of this method is 0)',
    { onboarding: { expiryMinutes: { ...defaults.onboarding.expiryMinutes, emailLink: 0 } } },
  ],
  [
    'quiet hours',
    'invitation',
    {},
    'hold 2031-05-06T08:00:00.000Z (quiet hours)',
    { onboarding: { quietHours: { from: '20:00', to: '08:00' } } },
  ],
  [
    'quiet hours by the clock of the recipient',
    'invitation',
    { core: { timezone: 'Asia/Tokyo' } },
    'go ines@mail.example',
    { onboarding: { quietHours: { from: '20:00', to: '08:00' } } },
  ],
  [
    'a day off',
    'invitation',
    {},
    'hold 2031-05-07T00:00:00.000Z (no working day)',
    { onboarding: { workingDays: ['mon', 'wed'] } },
  ],
  ['a code by SMS', 'invitationCode', { core: mobile, account: { invitation: sms } }, 'go +4915112345678'],
  [
    'a mailed password',
    'password',
    { account: passwordMail },
    'go ines@mail.example',
    { data: { passwordMail: 'p1' } },
  ],
  [
    'a password that another has replaced',
    'password',
    { account: passwordMail },
    notNeeded,
    { data: { passwordMail: 'p0' } },
  ],
  [
    'a way back in: at any hour',
    'recovery',
    { account: { invitation: { ...live, purpose: 'recovery' } } },
    'go ines@mail.example',
    { onboarding: { quietHours: { from: '20:00', to: '08:00' } } },
  ],
  [
    'a warning: at any hour, awaited or not',
    'passwordChanged',
    { account: { invitation: undefined } },
    'go ines@mail.example',
    { onboarding: { quietHours: { from: '20:00', to: '08:00' } } },
  ],
  [
    'a reminder',
    'reminder',
    { flags: { status: 'invited' } },
    'go ines@mail.example',
    { data: { invitation: 'i1', due: ago(0) } },
  ],
  ['a reminder after the password was set', 'reminder', { flags: { status: 'active' } }, 'cancel (no longer needed)'],
  [
    'a reminder after a bounce',
    'reminder',
    { flags: { status: 'bounced' } },
    'cancel (the messages before it bounced)',
  ],
  [
    'a reminder that is late, after another',
    'reminder',
    { flags: { status: 'invited' }, account: { invitation: { ...live, lastReminder } } },
    'cancel (another reminder has just gone out)',
    { data: { invitation: 'i1', due: ago(2) } },
  ],
  ['a notice to a manager', 'managerInvited', {}, 'go boss@mail.example', { manager: 'boss@mail.example' }],
  ['a notice without a manager', 'managerInvited', {}, 'cancel (there is no manager to write to)'],
  [
    'a manager hears of it a day after the reminder',
    'managerNotIn',
    { flags: { status: 'invited' }, account: { invitation: { ...live, lastReminder } } },
    `hold ${ago(-23)} (the last reminder has only just gone out)`,
    { manager: 'boss@mail.example' },
  ],
  ['a manager, once the user is in', 'managerNotIn', { flags: { status: 'active' } }, 'cancel (no longer needed)'],
  [
    'the second code of a password link',
    'revealCode',
    { core: mobile, account: { invitation: { ...live, purpose: 'reveal', secondCode, expiresAt: null } } },
    'go +4915112345678',
  ],
  ['a second code that was not asked for', 'revealCode', { core: mobile }, notNeeded],
];

describe('judgeDelivery', () => {
  it('cancels what is for a deleted user', () => {
    const rules = { settings: defaults, now, newId: () => 'id' };
    expect(told(judgeDelivery(undefined, delivery('invitation'), rules))).to.equal('cancel (the user is deleted)');
  });

  for (const [title, template, person, verdict, { data, onboarding, manager, heldFor } = {}] of rows)
    it(`${title}: ${verdict}`, () => {
      const settings = { ...defaults, onboarding: { ...defaults.onboarding, ...onboarding } };
      const message = { ...delivery(template, data), ...(heldFor === undefined ? {} : { heldFor }) };
      const judged = judgeDelivery(record(person), message, { settings, now, newId: () => 'id' }, manager);
      expect(told(judged)).to.equal(verdict);
    });
});
