import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadSettings, SettingsError } from '../../src/config/load-settings.ts';

describe('loadSettings', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-settings-'));
  });
  after(() => rmSync(folder, { recursive: true }));
  const load = (text: string) => {
    const file = join(folder, 'settings.json');
    writeFileSync(file, text);
    return loadSettings(file);
  };

  it('fills in the product defaults', () => {
    expect(loadSettings(undefined)).to.deep.equal({
      onboarding: {
        invitationMethod: 'emailLink',
        expiryMinutes: { emailLink: 1440, emailOtp: 1440, smsOtp: 10 },
        inviteEveryone: false,
        lockUntilPasswordSet: true,
        activationNotice: false,
        verifyEmail: false,
        code: { length: 8, uppercase: true, lowercase: false, digits: true },
        changeMailedPassword: true,
        mailedPassword: 'inline',
        leadDays: 0,
        quietHours: null,
        reminderHours: [24, 72],
        noAddress: 'accept',
        workingDays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
        managerNotice: false,
        continueUrl: null,
        applications: {},
      },
      passwords: {
        minLength: 15,
        history: 5,
        maxAgeDays: null,
        fromClients: 'keep',
        composition: false,
        changeNotice: true,
      },
      scim: {
        profile: 'auto',
        uniqueGroupNames: false,
        unknownAttributes: 'drop',
        unknownMembers: 'byProfile',
        maxPageSize: 1000,
        attributes: {},
      },
      sms: { gatewayUrl: null, preset: 'json', from: null, secret: null, perNumberHourly: 5, countries: [] },
      brand: { logoUrl: null, color: null, helpText: null, helpUrl: null },
      mail: { replyTo: null, fromName: null, from: null },
      console: {
        oidc: {
          issuer: null,
          clientId: null,
          clientSecret: null,
          name: null,
          claim: 'roles',
          roles: {},
          scopes: ['openid', 'email', 'profile'],
        },
      },
      webhooks: [],
      requestLog: { reads: true, bodies: false, keepDays: 7 },
      deliveries: { keepDays: 90 },
      audit: { keepDays: null, auditors: [], auditorHours: 24 },
      locale: 'en',
      timezone: 'UTC',
      productName: 'Latchkey',
    });
  });

  it('takes a brand whose addresses are https and whose colour is a colour, and no other', () => {
    const brand = {
      logoUrl: 'https://cdn.x.example/l.png',
      color: '#FFE600',
      helpText: 'Desk',
      helpUrl: 'https://h.x.example',
    };
    expect(load(JSON.stringify({ brand, mail: { replyTo: 'help@x.example' } })).brand).to.deep.equal(brand);
    for (const [wrong, where] of [
      [{ brand: { logoUrl: 'http://x.example/l.png' } }, /\/brand\/logoUrl .*https/],
      [{ brand: { logoUrl: 'data:image/png;base64,AA' } }, /\/brand\/logoUrl .*https/],
      [{ brand: { logoUrl: 'https://x.example/"onload=1 x' } }, /\/brand\/logoUrl .*https/],
      [{ brand: { helpUrl: 'javascript:alert(1)' } }, /\/brand\/helpUrl .*https/],
      [{ brand: { helpUrl: 'https://me:pw@x.example' } }, /\/brand\/helpUrl .*https/],
      [{ brand: { color: 'red' } }, /\/brand\/color/],
      [{ brand: { color: '#fff;background:url(x)' } }, /\/brand\/color/],
      [{ brand: { helpText: 'x'.repeat(301) } }, /\/brand\/helpText/],
      [{ brand: { helpText: 'a\nb' } }, /\/brand\/helpText/],
      [{ brand: { tagline: 'x' } }, /\/brand/],
      [{ mail: { replyTo: 'Help <help@x.example>' } }, /\/mail\/replyTo .*mail address/],
      [{ mail: { replyTo: 'a@x.example, b@x.example' } }, /\/mail\/replyTo .*mail address/],
    ] as const)
      expect(() => load(JSON.stringify(wrong)), JSON.stringify(wrong)).to.throw(SettingsError, where);
  });

  it('keeps what the file says beside the defaults', () => {
    const settings = load('{"onboarding":{"expiryMinutes":{"emailLink":-1}},"productName":"Harbour"}');
    expect(settings.onboarding.expiryMinutes).to.deep.equal({ emailLink: -1, emailOtp: 1440, smsOtp: 10 });
    expect(settings.productName).to.equal('Harbour');
  });

  const faults: Record<string, [string, RegExp]> = {
    'an unknown setting': [
      '{\n "onboarding": {\n  "invitatonMethod": "x"\n }\n}',
      /:3: \/onboarding\/invitatonMethod is not a known key here: did you mean invitationMethod\?/,
    ],
    'a wrong value': ['{\n "passwords": { "fromClients": "burn" }\n}', /:2: \/passwords\/fromClients .*"keep", "drop"/],
    'a time zone that is none': ['{\n\n "timezone": "Mars/Olympus" }', /:3: \/timezone names no time zone/],
    'broken JSON': ['{\n "locale": \n', /settings\.json:\d/],
    'a list': ['[]', /must be a JSON object/],
  };
  for (const [name, [text, message]] of Object.entries(faults)) {
    it(`names file and line of ${name}`, () => expect(() => load(text)).to.throw(SettingsError, message));
  }
});
