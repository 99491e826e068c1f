import express, { type Express } from 'express';
import { accountPages, type AccountPagesOptions } from '../../src/pages/account-pages.ts';
import { loadLocales } from '../../src/text/locales.ts';
import { packageFile } from '../../src/base/package-root.ts';
import type { Settings } from '../../src/config/settings.ts';
import { FakeKeys } from './fake-keys.ts';
import { FakeReveals } from './fake-reveals.ts';

const locales = loadLocales(packageFile('locales'));

/** A tenant's settings as the product ships them. */
export const settings: Settings = {
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
  productName: 'Harbour',
};

/** The pages over fake keys, in a bare Express app, at a time that a test moves. */
export function accountSite(over: Partial<AccountPagesOptions> = {}): {
  app: Express;
  keys: FakeKeys;
  reveals: FakeReveals;
  time: { now: Date };
  reported: unknown[];
} {
  const keys = new FakeKeys();
  const reveals = new FakeReveals();
  const time = { now: new Date('2026-11-21T10:00:00Z') };
  const reported: unknown[] = [];
  const app = express();
  // As the server itself has it.
  app.set('query parser', false);
  app.use(
    accountPages({
      keys,
      reveals,
      tenant: 'default',
      settingsOf: () => settings,
      localesFor: () => locales,
      publicUrl: 'https://keys.example',
      signingKeys: () => [Buffer.alloc(32, 7)],
      clock: { now: () => time.now, newId: () => 'id' },
      report: (error) => reported.push(error),
      ...over,
    }),
  );
  return { app, keys, reveals, time, reported };
}

/** The hidden fields of a page's first form (or the one posting to `action`), as a browser would send them. */
export function hiddenFields(page: string, action = ''): Record<string, string> {
  const form = page.split('<form').find((part) => part.includes(`action="${action}`)) ?? '';
  return Object.fromEntries(
    [...form.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)" ?\/?>/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
}
