import { expect } from 'chai';
import { weakSettings, type Surroundings } from '../../src/config/weak-settings.ts';
import { loadSettings } from '../../src/config/load-settings.ts';
import type { Settings } from '../../src/config/settings.ts';

const defaults = loadSettings(undefined);
const { onboarding, passwords, sms, requestLog } = defaults;
const production: Surroundings = {
  publicUrl: 'https://keys.example',
  smtpUrl: 'smtps://mail.example',
  devMailbox: false,
};

describe('weak settings', () => {
  const rows: readonly (readonly [setting: string, settings: Partial<Settings>, around?: Partial<Surroundings>])[] = [
    [
      'onboarding.expiryMinutes',
      { onboarding: { ...onboarding, expiryMinutes: { ...onboarding.expiryMinutes, smsOtp: -1 } } },
    ],
    [
      'onboarding.expiryMinutes',
      { onboarding: { ...onboarding, expiryMinutes: { ...onboarding.expiryMinutes, emailLink: 0 } } },
    ],
    ['onboarding.changeMailedPassword', { onboarding: { ...onboarding, changeMailedPassword: false } }],
    ['onboarding.lockUntilPasswordSet', { onboarding: { ...onboarding, lockUntilPasswordSet: false } }],
    ['onboarding.invitationMethod', { onboarding: { ...onboarding, invitationMethod: 'smsOtp' } }],
    ['sms.gatewayUrl', { sms: { ...sms, gatewayUrl: 'http://sms.example' } }],
    ['passwords.composition', { passwords: { ...passwords, composition: true } }],
    ['passwords.minLength', { passwords: { ...passwords, minLength: 14 } }],
    ['passwords.maxAgeDays', { passwords: { ...passwords, maxAgeDays: 90 } }],
    ['requestLog.bodies', { requestLog: { ...requestLog, bodies: true } }],
    ['LATCHKEY_PUBLIC_URL', {}, { publicUrl: 'http://keys.example' }],
    ['LATCHKEY_DEV_MAILBOX', {}, { smtpUrl: undefined, devMailbox: true }],
  ];

  for (const [setting, settings, around = {}] of rows) {
    it(`are told of ${setting}, with what to do`, () => {
      const told = weakSettings({ ...defaults, ...settings }, { ...production, ...around });
      expect(told).to.have.length(1);
      expect(told[0]).to.match(new RegExp(`^${setting} is .+[:].+[.].+[.]$`));
    });
  }

  it('are none where nothing was changed, in production and on a laptop', () => {
    expect(weakSettings(defaults, production)).to.deep.equal([]);
    const laptop = { publicUrl: 'http://127.0.0.1:8080', smtpUrl: undefined, devMailbox: true };
    expect(weakSettings(defaults, laptop)).to.deep.equal([]);
    expect(weakSettings(defaults, { ...laptop, publicUrl: undefined })).to.deep.equal([]);
  });
});
