import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadSettings, SettingsError } from '../../src/config/load-settings.ts';
import { mayTell } from '../../src/composition/core/user-attributes.ts';
import { userType } from '../support/resource-types.ts';
import { checkWebhooks } from '../../src/webhooks/check-webhooks.ts';

const environment = { CRM: `whsec_${Buffer.alloc(32, 5).toString('base64')}`, BROKEN: 'hush-hush' };
const crm = { id: 'crm', url: 'https://crm.example/hook', secrets: ['env:CRM'] };

describe('the webhooks of the settings', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-webhooks-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const checks = () =>
    checkWebhooks({
      trustedHosts: new Set(['intranet.example', '10.0.0.7']),
      environment,
      modules: folder,
      knowsAttribute: (name) => mayTell(userType, name),
    });

  const load = (...webhooks: object[]) => {
    const file = join(folder, 'settings.json');
    writeFileSync(file, JSON.stringify({ webhooks }, null, 1));
    return loadSettings(file, [checks()]).webhooks;
  };

  it('are told of everything unless they name events', () => {
    expect(load(crm)).to.deep.equal([{ ...crm, kind: 'http', attributes: [], events: ['*'] }]);
    expect(load({ ...crm, events: ['user.*', 'password.changed', 'delivery.bounced'] })).to.have.length(1);
  });

  it('may be modules of the folder that the operator has named', () => {
    const module = { id: 'crm', kind: 'module', module: 'crm.mjs' };
    expect(() => load(module)).to.throw(SettingsError, /module names a file that is not in the folder/);
    writeFileSync(join(folder, 'crm.mjs'), 'export default async () => {};');
    expect(load(module)).to.deep.equal([{ ...module, attributes: [], events: ['*'] }]);
    for (const outside of ['../crm.mjs', 'a/crm.mjs', '/etc/crm.mjs', 'crm.json', '.crm.mjs'])
      expect(() => load({ ...module, module: outside }), outside).to.throw(SettingsError, /\/webhooks\/0\/module /);
    expect(() => load({ ...module, url: 'https://crm.example/' })).to.throw(SettingsError, /\/webhooks\/0\/url/);
  });

  it('may be inside where the operator says so', () => {
    expect(
      load({ ...crm, url: 'http://intranet.example:8080/hook' }, { ...crm, id: 'b', url: 'http://10.0.0.7/' }),
    ).to.have.length(2);
  });

  for (const [name, change, message] of [
    ['a secret in clear', { secrets: [environment.CRM] }, /:\d+: \/webhooks\/0\/secrets\/0 /],
    ['a secret that is not there', { secrets: ['env:CRM', 'env:NONE'] }, /\/webhooks\/0\/secrets\/1 .*env:NONE/],
    ['a secret that is none', { secrets: ['env:BROKEN'] }, /\/webhooks\/0\/secrets\/0 .*whsec_/],
    ['no secret', { secrets: [] }, /\/webhooks\/0\/secrets /],
    ['an id that is none', { id: 'C R M' }, /\/webhooks\/0\/id /],
    ['no URL', { url: 'crm' }, /\/webhooks\/0\/url must be an https URL/],
    ['another scheme', { url: 'file:///etc/passwd' }, /\/webhooks\/0\/url must be an https URL/],
    ['plain http', { url: 'http://crm.example/' }, /\/webhooks\/0\/url must be https/],
    ['a password in the URL', { url: 'https://a:b@crm.example/' }, /\/webhooks\/0\/url must be without user/],
    [
      'an address inside',
      { url: 'https://169.254.169.254/' },
      /\/webhooks\/0\/url names an address that is not public/,
    ],
    [
      'an address inside, in disguise',
      { url: 'https://[::ffff:7f00:1]/' },
      /\/webhooks\/0\/url names an address that is not public/,
    ],
    [
      'an event that does not exist',
      { events: ['user.*', 'user.exploded'] },
      /\/webhooks\/0\/events\/1 names no event/,
    ],
    ['an attribute that does not exist', { attributes: ['userName', 'shoeSize'] }, /attributes\/1 names no attribute/],
    ['an attribute that is never told', { attributes: ['password'] }, /attributes\/0 names no attribute/],
    ['a module beside a URL', { module: 'crm.mjs' }, /\/webhooks\/0\/module/],
    ['an event that stays inside', { events: ['recovery.requested'] }, /\/webhooks\/0\/events\/0 names no event/],
    ['an unknown key', { secret: 'x' }, /\/webhooks\/0\/secret is not a known key/],
  ] as const) {
    it(`refuse ${name}, naming the line and no secret`, () => {
      expect(() => load({ ...crm, ...change }))
        .to.throw(SettingsError, message)
        .with.property('message')
        .that.does.not.match(/hush|BQUF/);
    });
  }

  it('have ids of their own', () =>
    expect(() => load(crm, { ...crm })).to.throw(SettingsError, /\/webhooks\/1\/id is used twice/));
});
