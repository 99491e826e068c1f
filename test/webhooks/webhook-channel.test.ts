import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import type { JsonObject } from '../../src/base/json.ts';
import type { ModuleAnswer } from '../../src/webhooks/run-module.ts';
import type { Delivery } from '../../src/notify/delivery/delivery.ts';
import type { Settings, WebhookEndpoint } from '../../src/config/settings.ts';
import { EndpointRegister } from '../../src/webhooks/endpoint-register.ts';
import { planWebhooks } from '../../src/webhooks/plan-webhooks.ts';
import { RefusedAddressError } from '../../src/network/public-address.ts';
import { createWebhookChannel } from '../../src/webhooks/webhook-channel.ts';
import { createWebhookSubscribers } from '../../src/webhooks/webhook-subscribers.ts';
import { settings as defaults } from '../support/account-site.ts';
import { CourierBench } from '../support/courier-bench.ts';
import { MemoryNotes } from '../support/memory-notes.ts';

const keys = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const hour = 3_600_000;

interface Posted {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly at: number;
}

/** A worker that tells one endpoint of events, under manual time; `answer` is what the endpoint says. */
class WebhookBench {
  readonly bench = new CourierBench();
  readonly posted: Posted[] = [];
  readonly handed: { readonly module: string; readonly event: JsonObject }[] = [];
  readonly users: Record<string, JsonObject> = {};
  moduleAnswer: ModuleAnswer = { outcome: 'taken' };
  readonly register = new EndpointRegister(new MemoryNotes(() => this.bench.time.now()), this.bench.time);
  endpoint: WebhookEndpoint = {
    id: 'crm',
    kind: 'http',
    attributes: [],
    url: 'https://crm.example/hook',
    secrets: ['env:NEW', 'env:OLD'],
    events: ['*'],
  };
  seq: number | undefined = 7;
  answer: () => number | Error = () => 204;
  retryAfter: string | undefined;

  get settings(): Settings {
    return { ...defaults, webhooks: [this.endpoint] };
  }

  start() {
    const settingsOf = () => this.settings;
    const worker = this.bench.worker('w', {
      random: () => 0.5,
      addressee: createWebhookSubscribers({
        register: this.register,
        settingsOf,
        seqOf: async () => this.seq,
        attributesOf: async (_tenant, id, names) => this.users[id] && pick(this.users[id], names),
      }),
      channel: createWebhookChannel({
        settingsOf,
        register: this.register,
        clock: this.bench.time,
        log: this.bench.log as never,
        keysOf: async () => keys,
        runModule: async (module, event) => {
          this.handed.push({ module, event });
          return this.moduleAnswer;
        },
        post: async (url, headers, body) => {
          this.posted.push({ url: url.href, headers, body, at: this.bench.time.elapsed() });
          const answer = this.answer();
          if (answer instanceof Error) throw answer;
          return { status: answer, retryAfter: this.retryAfter };
        },
      }),
    });
    return worker.start();
  }

  file(id: string): Delivery {
    const [delivery] = planWebhooks(
      {
        id,
        tenant: 'default',
        type: 'user.created',
        at: '2026-11-21T09:00:00.000Z',
        resourceType: 'User',
        resourceId: 'u1',
        version: 1,
        triggeredBy: 'scim',
        data: {},
      },
      [this.endpoint],
    );
    this.bench.file(delivery!);
    return delivery!;
  }
}

