import { expect } from 'chai';
import { settingFields } from '../../../src/console/settings/setting-fields.ts';
import { settingsPage } from '../../../src/console/settings/settings-page.ts';
import { loadConsoleWords } from '../../../src/console/visit/console-words.ts';
import { packageFile } from '../../../src/base/package-root.ts';
import { ConsoleBench, type FormFields } from '../../support/console-bench.ts';
import { faultAt } from '../../support/console-person.ts';
import { SettingsInMemory } from '../../support/settings-in-memory.ts';

async function opened() {
  const settings = new SettingsInMemory();
  const bench = new ConsoleBench(settingsPage, settings.operations);
  return { settings, browser: await bench.signedIn('owner') };
}

/** A group as its form shows it, with some fields filled in otherwise. */
function filled(page: string, over: FormFields): FormFields {
  const fields: Record<string, string | string[]> = {};
  for (const [tag] of page.matchAll(/<input[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(tag)?.[1] ?? '';
    const isBox = tag.includes('type="checkbox"');
    if (name === 'form' || (isBox && !/ checked/.test(tag))) continue;
    const value = /value="([^"]*)"/.exec(tag)?.[1] ?? '';
    fields[name] = name in fields ? [fields[name] ?? [], value].flat() : value;
  }
  for (const [, name = '', inside = ''] of page.matchAll(/<select id="([^"]*)".*?>(.*?)<\/select>/gs))
    fields[name] = /<option value="([^"]*)" selected/.exec(inside)?.[1] ?? '';
  return { ...fields, ...over };
}

describe('/console/settings', () => {
  it('has a name and words for each setting in English and German, and never asks for JSON', async () => {
    const words = loadConsoleWords(packageFile('locales/console'));
    const missing = settingFields().flatMap(({ name }) =>
      ['en', 'de'].filter((language) => words.get(language)?.has(`settings.names.${name}`) !== true).map(() => name),
    );
    expect(missing).to.deep.equal([]);
    const { browser } = await opened();
    expect((await browser.get('/settings')).text).not.to.contain('JSON;');
  });

  for (const [title, group, typed, expected] of [
    [
      'quiet hours by two times',
      'onboarding',
      { 'onboarding.quietHours.from': '20:00', 'onboarding.quietHours.to': '07:00' },
      { onboarding: { quietHours: { from: '20:00', to: '07:00' } } },
    ],
    ['a colour without quotes', 'brand', { 'brand.color': '#ffffff' }, { brand: { color: '#ffffff' } }],
    ['an address', 'brand', { 'brand.helpUrl': 'https://x.example/' }, { brand: { helpUrl: 'https://x.example/' } }],
    [
      'reminders with commas',
      'onboarding',
      { 'onboarding.reminderHours': '24, 48 ,72' },
      { onboarding: { reminderHours: [24, 48, 72] } },
    ],
    ['no reminders', 'onboarding', { 'onboarding.reminderHours': '' }, { onboarding: { reminderHours: [] } }],
    ['countries in small letters', 'sms', { 'sms.countries': 'de, at' }, { sms: { countries: ['DE', 'AT'] } }],
    ['days until a password ends', 'passwords', { 'passwords.maxAgeDays': '90' }, { passwords: { maxAgeDays: 90 } }],
    [
      'an application',
      'onboarding',
      {
        'onboarding.applications.0.id': 'crm',
        'onboarding.applications.0.name': 'CRM',
        'onboarding.applications.0.continueUrl': 'https://crm.example/',
      },
      { onboarding: { applications: { crm: { name: 'CRM', continueUrl: 'https://crm.example/' } } } },
    ],
  ] as const) {
    it(`takes ${title}`, async () => {
      const { settings, browser } = await opened();
      const { text } = await browser.get('/settings');
      const saved = await browser.submit('/settings', filled(text, typed), `/settings/${group}`);
      expect(saved.status, saved.text.slice(0, 3000)).to.equal(303);
      expect(settings.own).to.deep.equal(expected);
    });
  }

  it('takes quiet hours and applications away again', async () => {
    const { settings, browser } = await opened();
    settings.own = {
      onboarding: {
        quietHours: { from: '20:00', to: '07:00' },
        applications: { crm: { name: 'CRM' }, hr: { name: 'HR' } },
      },
    };
    const { text } = await browser.get('/settings');
    const emptied = {
      'onboarding.quietHours.from': '',
      'onboarding.quietHours.to': '',
      'onboarding.applications.0.id': '',
      'onboarding.applications.0.name': '',
    };
    await browser.submit('/settings', filled(text, emptied), '/settings/onboarding');
    expect(settings.own).to.deep.equal({ onboarding: { applications: { hr: { name: 'HR' } } } });
  });

  for (const [title, group, typed, field, words] of [
    [
      'a password of 3 characters',
      'passwords',
      { 'passwords.minLength': '3' },
      'passwords.minLength',
      'Characters a password needs must be at least 8.',
    ],
    ['letters for a number', 'passwords', { 'passwords.minLength': 'abc' }, 'passwords.minLength', 'Enter a number.'],
    [
      'a colour by its name',
      'brand',
      { 'brand.color': 'red' },
      'brand.color',
      'Colour must be a colour such as #1a73e8.',
    ],
    [
      'half of the quiet hours',
      'onboarding',
      { 'onboarding.quietHours.from': '20:00' },
      'onboarding.quietHours',
      'Enter both times, or neither.',
    ],
    [
      'a country of three letters',
      'sms',
      { 'sms.countries': 'DEU' },
      'sms.countries',
      'must be the two letters of a country, such as DE.',
    ],
    ['a zone that there is not', 'general', { timezone: 'Nowhere' }, 'timezone', 'Time zone names no time zone'],
  ] as const) {
    it(`refuses ${title} at its field, and keeps what was typed`, async () => {
      const { settings, browser } = await opened();
      const { text } = await browser.get('/settings');
      const refused = await browser.submit('/settings', filled(text, typed), `/settings/${group}`);
      expect(refused.status).to.equal(422);
      expect(faultAt(refused.text, field)).to.contain(words);
      for (const value of Object.values(typed)) expect(refused.text).to.contain(`value="${value}"`);
      expect(settings.own).to.deep.equal({});
    });
  }

  it('shows what the operator pinned, without a field', async () => {
    const { settings, browser } = await opened();
    settings.pinned = ['passwords.minLength'];
    const { text } = await browser.get('/settings');
    expect(text).to.contain('<strong>Characters a password needs</strong>: <bdi>15</bdi>');
    expect(text).not.to.contain('name="passwords.minLength"');
  });
});
