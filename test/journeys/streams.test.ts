import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { eventually as soon } from '../support/launch.ts';
import { describeOnBothStores } from '../support/served-stores.ts';

/** A machine that has much to do is slow. */
const eventually: typeof soon = (what, happens, seconds = 45) => soon(what, happens, seconds);

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const scim = 'urn:ietf:params:scim:event';
const risc = 'https://schemas.openid.net/secevent/risc/event-type';
const key = Buffer.alloc(32, 7);

interface Received {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

describe('streams of the audit, end to end', () => {
  const environment: Record<string, string> = {
    LATCHKEY_WEBHOOK_HOSTS: '127.0.0.1',
    SIEM_SECRET: `whsec_${key.toString('base64')}`,
    PUSH_AUTHORIZATION: 'Bearer of-the-receiver',
  };
  let receiver: Server;
  let received: Received[] = [];
  let status = 204;
  let base = '';

  before(async () => {
    receiver = createServer((request, response) => {
      let body = '';
      request
        .on('data', (chunk: Buffer) => {
          body += chunk.toString();
        })
        .on('end', () => {
          if (status < 300) received.push({ url: request.url ?? '', headers: request.headers, body });
          response.writeHead(status, { 'retry-after': '0' }).end();
        });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  });
  after(() => receiver.close());

  describeOnBothStores('streams', environment, (served) => {
    const admin = async (method: string, path: string, body?: object): Promise<{ status: number; body: any }> => {
      const answered = await fetch(`${served().url}/admin/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${served().token('auto')}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answered.text();
      return { status: answered.status, body: text === '' ? undefined : JSON.parse(text) };
    };
    const create = async (userName: string): Promise<string> => {
      const { status: code, body } = await served().scim('POST', '/Users', { schemas: [user], userName });
      expect(code).to.equal(201);
      return body.id;
    };
    const poll = async (body: object, token = 'auto') => {
      const answered = await fetch(`${served().url}/scim/v2/.feeds/fetched`, {
        method: 'POST',
        headers: { authorization: `Bearer ${served().token(token)}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const given: any = await answered.json();
      return { status: answered.status, body: given };
    };
    const keys = async () => {
      const published = await fetch(`${served().url}/.well-known/jwks.json`);
      return createLocalJWKSet((await published.json()) as JSONWebKeySet);
    };
    const batches = () =>
      received
        .filter(({ url }) => url === '/siem')
        .map(({ body }) => JSON.parse(body) as { type: string; data: { events: any[]; after: number; upTo: number } });
    const told = () => batches().flatMap(({ data }) => data.events ?? []);
    const pushed = () => received.filter(({ url }) => url === '/push').map(({ body }) => decodeJwt<any>(body));

    before(async function () {
      this.timeout(90_000);
      received = [];
      const { body } = await admin('GET', '/clients');
      const client = body.clients.find(({ name }: { name: string }) => name === 'environment').id as string;
      const set = await admin('PATCH', '/settings', {
        webhooks: [
          { id: 'siem', kind: 'siem', url: `${base}/siem`, secrets: ['env:SIEM_SECRET'], batch: 3 },
          {
            id: 'pushed',
            kind: 'push',
            url: `${base}/push`,
            authorization: 'env:PUSH_AUTHORIZATION',
            audience: 'https://receiver.example',
            events: ['user.*', 'request.completed'],
          },
          { id: 'fetched', kind: 'poll', client, events: ['user.*', 'group.*'] },
        ],
      });
      expect(set.status, JSON.stringify(set.body)).to.equal(200);
      for (const id of ['siem', 'pushed', 'fetched'])
        await eventually(`stream ${id}`, async () => (await admin('GET', `/webhooks/${id}/stream`)).body.end > 0);
      // They begin once they have been looked at.
      const firstLook = async () => {
        await create(`warm-${Math.random()}`);
        return told().length > 0 && pushed().length > 0;
      };
      await eventually('a first look', firstLook);
    });

    it('posts the events of the audit in batches, signed, in their order, each once', async () => {
      const ids: string[] = [];
      for (let n = 0; n < 7; n += 1) ids.push(await create(`batch${n}@acme.example`));
      await eventually('all of them', async () =>
        ids.every((id) => told().some(({ type, target }) => type === 'user.created' && target.id === id)),
      );
      const seqs = told().map(({ seq }) => seq as number);
      expect(seqs).to.deep.equal([...new Set(seqs)].sort((one, other) => one - other));
      for (const { data } of batches()) expect(data.events.length).to.be.within(1, 3);
      const { headers, body } = received.find(({ url }) => url === '/siem')!;
      const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
      const signature = createHmac('sha256', key).update(content).digest('base64');
      expect(headers['webhook-signature']).to.equal(`v1,${signature}`);
      expect(JSON.parse(body)).to.include({ type: 'audit.batch' });
    });

    it('waits while it is paused, goes on without a gap, and tells again from an event on', async () => {
      expect((await admin('POST', '/webhooks/siem/pause', {})).body).to.include({ state: 'paused' });
      expect((await admin('POST', '/webhooks/siem/pause', {})).status).to.equal(409);
      const id = await create('paused@acme.example');
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(told().some(({ target }) => target.id === id)).to.equal(false);
      expect((await admin('POST', '/webhooks/siem/resume', {})).body).to.include({ state: 'runs' });
      await eventually('what waited', async () => told().some(({ target }) => target.id === id));
      const first = told()[0].seq as number;
      received = [];
      expect((await admin('POST', '/webhooks/siem/replay', { seq: first })).status).to.equal(202);
      await eventually('the first again', async () => told()[0]?.seq === first);
      await eventually('all again', async () => told().some(({ target }) => target.id === id));
      expect((await admin('POST', '/webhooks/siem/replay', { seq: 1_000_000 })).status).to.equal(400);
      expect((await admin('POST', '/webhooks/siem/replay', {})).status).to.equal(400);
      const test = await admin('POST', '/webhooks/siem/test');
      expect(test.status).to.equal(201);
      await eventually('the test', async () => batches().some(({ type }) => type === 'webhook.test'));
    });

    it('keeps events for a receiver that fails, and loses none', async () => {
      status = 503;
      const id = await create('patient@acme.example');
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      status = 204;
      await eventually('it', async () => told().some(({ target }) => target.id === id));
    });

    it('pushes security event tokens that the published keys prove: SCIM and RISC events of one transaction', async () => {
      const id = await create('pushed@acme.example');
      await served().scim('PATCH', `/Users/${id}`, {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', path: 'active', value: false }],
      });
      await served().scim('DELETE', `/Users/${id}`);
      const about = () => pushed().filter(({ sub_id: sub }) => sub.uri === `/Users/${id}` || sub.sub === id);
      await eventually('the deletion', async () => about().some(({ events }) => `${risc}/account-purged` in events));
      const uris = about().map(({ events }) => Object.keys(events)[0]);
      expect(uris).to.include.members([
        `${scim}:prov:create:notice`,
        `${scim}:prov:deactivate`,
        `${risc}/account-disabled`,
        `${scim}:prov:delete`,
        `${risc}/account-purged`,
      ]);
      const created = about().find(({ events }) => `${scim}:prov:create:notice` in events);
      expect(created.events[`${scim}:prov:create:notice`].attributes).to.include('userName');
      expect(JSON.stringify(created)).to.not.include('pushed@acme');
      expect(created.sub_id).to.deep.equal({ format: 'scim', uri: `/Users/${id}` });
      expect(created.aud).to.equal('https://receiver.example');
      expect(created).to.not.have.property('sub');
      const off = about().filter(({ events }) => Object.keys(events).some((uri) => /deactivate|disabled/.test(uri)));
      expect(new Set(off.map(({ txn }) => txn)).size).to.equal(1);
      const { headers, body } = received.find(({ url }) => url === '/push')!;
      expect(headers['content-type']).to.equal('application/secevent+jwt');
      expect(headers['authorization']).to.equal('Bearer of-the-receiver');
      const proved = await jwtVerify(body, await keys(), { audience: 'https://receiver.example' });
      expect(proved.protectedHeader).to.include({ alg: 'ES256', typ: 'secevent+jwt' });
    });

    it('lets its client alone fetch tokens, again until they are acknowledged', async () => {
      await eventually('an empty feed', async () => {
        const { body } = await poll({ returnImmediately: true });
        await poll({ maxEvents: 0, ack: Object.keys(body.sets) });
        return Object.keys(body.sets).length === 0;
      });
      const id = await create('fetched@acme.example');
      const { status: code, body } = await poll({ maxEvents: 5 });
      expect(code).to.equal(200);
      const [[jti, token]] = Object.entries<string>(body.sets) as [[string, string]];
      const { payload } = await jwtVerify(token, await keys());
      expect(payload).to.deep.include({ jti, sub_id: { format: 'scim', uri: `/Users/${id}` } });
      expect(Object.keys((await poll({ returnImmediately: true })).body.sets)).to.deep.equal([jti]);
      expect((await poll({ returnImmediately: true, ack: [jti] })).body).to.deep.equal({ sets: {} });
      expect((await poll({ returnImmediately: true }, 'entra')).status).to.equal(404);
      expect((await poll({ ack: 'no list' })).status).to.equal(400);
      await admin('POST', '/webhooks/fetched/test');
      const test = Object.values<string>((await poll({ returnImmediately: true })).body.sets);
      expect(decodeJwt(test[0]!)['events']).to.have.property(
        'https://schemas.openid.net/secevent/ssf/event-type/verification',
      );
    });

    it('answers a batch before it is done, and tells of the end of each operation', async () => {
      const batch = {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
        Operations: [
          { method: 'POST', path: '/Users', bulkId: 'one', data: { schemas: [user], userName: 'later@acme.example' } },
          { method: 'DELETE', path: '/Users/nobody' },
        ],
      };
      const send = (prefer: string) =>
        fetch(`${served().url}/scim/v2/Bulk`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${served().token('auto')}`,
            'content-type': 'application/scim+json',
            prefer,
          },
          body: JSON.stringify(batch),
        });
      const answered = await send('respond-async');
      expect(answered.status).to.equal(202);
      expect(await answered.text()).to.equal('');
      expect(answered.headers.get('preference-applied')).to.equal('respond-async');
      const txn = answered.headers.get('set-txn') ?? '';
      const location = answered.headers.get('location') ?? '';
      expect(location).to.equal(`${served().url}/scim/v2/.transactions/${txn}`);
      const get = (token: string) => fetch(location, { headers: { authorization: `Bearer ${served().token(token)}` } });
      const done = await eventually('the end', async () => {
        const one = await get('auto');
        if (one.status !== 200) return undefined;
        const { sets }: any = await one.json();
        return sets as Record<string, string>;
      });
      const tokens = Object.values(done).map((one) => decodeJwt<any>(one));
      expect(tokens.map((one) => one.txn)).to.have.members([`${txn}:0`, `${txn}:1`]);
      const of = (index: number) => tokens.find((one) => one.txn === `${txn}:${index}`);
      expect(of(0).events[`${scim}:misc:asyncresp`]).to.include({ method: 'POST', bulkId: 'one', status: '201' });
      expect(of(0).sub_id.uri).to.match(/^\/Users\/[\w-]{36}$/);
      const failed = of(1).events[`${scim}:misc:asyncresp`];
      expect(failed).to.include({ method: 'DELETE', status: '404' });
      expect(failed.response.detail).to.be.a('string');
      expect((await get('entra')).status).to.equal(404);
      await eventually('the push', async () => pushed().some((one) => one.txn === `${txn}:1`));
      const waited = await send('respond-async, wait=10');
      expect(waited.status).to.equal(200);
      const { Operations: operations }: any = await waited.json();
      expect(operations.map((one: any) => one.status)).to.deep.equal(['409', '404']);
    });

    it('tells in the configuration what it can', async () => {
      const { body } = await served().scim('GET', '/ServiceProviderConfig');
      expect(body.securityEvents.asyncRequest).to.equal('request');
      expect(body.securityEvents.eventUris).to.include.members([
        `${scim}:prov:create:notice`,
        `${scim}:misc:asyncresp`,
        `${risc}/account-purged`,
      ]);
    });
  });
});
