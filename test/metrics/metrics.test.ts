import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { RequestLogEntry } from '../../src/domain/request-log.ts';
import { metricsServer } from '../../src/metrics/metrics-server.ts';
import { Metrics, type Readings } from '../../src/metrics/metrics.ts';

const call: RequestLogEntry = {
  id: 'r1',
  tenant: 'default',
  at: '2031-05-06T07:08:09.000Z',
  client: { id: 'c1', name: 'okta' },
  method: 'PATCH',
  path: '/Users/7',
  status: 200,
  ms: 12,
};

describe('metrics', () => {
  let elapsed = 0;
  let readings = 0;
  const read = (changes: Partial<Readings> = {}): Readings => ({
    outbox: async () => ({ queued: ++readings, sent: 3 }),
    oldestDue: async () => 42,
    unsealed: async () => 0,
    credentials: async () => new Map([['okta', 86_400]]),
    onboarding: async () => ({ invited: 5 }),
    ...changes,
  });
  const lines = async (metrics: Metrics) => (await metrics.text()).split('\n').filter((line) => !line.startsWith('#'));

  beforeEach(() => {
    elapsed = 0;
    readings = 0;
  });

  it('count calls by tenant, client, resource, method and outcome, and time them', async () => {
    const metrics = new Metrics(read());
    metrics.call(call);
    metrics.call({ ...call, status: 429 });
    metrics.call({ ...call, status: 503, path: '/Groups?x' });
    const found = await lines(metrics);
    const labels = 'tenant="default",client="okta",resource="Users",method="PATCH"';
    expect(found).to.include(`latchkey_scim_requests_total{${labels},outcome="done"} 1`);
    expect(found).to.include(`latchkey_scim_requests_total{${labels},outcome="limited"} 1`);
    expect(found).to.include('latchkey_scim_request_seconds_bucket{le="0.01",resource="Users",method="PATCH"} 0');
    expect(found).to.include('latchkey_scim_request_seconds_bucket{le="0.025",resource="Users",method="PATCH"} 2');
  });

  it('let no stranger make series of their own', async () => {
    const metrics = new Metrics(read());
    for (let n = 0; n < 100; n += 1) metrics.call({ ...call, path: `/Strange${n}/x`, method: `M${n}` });
    const found = (await lines(metrics)).filter((line) => line.startsWith('latchkey_scim_requests_total'));
    expect(found).to.have.length(1);
    expect(found[0]).to.match(/resource="other",method="other".* 100$/);
  });

  it('count messages when they have ended', async () => {
    const metrics = new Metrics(read());
    for (const state of ['queued', 'sent', 'sent', 'dead'] as const)
      metrics.delivery({ channel: 'email', template: 'invitation', state });
    expect(await lines(metrics)).to.include.members([
      'latchkey_deliveries_total{channel="email",template="invitation",outcome="sent"} 2',
      'latchkey_deliveries_total{channel="email",template="invitation",outcome="dead"} 1',
    ]);
  });

  it('read the store when they are asked, once for all who ask soon after', async () => {
    const metrics = new Metrics(read(), () => elapsed);
    await Promise.all([metrics.text(), metrics.text()]);
    const found = await lines(metrics);
    expect(found).to.include.members([
      'latchkey_outbox_messages{state="queued"} 1',
      'latchkey_outbox_oldest_seconds 42',
      'latchkey_audit_unsealed_seconds 0',
      'latchkey_credentials_expire_seconds{client="okta"} 86400',
      'latchkey_onboarding{status="invited"} 5',
    ]);
    elapsed += 15_000;
    expect(await lines(metrics)).to.include('latchkey_outbox_messages{state="queued"} 2');
  });

  it('leave out what cannot be read, tell the rest, and read again the next time', async () => {
    let isAway = true;
    const away = async () => (isAway ? Promise.reject(new Error('away')) : { queued: 7 });
    const metrics = new Metrics(read({ outbox: away }), () => elapsed);
    expect((await lines(metrics)).join())
      .to.match(/latchkey_onboarding/)
      .and.not.match(/outbox_messages\{/);
    isAway = false;
    expect(await lines(metrics)).to.include('latchkey_outbox_messages{state="queued"} 7');
  });

  it('are answered by a listener of their own, and nothing else is', async () => {
    const server = metricsServer(new Metrics(read())).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const answer = await fetch(`${url}/metrics`);
      expect(answer.headers.get('content-type')).to.match(/^text\/plain; version=0\.0\.4/);
      expect(await answer.text()).to.match(/^# HELP latchkey_/);
      for (const [method, path] of [
        ['POST', '/metrics'],
        ['GET', '/'],
      ] as const)
        expect((await fetch(`${url}${path}`, { method })).status).to.equal(404);
    } finally {
      server.close();
    }
  });
});
