import { expect } from 'chai';
import { loadSettings } from '../../../src/config/load-settings.ts';
import { onboard, type OnboardingOutcome } from '../../../src/provisioning/first-key/onboarding.ts';
import type { UserChange, UserState } from '../../../src/provisioning/first-key/user-change.ts';
import { emptyAccount } from '../../../src/provisioning/records/account.ts';
import { latchkeyUrn, type Onboarding, readOnboarding } from '../../../src/provisioning/user/latchkey-extension.ts';
import type { Rules } from '../../../src/provisioning/user/user-draft.ts';
import type { Resource } from '../../../src/scim/model/resource.ts';
import type { SettingsPatch } from '../../support/provisioning-bench.ts';

// `onboard` by itself: no store, no clock, no hashing. Each row says what is written on whom, and what becomes of it.

const defaults = loadSettings(undefined);
const now = new Date('2031-05-06T07:08:09.000Z');
const hash = '$argon2id$given';
const sealed = 'v1.sealed';

function rulesWith(onboarding: SettingsPatch['onboarding'] = {}): Rules {
  let ids = 0;
  return {
    settings: { ...defaults, onboarding: { ...defaults.onboarding, ...onboarding } },
    now,
    newId: () => `id-${++ids}`,
  };
}

function person(flags: object = {}, core: object = {}): Resource {
  const resource: Resource = {
    userName: 'ines',
    active: true,
    emails: [{ value: 'ines@mail.example', primary: true }],
    ...(Object.keys(flags).length === 0 ? {} : { [latchkeyUrn]: { ...flags } }),
  };
  return { ...resource, ...core };
}

const kinds: Readonly<Record<string, string>> = {
  'invitation.requested': 'invite',
  'passwordMail.requested': 'mail',
  'emailVerification.requested': 'prove',
  'deliveries.cancelled': 'cancel',
};

/** The status, `*` where sign-in is refused, and what is to be sent or called off: `queued* invite`. */
function told({ resource, events }: OnboardingOutcome): string {
  const { status, locked } = readOnboarding(resource);
  const asked = events.flatMap(({ type }) => kinds[type] ?? []);
  return [`${status}${locked === true ? '*' : ''}`, ...asked].join(' ');
}

/** The rows of a table as cells; its first row has the names of the columns. */
function cellsOf(table: string): string[][] {
  const lines = table.trim().split('\n');
  return lines.map((line) => line.split('|').map((cell) => cell.trim()));
}

describe('onboard, on a create', () => {
  const later = '2031-06-01T00:00:00.000Z';
  const { expiryMinutes } = defaults.onboarding;
  type Row = readonly [
    title: string,
    flags: Partial<Onboarding>,
    outcome: string,
    more?: { core?: object; password?: UserChange['password']; tenant?: SettingsPatch['onboarding'] },
  ];
  const given = { password: { hash } };
  const rows: readonly Row[] = [
    ['no flag and no password', {}, 'none'],
    ['a password alone is never mailed', {}, 'none', given],
    ['preRegistration', { preRegistration: true }, 'queued* invite'],
    ['preRegistration: false', { preRegistration: false }, 'none'],
    ['sendPassword', { sendPassword: true }, 'queued mail'],
    ['sendPassword with a password', { sendPassword: true }, 'queued mail', { password: { hash, sealed } }],
    ['both flags: no password travels', { preRegistration: true, sendPassword: true }, 'queued* invite'],
    ['preRegistration with a password', { preRegistration: true }, 'queued* invite', given],
    ['before the first day', { preRegistration: true, startDate: later }, 'held* invite'],
    ['before the first day, no flag', { startDate: later }, 'none*', given],
    [
      'within the lead time',
      { preRegistration: true, startDate: later },
      'queued* invite',
      { tenant: { leadDays: 30 } },
    ],
    ['without an address', { preRegistration: true }, 'failed*', { core: { emails: undefined } }],
    ['by SMS without a number', { preRegistration: true, invitationMethod: 'smsOtp' }, 'failed*'],
    ['deactivated', { preRegistration: true }, 'none*', { core: { active: false } }],
    [
      'an expiry of 0',
      { preRegistration: true },
      'expired*',
      { tenant: { expiryMinutes: { ...expiryMinutes, emailLink: 0 } } },
    ],
    ['no lock until set', { preRegistration: true }, 'queued invite', { tenant: { lockUntilPasswordSet: false } }],
    ['verifyEmail', { verifyEmail: true }, 'none* prove', given],
    ['verifyEmail by the tenant', {}, 'none* prove', { ...given, tenant: { verifyEmail: true } }],
    ['verifyEmail with preRegistration: one mail', { verifyEmail: true, preRegistration: true }, 'queued* invite'],
    ['forcePasswordReset', { forcePasswordReset: true }, 'none', given],
  ];
  for (const [title, flags, outcome, { core, password, tenant } = {}] of rows)
    it(`${title}: ${outcome}`, () => {
      const change: UserChange = {
        manner: 'create',
        before: undefined,
        after: person(flags, core),
        sends: flags.sendPassword === true,
        ...(password === undefined ? {} : { password }),
      };
      expect(told(onboard(change, rulesWith(tenant)))).to.equal(outcome);
    });
});