describe('createWebhookChannel', () => {
  let hooks: WebhookBench;
  beforeEach(() => {
    hooks = new WebhookBench();
  });

  it('posts what Standard Webhooks asks for, signed with every secret', async () => {
    const { id } = hooks.file('e1');
    await hooks.start();
    await hooks.bench.time.advance(10);
    const [{ url, headers, body }] = hooks.posted as [Posted];
    expect(url).to.equal('https://crm.example/hook');
    expect(JSON.parse(body)).to.have.all.keys('type', 'timestamp', 'data').and.deep.include({ type: 'user.created' });
    expect(headers).to.include({
      'webhook-id': 'msg_e1',
      'webhook-timestamp': '1795251600',
      'Content-Type': 'application/json',
    });
    const signed = keys.map(
      (key) => `v1,${createHmac('sha256', key).update(`msg_e1.1795251600.${body}`).digest('base64')}`,
    );
    expect(headers['webhook-signature']).to.equal(signed.join(' '));
    expect(hooks.bench.get(id)).to.include({ state: 'sent', lastReply: 'HTTP 204', to: 'crm' });
  });

  it('adds the attributes that the endpoint asked for, as they are at each attempt', async () => {
    hooks.endpoint = { ...hooks.endpoint, attributes: ['userName', 'phoneNumbers'] };
    hooks.users['u1'] = { userName: 'ines', phoneNumbers: [{ value: '+44 20 7946 0001' }], title: 'Pilot' };
    hooks.answer = () => (hooks.posted.length < 2 ? 500 : 204);
    hooks.file('e1');
    await hooks.start();
    await hooks.bench.time.advance(10);
    hooks.users['u1'] = { userName: 'ines.okoro' };
    await hooks.bench.time.advance(hour);
    const told = hooks.posted.map(({ body }) => (JSON.parse(body) as { data: { user?: JsonObject } }).data.user);
    expect(told).to.deep.equal([
      { userName: 'ines', phoneNumbers: [{ value: '+44 20 7946 0001' }] },
      { userName: 'ines.okoro' },
    ]);
  });

  it('tells the event alone once the user is gone', async () => {
    hooks.endpoint = { ...hooks.endpoint, attributes: ['userName'] };
    hooks.file('e1');
    await hooks.start();
    await hooks.bench.time.advance(10);
    expect((JSON.parse(hooks.posted[0]!.body) as { data: object }).data).not.to.have.property('user');
  });

  it('hands the event to a module, and tries again when that fails', async () => {
    const { id, events } = hooks.endpoint;
    hooks.endpoint = { id, events, attributes: [], kind: 'module', module: 'crm.mjs' };
    hooks.moduleAnswer = { outcome: 'failed', fault: 'The module failed: Error: no' };
    const delivery = hooks.file('e1');
    await hooks.start();
    await hooks.bench.time.advance(10);
    expect(hooks.bench.get(delivery.id)).to.include({ state: 'queued', lastReply: 'The module failed: Error: no' });
    hooks.moduleAnswer = { outcome: 'taken' };
    await hooks.bench.time.advance(hour);
    expect(hooks.bench.get(delivery.id)).to.include({ state: 'sent', lastReply: 'The module took the event.' });
    expect(hooks.handed.map(({ module, event }) => [module, event['type']])).to.deep.equal([
      ['crm.mjs', 'user.created'],
      ['crm.mjs', 'user.created'],
    ]);
    expect(hooks.posted).to.deep.equal([]);
  });

  it('tries again over 75 hours, under the same id and with a fresh signature, then gives up', async () => {
    const { id } = hooks.file('e1');
    hooks.answer = () => 500;
    await hooks.start();
    await hooks.bench.time.advance(74 * hour);
    expect(hooks.bench.get(id).state).to.equal('queued');
    await hooks.bench.time.advance(4 * hour);
    expect(hooks.bench.get(id)).to.include({ state: 'dead', attempts: 10 });
    expect(new Set(hooks.posted.map(({ headers }) => headers['webhook-id'])).size).to.equal(1);
    expect(new Set(hooks.posted.map(({ headers }) => headers['webhook-signature'])).size).to.equal(hooks.posted.length);
    const gaps = hooks.posted.slice(1).map(({ at }, index) => Math.round((at - hooks.posted[index]!.at) / 60_000));
    expect(gaps).to.deep.equal([0, 5, 30, 120, 300, 600, 840, 1200, 1440]);
  });

  for (const [name, answer] of [
    ['a redirect', 302],
    ['a client error', 404],
    ['an address inside', new RefusedAddressError('inside')],
    ['no answer', new Error('x')],
  ] as const) {
    it(`tries again after ${name}`, async () => {
      const { id } = hooks.file('e1');
      hooks.answer = () => answer;
      await hooks.start();
      await hooks.bench.time.advance(1000);
      expect(hooks.bench.get(id)).to.include({ state: 'queued', attempts: 1 });
      hooks.answer = () => 200;
      await hooks.bench.time.advance(10_000);
      expect(hooks.bench.get(id).state).to.equal('sent');
    });
  }

  for (const [status, retryAfter, seconds] of [
    [429, '3600', 3600],
    [503, 'Sat, 21 Nov 2026 10:00:00 GMT', 3600],
    [503, '9999999', 86_400],
    [429, '1', 5],
    [503, 'soon', 5],
    [500, '3600', 5],
  ] as const) {
    it(`tries again ${seconds} seconds after a ${status} with Retry-After: ${retryAfter}`, async () => {
      const { id } = hooks.file('e1');
      hooks.answer = () => status;
      hooks.retryAfter = retryAfter;
      await hooks.start();
      await hooks.bench.time.advance(10);
      expect(
        Math.round((Date.parse(hooks.bench.get(id).notBefore) - hooks.bench.time.now().getTime()) / 1000),
      ).to.equal(seconds);
      hooks.answer = () => 200;
      await hooks.bench.time.advance(seconds * 1000 - 1000);
      expect(hooks.posted).to.have.length(1);
      await hooks.bench.time.advance(20_000);
      expect(hooks.bench.get(id)).to.include({ state: 'sent', attempts: 2 });
    });
  }

  it('disables an endpoint that answers 410, until it is enabled or gets another URL', async () => {
    const [gone, next] = [hooks.file('e1'), 'e2'];
    hooks.answer = () => 410;
    await hooks.start();
    await hooks.bench.time.advance(10);
    expect(hooks.bench.get(gone.id)).to.include({ state: 'dead', lastReply: 'HTTP 410' });
    expect(hooks.bench.log.lines.some(({ level }) => level === 'error')).to.equal(true);
    hooks.answer = () => 200;
    const cancelled = hooks.file(next);
    await hooks.bench.time.advance(20_000);
    expect(hooks.bench.get(cancelled.id).state).to.equal('cancelled');
    expect(hooks.posted).to.have.length(1);
    const { id, events, attributes } = hooks.endpoint;
    const elsewhere: WebhookEndpoint = {
      id,
      events,
      attributes,
      kind: 'http',
      url: 'https://crm.example/new',
      secrets: ['env:NEW'],
    };
    expect(await hooks.register.disabled('default', elsewhere)).to.equal(undefined);
    expect(await hooks.register.enable('default', hooks.endpoint)).to.equal(true);
    expect(await hooks.register.enable('default', hooks.endpoint)).to.equal(false);
    await hooks.bench.outbox.requeue('default', gone.id, hooks.bench.time.now());
    await hooks.bench.time.advance(20_000);
    expect(hooks.bench.get(gone.id).state).to.equal('sent');
  });

  it('calls off what the settings know no more', async () => {
    const { id } = hooks.file('e1');
    hooks.endpoint = { ...hooks.endpoint, id: 'other' };
    await hooks.start();
    await hooks.bench.time.advance(10);
    expect(hooks.bench.get(id).state).to.equal('cancelled');
  });

  it("is not called off with the user's own messages", async () => {
    const { id } = hooks.file('e1');
    const called = {
      id: 'e9',
      type: 'deliveries.cancelled',
      at: '2026-11-21T10:00:00.000Z',
      resourceId: 'u1',
      tenant: 'default',
      resourceType: 'User',
      version: 2,
      triggeredBy: 'scim',
      data: {},
    } as const;
    await hooks.bench.outbox.settleEvents([called], []);
    expect(hooks.bench.get(id).state).to.equal('queued');
  });
});

function pick(user: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(user).filter(([name]) => names.includes(name)));
}
