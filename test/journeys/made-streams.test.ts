import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { eventually as soon, launch, type Launched, testToken } from '../support/launch.ts';
import { type Place, stores } from '../support/served-stores.ts';

/** A machine that has much to do is slow. */
const eventually: typeof soon = (what, happens, seconds = 45) => soon(what, happens, seconds);

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';

for (const [store, find] of stores)
  describe(`streams that administrators make by API, on ${store}`, function () {
    this.timeout(120_000);
    let place: Place | undefined;
    let server: Launched;
    let receiver: Server;
    let base = '';
    let environment: Record<string, string>;
    const received: { url: string; headers: NodeJS.Dict<string | string[]>; body: string }[] = [];
    let secret = '';

    const admin = async (method: string, path: string, body?: object): Promise<{ status: number; body: any }> => {
      const headers = { authorization: `Bearer ${testToken}`, 'content-type': 'application/json' };
      const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      const answered = await fetch(`${server.url}/admin/v1${path}`, init);
      return { status: answered.status, body: await answered.json() };
    };
    const create = async (userName: string): Promise<string> =>
      (await server.scim('POST', '/Users', { schemas: [user], userName })).body.id;
    const told = (url = '/siem') =>
      received
        .filter((one) => one.url === url)
        .flatMap(({ body }) => (JSON.parse(body).data.events ?? []) as { seq: number; target: { id: string } }[]);
    const isTold = (id: string, url?: string) => told(url).some(({ target }) => target.id === id);

    before(async function () {
      place = await find();
      if (place === undefined) return this.skip();
      receiver = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          received.push({ url: request.url ?? '', headers: request.headers, body });
          response.writeHead(204).end();
        });
      });
      await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
      base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
      environment = {
        ...place.environment,
        LATCHKEY_KEY: randomBytes(32).toString('base64'),
        LATCHKEY_WEBHOOK_HOSTS: '127.0.0.1',
      };
      server = await launch(environment);
    });
    after(async () => {
      await server?.end('SIGTERM');
      receiver?.close();
      await place?.leave();
    });

    it('begin at once: batches are signed with the secret that was told, tokens go out with the authorization', async () => {
      const siem = await admin('POST', '/webhooks', { id: 'siem', kind: 'siem', url: `${base}/siem`, batch: 5 });
      expect(siem.status, JSON.stringify(siem.body)).to.equal(201);
      expect(siem.body).to.include({ id: 'siem', kind: 'siem' });
      secret = siem.body.secret;
      const order = { id: 'push', kind: 'push', url: `${base}/push`, audience: 'aud', authorization: 'Bearer s3cret' };
      const push = await admin('POST', '/webhooks', order);
      expect(push.status, JSON.stringify(push.body)).to.equal(201);
      expect(push.body).to.not.have.any.keys('secret', 'authorization');
      const id = await create('first@acme.example');
      await eventually('the batch', async () => isTold(id));
      const { headers, body } = received.find(({ url }) => url === '/siem')!;
      const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
      const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
      expect(headers['webhook-signature']).to.equal(`v1,${createHmac('sha256', key).update(content).digest('base64')}`);
      const token = await eventually('the token', async () => received.find(({ url }) => url === '/push'));
      expect(token.headers['authorization']).to.equal('Bearer s3cret');
      expect(decodeJwt(token.body).aud).to.equal('aud');
      const { body: settings } = await admin('GET', '/settings');
      expect(JSON.stringify(settings)).to.not.include('s3cret');
    });

    it('are fetched by the client that was named, and by none that is not there', async () => {
      const { body } = await admin('GET', '/clients');
      const client = body.clients[0].id as string;
      const unknown = await admin('POST', '/webhooks', { id: 'fetched', kind: 'poll', client: 'nobody' });
      expect([unknown.status, unknown.body.detail]).to.deep.equal([
        400,
        "client: there is no client with the id 'nobody'.",
      ]);
      expect((await admin('POST', '/webhooks', { id: 'fetched', kind: 'poll', client })).status).to.equal(201);
      const id = await create('fetched@acme.example');
      const sets = await eventually('the token', async () => {
        const headers = { authorization: `Bearer ${testToken}`, 'content-type': 'application/json' };
        const init = { method: 'POST', headers, body: JSON.stringify({ returnImmediately: true }) };
        const found: any = await (await fetch(`${server.url}/scim/v2/.feeds/fetched`, init)).json();
        return JSON.stringify(Object.values<string>(found.sets).map((one) => decodeJwt(one))).includes(id);
      });
      expect(sets).to.equal(true);
    });

    it('refuse what a kind has no use for, and say so', async () => {
      for (const order of [
        { id: 'a', kind: 'siem' },
        { id: 'a', kind: 'poll' },
        { id: 'a', url: `${base}/a`, batch: 3 },
        { id: 'a', kind: 'siem', url: `${base}/a`, authorization: 'Bearer x' },
        { id: 'a', kind: 'push', url: `${base}/a`, authorization: 'Bearer\nx' },
        { id: 'a', kind: 'push', url: 'http://10.0.0.1/a' },
        { id: 'a', kind: 'poll', client: 'x', url: `${base}/a` },
        { id: 'a', kind: 'module', url: `${base}/a` },
      ]) {
        const { status, body } = await admin('POST', '/webhooks', order);
        expect(status, JSON.stringify(order)).to.equal(400);
        expect(body.detail, JSON.stringify(order)).to.be.a('string').and.not.equal('');
      }
      const { body } = await admin('GET', '/webhooks');
      expect(body.webhooks.map(({ id }: { id: string }) => id)).to.not.include('a');
      // A refused order leaves nothing sealed behind.
      const kept = await admin('GET', '/secrets');
      expect(JSON.stringify(kept.body)).to.not.include('webhook.a.');
    });

    it('stay paused over kill -9 and lose nothing once they go on', async () => {
      expect((await admin('POST', '/webhooks/siem/pause', {})).status).to.equal(200);
      const before = await create('while-paused@acme.example');
      await server.end('SIGKILL');
      server = await launch(environment);
      expect((await admin('GET', '/webhooks/siem/stream')).body.state).to.equal('paused');
      const after = await create('after-kill@acme.example');
      expect(isTold(before)).to.equal(false);
      expect((await admin('POST', '/webhooks/siem/resume', {})).status).to.equal(200);
      await eventually('both', async () => isTold(before) && isTold(after));
      // What was on its way in the moment of the kill may come again; a receiver knows it by its place.
      const seqs = [...new Set(told().map(({ seq }) => seq))].sort((one, other) => one - other);
      expect(seqs.length, seqs.join()).to.equal(seqs.at(-1)! - seqs[0]! + 1);
    });

    it('get another secret, both of which sign; when removed they are forgotten with secret, place and pause', async () => {
      const rotated = await admin('POST', '/webhooks/siem/rotate');
      expect(rotated.status, JSON.stringify(rotated.body)).to.equal(201);
      expect(rotated.body.secret).to.not.equal(secret);
      const id = await create('rotated@acme.example');
      await eventually('it', async () => isTold(id));
      const last = received.findLast(({ url }) => url === '/siem')!;
      expect(String(last.headers['webhook-signature']).split(' ')).to.have.length(2);
      expect((await admin('POST', '/webhooks/push/rotate')).status).to.equal(409);
      expect((await admin('POST', '/webhooks/siem/pause', {})).status).to.equal(200);
      for (const name of ['siem', 'push']) expect((await admin('DELETE', `/webhooks/${name}`)).status).to.equal(200);
      expect(JSON.stringify((await admin('GET', '/secrets')).body)).to.not.include('webhook.');
      await admin('POST', '/webhooks', { id: 'siem', kind: 'siem', url: `${base}/anew` });
      expect((await admin('GET', '/webhooks/siem/stream')).body.state).to.equal('runs');
      const later = await create('anew@acme.example');
      await eventually('the new one', async () => isTold(later, '/anew'));
      expect(isTold(id, '/anew')).to.equal(false);
    });
  });
