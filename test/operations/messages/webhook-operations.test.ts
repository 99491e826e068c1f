import { expect } from 'chai';
import { planWebhooks } from '../../../src/webhooks/plan-webhooks.ts';
import { AdminBench } from '../../support/admin-bench.ts';
import { tenant } from '../../support/provisioning-bench.ts';

const crm = {
  id: 'crm',
  kind: 'http',
  attributes: [],
  url: 'https://crm.example/hook/s3cret-path',
  secrets: ['env:CRM'],
  events: ['user.*'],
} as const;

describe('the webhook operations', () => {
  let bench: AdminBench;
  let delivery: string;

  beforeEach(() => {
    bench = new AdminBench({ webhooks: [crm] });
    const [planned] = planWebhooks(
      {
        id: 'e1',
        tenant,
        type: 'user.created',
        at: '2031-05-06T07:08:09.000Z',
        resourceType: 'User',
        resourceId: 'u1',
        version: 1,
        triggeredBy: 'scim',
        data: {},
      },
      [crm],
    );
    bench.outbox.deliveries.set(planned!.id, {
      ...planned!,
      state: 'sent',
      attempts: 1,
      endedAt: '2031-05-06T07:08:10.000Z',
      lastReply: 'HTTP 204',
    });
    delivery = planned!.id;
  });

  it('tells of an endpoint whose newest call did not go well, since when and what it said', async () => {
    const taken = bench.outbox.deliveries.get(delivery)!;
    const failing = async () => {
      const { body } = await bench.call('get', '/admin/v1/webhooks');
      return body.webhooks[0].failing;
    };
    expect(await failing()).to.equal(undefined);
    const later = (id: string, second: number) => ({
      ...taken,
      id,
      createdAt: `2031-05-06T07:09:0${second}.000Z`,
      state: 'queued' as const,
      endedAt: undefined,
      lastReply: 'HTTP 503',
    });
    for (const second of [1, 2]) bench.outbox.deliveries.set(`later-${second}`, later(`later-${second}`, second));
    // One that has not been tried says nothing.
    bench.outbox.deliveries.set('waits', { ...later('waits', 3), attempts: 0 });
    expect(await failing()).to.deep.equal({ since: '2031-05-06T07:09:01.000Z', reply: 'HTTP 503' });
    bench.outbox.deliveries.set('taken', { ...later('taken', 4), state: 'sent', lastReply: 'HTTP 204' });
    expect(await failing()).to.equal(undefined);
  });

  it('lists webhooks without what may be secret, and what each was told', async () => {
    const { body } = await bench.call('get', '/admin/v1/webhooks');
    expect(body).to.deep.equal({ webhooks: [{ id: 'crm', kind: 'http', host: 'crm.example', events: ['user.*'] }] });
    const told = await bench.call('get', '/admin/v1/webhooks/crm/deliveries');
    expect(told.body.deliveries).to.have.length(1);
    expect(told.body.deliveries[0]).to.include({ id: delivery, channel: 'webhook', state: 'sent', reply: 'HTTP 204' });
    expect((await bench.call('get', '/admin/v1/webhooks/other/deliveries')).status).to.equal(404);
  });

  it('shows a disabled one, and enables it', async () => {
    await bench.register.disable(tenant, crm, 'it answered 410 Gone');
    const { body } = await bench.call('get', '/admin/v1/webhooks');
    expect(body.webhooks[0].disabled).to.deep.equal({ at: '2031-05-06T07:08:09.000Z', reason: 'it answered 410 Gone' });
    expect((await bench.call('post', '/admin/v1/webhooks/crm/enable')).body).not.to.have.property('disabled');
    expect((await bench.call('post', '/admin/v1/webhooks/crm/enable')).status).to.equal(409);
    expect((await bench.call('post', '/admin/v1/webhooks/other/enable')).status).to.equal(404);
  });

  it('replays what was sent as a line of its own, and only to webhooks', async () => {
    const place = `/admin/v1/webhooks/deliveries/${delivery}/replay`;
    const before = bench.outbox.deliveries.get(delivery);
    const { status, body } = await bench.call('post', place);
    expect([status, body.state, body.attempts, body.id === delivery]).to.deep.equal([201, 'queued', 0, false]);
    expect(bench.woken).to.equal(1);
    expect(bench.outbox.deliveries.get(delivery)).to.deep.equal(before);
    const again = bench.outbox.deliveries.get(body.id as string);
    expect(again?.messageId).to.equal(before?.messageId);
    expect(again?.data['payload']).to.deep.equal(before?.data['payload']);
    const underWay = `/admin/v1/webhooks/deliveries/${String(body.id)}/replay`;
    expect((await bench.call('post', underWay)).status).to.equal(409);
    expect((await bench.call('post', '/admin/v1/webhooks/deliveries/absent/replay')).status).to.equal(404);
  });

  it('tells an endpoint a test event, and none that is not set', async () => {
    const { status, body } = await bench.call('post', '/admin/v1/webhooks/crm/test');
    expect([status, body.state, bench.woken]).to.deep.equal([201, 'queued', 1]);
    const payload = bench.outbox.deliveries.get(body.id as string)?.data['payload'];
    expect(payload).to.include({ type: 'webhook.test' });
    expect((await bench.call('post', '/admin/v1/webhooks/other/test')).status).to.equal(404);
  });
});