describe('onboard, on users who are there', () => {
  const invited = onboard(
    { manner: 'create', before: undefined, after: person({ preRegistration: true }) },
    rulesWith(),
  );
  const link = { tokenHash: 'a', delivery: 'd', to: 'ines@mail.example' };
  const states: Readonly<Record<string, UserState>> = {
    untouched: { resource: person({ status: 'none' }), account: emptyAccount },
    'never used': { resource: person({ status: 'none' }), account: { ...emptyAccount, passwordHash: hash } },
    arrived: {
      resource: person({ status: 'active' }),
      account: { ...emptyAccount, passwordHash: hash, hasArrived: true },
    },
    queued: invited,
    invited: {
      resource: person({ ...readOnboarding(invited.resource), status: 'invited' }),
      account: { ...invited.account, invitation: { ...invited.account.invitation!, links: [link] } },
    },
    'to be mailed': onboard(
      { manner: 'create', before: undefined, after: person({ sendPassword: true }), sends: true },
      rulesWith(),
    ),
  };
  const other = { emails: [{ value: 'other@mail.example', primary: true }] };
  type Write = readonly [UserChange['manner'], (had: Partial<Onboarding>) => Resource, Partial<UserChange>?];
  const writes: Readonly<Record<string, Write>> = {
    'PATCH preRegistration': ['patch', (had) => person({ ...had, preRegistration: true })],
    'PUT preRegistration': ['replace', () => person({ preRegistration: true })],
    'PATCH preRegistration false': ['patch', (had) => person({ ...had, preRegistration: false })],
    'PUT without extension': ['replace', () => person()],
    'PATCH sendPassword': ['patch', (had) => person({ ...had, sendPassword: true }), { sends: true }],
    'PATCH password, sendPassword': [
      'patch',
      (had) => person({ ...had, sendPassword: true }),
      { sends: true, password: { hash: '$argon2id$new', sealed } },
    ],
    'PATCH another address': ['patch', (had) => person(had, other)],
    'PUT another address': ['replace', () => person({}, other)],
    'PATCH same, other case': ['patch', (had) => person(had, { emails: [{ value: 'INES@mail.example' }] })],
    'PATCH active false': ['patch', (had) => person(had, { active: false })],
    'PATCH resend': ['patch', (had) => person({ ...had, resend: 'a' })],
    'PATCH forcePasswordReset': ['patch', (had) => person({ ...had, forcePasswordReset: true })],
  };
  const [[, ...columns] = [], ...rows] = cellsOf(`
    write                        | untouched      | never used    | arrived     | queued         | invited        | to be mailed
    PATCH preRegistration        | queued* invite | queued invite | active      | queued*        | invited*       | queued* invite
    PUT preRegistration          | queued* invite | queued invite | active      | queued*        | invited*       | queued* invite
    PATCH preRegistration false  | none           | none          | active      | none cancel    | none cancel    | queued
    PUT without extension        | none           | none          | active      | queued*        | invited*       | queued
    PATCH sendPassword           | queued mail    | queued invite | active      | queued* mail   | queued* mail   | queued
    PATCH password, sendPassword | queued mail    | queued mail   | queued mail | queued mail    | queued mail    | queued mail
    PATCH another address        | none           | none          | active      | queued*        | queued* invite | queued
    PUT another address          | none           | none          | active      | queued*        | queued* invite | queued
    PATCH same, other case       | none           | none          | active      | queued*        | invited*       | queued
    PATCH active false           | none           | none          | active      | none* cancel   | none* cancel   | none cancel
    PATCH resend                 | queued* invite | none          | active      | queued* invite | queued* invite | queued mail
    PATCH forcePasswordReset     | none           | none          | active      | queued*        | invited*       | queued
  `);

  it('has a row for each kind of write', () => {
    expect(rows.map(([write]) => write)).to.deep.equal(Object.keys(writes));
    expect(columns).to.deep.equal(Object.keys(states));
  });
  for (const [title = '', ...outcomes] of rows)
    for (const [at, outcome] of outcomes.entries())
      it(`${columns[at]}, ${title}: ${outcome}`, () => {
        const { resource, account } = states[columns[at] ?? '']!;
        const [manner, write, more] = writes[title]!;
        const before: UserState = { resource, account };
        const made = onboard({ manner, before, after: write(readOnboarding(resource)), ...more }, rulesWith());
        expect(told(made)).to.equal(outcome);
      });
});
