import { expect } from 'chai';
import { webhookPages } from '../../../src/console/webhooks/webhook-pages.ts';
import { isJsonObject } from '../../../src/base/json.ts';
import { parseSettings } from '../../../src/config/parse-settings.ts';
import { OwnWebhooks, type WebhookOrder } from '../../../src/operations/messages/own-webhooks.ts';
import { KeptSecrets } from '../../../src/tenancy/kept-secrets.ts';
import { operation } from '../../../src/operations/operation.ts';
import { ConsoleBench } from '../../support/console-bench.ts';
import { faultAt } from '../../support/console-person.ts';
import { SettingsInMemory } from '../../support/settings-in-memory.ts';

const crm = { id: 'crm', url: 'https://crm.example/hooks', secrets: 'env:CRM_SECRET', events: '*', attributes: '' };

async function opened(role: 'owner' | 'auditor' = 'owner') {
  const settings = new SettingsInMemory();
  const endpoints = () =>
    (Array.isArray(settings.own['webhooks']) ? settings.own['webhooks'] : []).filter(isJsonObject);
  const bench: ConsoleBench = new ConsoleBench(webhookPages, {
    ...settings.operations,
    listWebhooks: operation(() => ({
      body: { webhooks: endpoints().map(({ id, events }) => ({ id, host: 'crm.example', events })) },
    })),
    listWebhookDeliveries: operation(() => ({ body: { deliveries: [] } })),
    createWebhook: operation<WebhookOrder>(async (call) => {
      const secret = await own.create(call, call.body);
      return { body: secret === undefined ? {} : { secret } };
    }),
    listClients: operation(() => ({ body: { clients: [{ id: 'hr', name: 'HR feed' }] } })),
    rotateWebhookSecret: operation(async (call) => ({ body: { secret: await own.rotate(call, call.id) } })),
    removeWebhook: operation(async (call) => {
      await own.remove(call, call.id);
      return { body: { id: call.id } };
    }),
  });
  const { notes, secrets, clock } = bench;
  const own: OwnWebhooks = new OwnWebhooks({
    settingsOf: () => parseSettings(settings.own).settings!,
    kept: new KeptSecrets(notes, secrets, clock),
    hasClient: async (_, client) => client === 'hr',
    change: async ({ actor }, body) => {
      await settings.operations['changeSettings']!({ actor, id: '', params: {}, query: {}, body });
    },
  });
  return { settings, endpoints, browser: await bench.signedIn(role) };
}

describe('/console/webhooks', () => {
  it('adds an endpoint with its events and attributes, changes it, and removes it', async () => {
    const { endpoints, browser } = await opened();
    const added = await browser.submit('/webhooks/new', { ...crm, attributes: 'userName, phoneNumbers' });
    expect(added.status, added.text.slice(0, 3000)).to.equal(303);
    expect(endpoints()).to.deep.equal([
      {
        id: 'crm',
        url: 'https://crm.example/hooks',
        secrets: ['env:CRM_SECRET'],
        events: ['*'],
        attributes: ['userName', 'phoneNumbers'],
      },
    ]);
    expect((await browser.get('/webhooks/crm/edit')).text).to.contain('value="https://crm.example/hooks"');
    await browser.submit('/webhooks/crm/edit', { ...crm, events: 'user.created' });
    expect(endpoints()[0]).to.deep.include({ events: ['user.created'], attributes: [] });
    await browser.submit('/webhooks/crm/remove', {});
    expect(endpoints()).to.deep.equal([]);
  });

  it('makes the secret of an endpoint that names none, shows it once, and makes another beside it', async () => {
    const { endpoints, browser } = await opened();
    const added = await browser.submit('/webhooks/new', { ...crm, secrets: '' });
    expect(added.text).to.match(/whsec_[\w+/]{43}=/);
    expect(endpoints()[0]?.['secrets']).to.deep.equal(['kept:webhook.crm.1']);
    expect((await browser.get('/webhooks/crm')).text).not.to.include('whsec_');
    const again = await browser.submit('/webhooks/crm', {}, '/webhooks/crm/rotate');
    expect(again.text).to.match(/whsec_[\w+/]{43}=/);
    expect(endpoints()[0]?.['secrets']).to.deep.equal(['kept:webhook.crm.2', 'kept:webhook.crm.1']);
  });

  for (const [title, fields, field, words] of [
    ['a name with capitals', { id: 'CRM' }, 'id', 'small letters'],
    ['an address without a scheme', { url: 'crm' }, 'url', 'Enter a whole address'],
    ['an address inside', { url: 'https://10.0.0.1/' }, 'url', 'names an address that is not public'],
    ['no events', { events: '' }, 'events', 'names no event'],
    ['a secret that is not there', { secrets: 'env:NOTHING' }, 'secrets', 'is not set'],
    ['an attribute that there is not', { attributes: 'shoeSize' }, 'attributes', 'names no attribute of a User'],
  ] as const) {
    it(`refuses ${title} at its field`, async () => {
      const { endpoints, browser } = await opened();
      const { status, text } = await browser.submit('/webhooks/new', { ...crm, ...fields });
      expect(status).to.equal(422);
      expect(faultAt(text, field)).to.contain(words);
      expect(endpoints()).to.deep.equal([]);
    });
  }

  it('keeps names apart', async () => {
    const { endpoints, browser } = await opened();
    await browser.submit('/webhooks/new', crm);
    const { text } = await browser.submit('/webhooks/new', crm);
    expect(faultAt(text, 'id')).to.equal('There is an endpoint of this name already.');
    expect(endpoints()).to.have.length(1);
  });

  it('changes nothing for an auditor, nor where the operator’s file names the endpoints', async () => {
    const { browser: auditor } = await opened('auditor');
    expect((await auditor.get('/webhooks')).text).not.to.contain('/webhooks/new');
    expect((await auditor.get('/webhooks/new')).status).to.equal(403);
    const { settings, browser } = await opened();
    settings.pinned = ['webhooks'];
    expect((await browser.get('/webhooks')).text).not.to.contain('/webhooks/new');
  });

  it('makes streams of the audit of each kind, and removes them', async () => {
    const { endpoints, browser } = await opened();
    expect((await browser.get('/webhooks/new/stream')).text)
      .to.contain('kind=siem')
      .and.to.contain('kind=poll');
    const fields = { id: 'siem', kind: 'siem', url: 'https://siem.example/in', batch: '20', events: 'user.*, group.*' };
    const made = await browser.submit('/webhooks/new/stream?kind=siem', fields, '/webhooks/new/stream');
    expect(made.text).to.contain('whsec_');
    expect(endpoints()[0]).to.deep.include({ kind: 'siem', batch: 20, events: ['user.*', 'group.*'] });
    const push = { id: 'push', kind: 'push', url: 'https://crm.example/in', authorization: 'Bearer s3cret' };
    const pushed = await browser.submit('/webhooks/new/stream?kind=push', push, '/webhooks/new/stream');
    expect(pushed.status).to.equal(303);
    expect(JSON.stringify(endpoints())).to.not.contain('s3cret');
    expect((await browser.get('/webhooks/new/stream?kind=poll')).text).to.contain('HR feed');
    const wrong = await browser.submit(
      '/webhooks/new/stream?kind=poll',
      { id: 'feed', kind: 'poll', client: 'nobody' },
      '/webhooks/new/stream',
    );
    expect([wrong.status, wrong.text.includes('there is no client')]).to.deep.equal([422, true]);
    await browser.submit('/webhooks/siem/remove', {});
    expect(endpoints().map(({ id }) => id)).to.deep.equal(['push']);
  });
});
