import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { testToken } from '../support/launch.ts';
import { describeServed } from '../support/served-stores.ts';

const extension = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';

interface Told {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const modules = mkdtempSync(join(tmpdir(), 'latchkey-modules-'));
const environment = { LATCHKEY_WEBHOOK_HOSTS: '127.0.0.1', LATCHKEY_MODULES: modules };

describeServed('webhooks and text messages of a tenant’s own', environment, (served) => {
  const told: Told[] = [];
  let receiver: Server;
  let address: string;
  /** Of the tenant's own administrator: no right of the operator. */
  let token: string;

  async function call(method: string, path: string, body?: unknown, by = token) {
    const answer = await fetch(`${served().url}/t/acme${path}`, {
      method,
      headers: { authorization: `Bearer ${by}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // Answers are looked into by the tests' own expectations.
    return { status: answer.status, body: (await answer.json().catch(() => undefined)) as any };
  }
  const toldOf = async (path: string, wanted = 1): Promise<readonly Told[]> => {
    for (let tries = 0; tries < 400; tries += 1) {
      const found = told.filter((one) => one.path === path);
      if (found.length >= wanted) return found;
      await pause(25);
    }
    throw new Error(`${path} was not told within 10 seconds`);
  };
  const user = (userName: string, over: object = {}) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', extension],
    userName,
    ...over,
  });

  before(async function () {
    this.timeout(300_000);
    mkdirSync(modules, { recursive: true });
    writeFileSync(join(modules, 'crm.mjs'), 'export default async () => undefined;\n');
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (piece) => (body += String(piece)));
      request.on('end', () => {
        told.push({ path: request.url ?? '', headers: request.headers, body });
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    const made = await fetch(`${served().url}/admin/v1/tenants`, {
      method: 'POST',
      headers: { authorization: `Bearer ${testToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ id: 'acme', name: 'Acme' }),
    });
    token = ((await made.json()) as { readonly token: string }).token;
  });

  after(async () => {
    rmSync(modules, { recursive: true, force: true });
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  });

  it('makes an endpoint whose secret is told once and signs what is told', async () => {
    const made = await call('POST', '/admin/v1/webhooks', { id: 'crm', url: `${address}/crm`, events: ['user.*'] });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    expect(made.body.secret).to.match(/^whsec_/);
    for (const path of ['/admin/v1/webhooks', '/admin/v1/settings', '/admin/v1/secrets'])
      expect(JSON.stringify((await call('GET', path)).body), path).not.to.include(made.body.secret);
    expect((await call('POST', '/scim/v2/Users', user('ada'))).status).to.equal(201);
    const [first] = await toldOf('/crm');
    expect(signaturesOf(first!)).to.deep.equal([signed(first!, made.body.secret)]);

    const again = await call('POST', '/admin/v1/webhooks/crm/rotate');
    expect(again.status).to.equal(201);
    expect((await call('POST', '/scim/v2/Users', user('bea'))).status).to.equal(201);
    const [, second] = await toldOf('/crm', 2);
    expect(signaturesOf(second!), 'both sign').to.deep.equal([
      signed(second!, again.body.secret),
      signed(second!, made.body.secret),
    ]);

    expect((await call('DELETE', '/admin/v1/webhooks/crm')).status).to.equal(200);
    expect((await call('GET', '/admin/v1/secrets')).body.secrets).to.deep.equal([]);
  });

  it('refuses what is the operator’s: secrets in variables and files, modules, the installation’s gateway secret', async () => {
    const { url } = served();
    for (const patch of [
      { webhooks: [{ id: 'x', url: `${address}/x`, secrets: ['env:LATCHKEY_KEY'] }] },
      { webhooks: [{ id: 'x', kind: 'module', module: 'x.mjs' }] },
      { sms: { gatewayUrl: `${address}/sms` } },
      { mail: { from: 'ceo@another.example' } },
      { console: { oidc: { issuer: url, clientId: 'c', clientSecret: 'env:LATCHKEY_KEY', roles: { a: 'owner' } } } },
      { console: { oidc: { issuer: address, clientId: 'c', roles: { a: 'owner' } } } },
    ]) {
      const { status } = await call('PATCH', '/admin/v1/settings', patch);
      // What cannot be at all (no such module) is told as such.
      expect([400, 403], JSON.stringify(patch)).to.include(status);
    }
    expect((await call('GET', '/admin/v1/settings')).body.own).to.deep.equal({ webhooks: [] });
  });

  it('opens nothing of the operator’s for who may not name it: whatever is there, the answer is the same', async () => {
    const pipe = join(modules, 'pipe');
    spawnSync('mkfifo', [pipe]);
    const references = ['file:/nowhere', 'file:/etc/passwd', `file:${pipe}`, 'file:/dev/zero', 'env:NOPE', 'env:PATH'];
    for (const reference of references)
      for (const endpoint of [
        { id: 'x', url: `${address}/x`, secrets: [reference] },
        { id: 'x', kind: 'siem', url: `${address}/x`, secrets: [reference] },
        { id: 'x', kind: 'push', url: `${address}/x`, authorization: reference },
      ]) {
        const { status, body } = await call('PATCH', '/admin/v1/settings', { webhooks: [endpoint] });
        expect(status, JSON.stringify(endpoint)).to.equal(403);
        expect(body.detail).to.match(/^webhooks uses secrets or servers of the installation/);
      }
    // The operator is told what is wrong with it, and the process goes on.
    for (const reference of [`file:${pipe}`, 'file:/dev/zero']) {
      const webhooks = [{ id: 'x', url: `${address}/x`, secrets: [reference] }];
      const answer = await fetch(`${served().url}/admin/v1/settings`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${testToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ webhooks }),
      });
      expect(answer.status).to.equal(400);
      expect(await answer.text()).to.include('is not a file');
    }
  });

  it('lets no API name a module that is there: not the operator’s, not the tenant’s, at either’s address', async () => {
    const crm = { id: 'crm', kind: 'module', module: 'crm.mjs', events: ['user.*'], attributes: ['userName'] };
    const tell = async (at: string, by: string, webhooks: readonly unknown[]) => {
      const answer = await fetch(`${served().url}${at}/admin/v1/settings`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${by}`, 'content-type': 'application/json' },
        body: JSON.stringify({ webhooks }),
      });
      return [answer.status, await answer.text()] as const;
    };
    for (const [at, by] of [
      ['', testToken],
      ['/t/acme', token],
    ] as const)
      for (const webhooks of [[crm], [{ id: 'plain', url: `${address}/x`, secrets: [] }, crm]]) {
        const [status, text] = await tell(at, by, webhooks);
        expect(status, text).to.equal(403);
        expect(text).to.include('LATCHKEY_SETTINGS');
      }
    expect((await call('POST', '/admin/v1/webhooks', { ...crm, url: `${address}/x` })).status).to.equal(400);
    expect((await call('GET', '/admin/v1/settings')).body.settings.webhooks).to.deep.equal([]);
  });

  it('refuses addresses that are not public, and secrets that are not there or are not of a webhook', async () => {
    for (const url of [
      'http://127.0.0.2/x',
      'https://10.0.0.1/x',
      'https://[::1]/x',
      'http://crm.example/x',
      'ftp://x',
    ])
      expect((await call('POST', '/admin/v1/webhooks', { id: 'in', url })).status, url).to.equal(400);
    expect((await call('GET', '/admin/v1/secrets')).body.secrets, 'nothing is left behind').to.deep.equal([]);
    const endpoint = (secret: string) => ({ webhooks: [{ id: 'x', url: `${address}/x`, secrets: [secret] }] });
    expect((await call('PATCH', '/admin/v1/settings', endpoint('kept:none'))).status).to.equal(400);
    expect((await call('PUT', '/admin/v1/secrets/weak', { secret: 'swordfish' })).status).to.equal(200);
    const refused = await call('PATCH', '/admin/v1/settings', endpoint('kept:weak'));
    expect(refused.status).to.equal(400);
    expect(JSON.stringify(refused.body)).to.include('kept:weak').and.not.include('swordfish');
    expect((await call('DELETE', '/admin/v1/secrets/weak')).status).to.equal(200);
  });

  it('sends codes through its own gateway with its own secret, and never gives that of the operator away', async () => {
    const own = { sms: { gatewayUrl: `${address}/sms`, secret: 'kept:sms', countries: ['GB'] } };
    expect((await call('PUT', '/admin/v1/secrets/sms', { secret: 'the-gateways-token' })).status).to.equal(200);
    expect((await call('PATCH', '/admin/v1/settings', own)).status).to.equal(200);
    const invited = user('cleo', {
      phoneNumbers: [{ value: '+447700900123', type: 'mobile' }],
      [extension]: { preRegistration: true, invitationMethod: 'smsOtp' },
    });
    expect((await call('POST', '/scim/v2/Users', invited)).status).to.equal(201);
    const [text] = await toldOf('/sms');
    expect(text!.headers.authorization).to.equal('Bearer the-gateways-token');
    expect((await call('DELETE', '/admin/v1/secrets/sms')).status, 'it is in use').to.equal(409);
    const bare = await call('PATCH', '/admin/v1/settings', { sms: { secret: null } });
    expect(bare.status, 'the operator’s secret would go to the tenant’s address').to.equal(403);
    expect((await call('PATCH', '/admin/v1/settings', { sms: { secret: null, gatewayUrl: null } })).status).to.equal(
      200,
    );
  });
});

function signaturesOf({ headers }: Told): readonly string[] {
  return String(headers['webhook-signature']).split(' ');
}

function signed({ headers, body }: Told, secret: string): string {
  const text = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  return `v1,${createHmac('sha256', key).update(text).digest('base64')}`;
}
