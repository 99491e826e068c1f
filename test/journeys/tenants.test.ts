import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import type { CapturedMail } from '../../src/notify/mail/mailbox.ts';
import { apiDocument } from '../support/admin-bench.ts';
import { testToken } from '../support/launch.ts';
import { describeOnBothStores } from '../support/served-stores.ts';

const userUrn = 'urn:ietf:params:scim:schemas:core:2.0:User';
const extension = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';

/** Seconds of calls while settings change, and calls a second; the nightly suite has more. */
const seconds = Number(process.env['TENANT_SECONDS'] ?? 3);
const rate = 25;

/** An address of the network for documentation and examples (RFC 5737 and 2544). */
const addressOf = (n: number): string => `198.18.${(n >> 8) & 255}.${n & 255}`;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // Answers are looked into by the tests' own expectations.
  readonly body: any;
}

/** Each call comes from an address of its own, as refused calls of one address are limited. */
const proxied = { LATCHKEY_TRUST_PROXY: 'loopback', LATCHKEY_DEV_MAILBOX: 'on' };

describeOnBothStores('tenants', proxied, (served) => {
  let calls = 0;
  const tokens: Record<string, string> = { default: testToken };

  async function call(method: string, path: string, token: string, body?: unknown): Promise<Answer> {
    const answer = await fetch(`${served().url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}`, 'x-forwarded-for': addressOf((calls += 1)) }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = /json(?!l)/.test(answer.headers.get('content-type') ?? '') && text !== '';
    return { status: answer.status, headers: answer.headers, text, body: isJson ? JSON.parse(text) : undefined };
  }
  const scim = (tenant: string, method: string, path: string, body?: unknown, token = tokens[tenant]!) =>
    call(method, `/t/${tenant}/scim/v2${path}`, token, body);
  const mailsOf = async (tenant: string): Promise<readonly CapturedMail[]> =>
    (await call('GET', `/t/${tenant}/dev/mailbox.json`, '')).body as CapturedMail[];
  const eventually = async (what: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 400; tries += 1) {
      if (await what()) return;
      await pause(25);
    }
    throw new Error('it did not come about in 10 seconds');
  };

  /** What may differ between two refusals that must tell nothing. */
  const told = ({ status, headers, text }: Answer): object => ({
    status,
    text: text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id'),
    headers: [...headers].filter(([name]) => !['date', 'x-request-id', 'keep-alive'].includes(name)).sort(),
  });

  before(async () => {
    for (const id of ['acme', 'harbour']) {
      const { status, body } = await call('POST', '/admin/v1/tenants', testToken, { id, name: id });
      expect(status, JSON.stringify(body)).to.equal(201);
      tokens[id] = body.token as string;
    }
  });

  it('have users of the same name, each in its own lists, with links of their own', async () => {
    const ids: Record<string, string> = {};
    for (const tenant of ['default', 'acme', 'harbour']) {
      const { status, body } = await scim(tenant, 'POST', '/Users', {
        schemas: [userUrn],
        userName: 'ines@same.example',
      });
      expect(status).to.equal(201);
      ids[tenant] = body.id;
      const path = tenant === 'default' ? '' : `/t/${tenant}`;
      expect(body.meta.location).to.equal(`${served().url}${path}/scim/v2/Users/${body.id}`);
    }
    for (const tenant of ['acme', 'harbour']) {
      const { body } = await scim(tenant, 'GET', `/Users?filter=${encodeURIComponent('userName sw "ines@same"')}`);
      expect(body.Resources.map(({ id }: { id: string }) => id)).to.deep.equal([ids[tenant]]);
      for (const other of Object.keys(ids).filter((one) => one !== tenant))
        for (const [method, path, content] of [
          ['GET', `/Users/${ids[other]}`],
          ['PUT', `/Users/${ids[other]}`, { schemas: [userUrn], userName: 'taken@same.example' }],
          ['PATCH', `/Users/${ids[other]}`, { Operations: [{ op: 'replace', path: 'active', value: false }] }],
          ['DELETE', `/Users/${ids[other]}`],
          ['GET', `/Groups/${ids[other]}`],
        ] as const)
          expect((await scim(tenant, method, path, content)).status, `${method} ${path}`).to.equal(404);
      const stranger = { Operations: [{ op: 'add', path: 'members', value: [{ value: ids['default'] }] }] };
      const group = await scim(tenant, 'POST', '/Groups', { displayName: 'Same' });
      expect((await scim(tenant, 'PATCH', `/Groups/${group.body.id}`, stranger)).status).to.equal(400);
      expect((await scim(tenant, 'GET', '/Groups')).body.totalResults).to.equal(1);
    }
  });

  it('take no cursor of another tenant', async () => {
    for (const tenant of ['acme', 'harbour'])
      for (let index = 0; index < 3; index += 1)
        await scim(tenant, 'POST', '/Users', { schemas: [userUrn], userName: `cursor-${index}@same.example` });
    const { body } = await scim('acme', 'GET', '/Users?cursor&count=1');
    expect(body.nextCursor).to.be.a('string');
    const foreign = await scim('harbour', 'GET', `/Users?cursor=${body.nextCursor}&count=1`);
    expect([foreign.status, foreign.body.scimType]).to.deep.equal([400, 'invalidCursor']);
  });

  it('refuse a token of another tenant on every route, as they would for a tenant that does not exist', async () => {
    const routes = apiDocument.operations
      .filter(({ scope }) => scope !== undefined)
      .map(({ method, path }) => [method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x')] as const);
    const resources = ['/Users', '/Groups', '/Schemas', '/ResourceTypes', '/ServiceProviderConfig', '/Me', '/Bulk', ''];
    for (const path of resources)
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
        routes.push([method, `/scim/v2${path}`], [method, `/scim/v2${path}/x`]);
    routes.push(['POST', '/hooks/v1/bounces/ses'], ['POST', '/scim/v2/.search'], ['GET', '/scim/v2/AuditEvents']);
    for (const [method, path] of routes) {
      const body = method === 'GET' || method === 'DELETE' ? undefined : {};
      const foreign = await call(method, `/t/harbour${path}`, tokens['acme']!, body);
      const unknown = await call(method, `/t/nobody${path}`, tokens['acme']!, body);
      const root = await call(method, path, tokens['acme']!, body);
      const nonsense = await call(method, `/t/harbour${path}`, 'lk_a-token-that-nobody-has-ever-had-01234567', body);
      expect(foreign.status, `${method} ${path}`).to.equal(401);
      for (const other of [unknown, root, nonsense])
        expect(told(other), `${method} ${path}`).to.deep.equal(told(foreign));
    }
  });

  it('send mails whose links lead to their own pages, in a mailbox of their own', async () => {
    const address = 'first@key.example';
    for (const tenant of ['acme', 'harbour']) {
      const { status } = await scim(tenant, 'POST', '/Users', {
        schemas: [userUrn, extension],
        userName: address,
        emails: [{ value: address, primary: true }],
        [extension]: { preRegistration: true },
      });
      expect(status).to.equal(201);
    }
    await eventually(async () => (await mailsOf('acme')).length > 0 && (await mailsOf('harbour')).length > 0);
    const [mail] = await mailsOf('acme');
    const link = /http:\S+\/set-password\?token=[\w-]+/.exec(mail?.text ?? '')?.[0] ?? '';
    expect(link).to.include(`${served().url}/t/acme/set-password?token=`);
    expect((await mailsOf('default')).map(({ to }) => to)).not.to.include(address);
    const page = await fetch(link);
    expect(page.status).to.equal(200);
    expect(await page.text()).to.include('action="/t/acme/set-password');
    // The key of one tenant opens nothing at another.
    for (const tenant of ['', '/t/harbour'])
      expect((await fetch(link.replace('/t/acme', tenant))).status, tenant).to.be.oneOf([404, 410]);
  });

  it('change their settings while calls go on: no call fails, and they are in force at once', async () => {
    const pending: Promise<Answer>[] = [];
    for (let index = 0; index < seconds * rate; index += 1) {
      const userName = `load-${index}@settings.example`;
      pending.push(scim('harbour', 'POST', '/Users', { schemas: [userUrn], userName }));
      if (index % rate === 0) {
        const productName = `Harbour ${index}`;
        const changed = await call('PATCH', '/t/harbour/admin/v1/settings', tokens['harbour']!, { productName });
        expect(changed.status, changed.text).to.equal(200);
        expect((await call('GET', '/t/harbour/sign-in', '')).text).to.include(productName);
      }
      await pause(1000 / rate);
    }
    const statuses = (await Promise.all(pending)).map(({ status }) => status);
    expect(statuses.filter((status) => status !== 201)).to.deep.equal([]);
    expect((await call('GET', '/t/acme/sign-in', '')).text).not.to.include('Harbour');
  });

  it('answer ids of another tenant as they answer ids that nobody has, on every route, verb, filter and cursor', async () => {
    const own = tokens['harbour']!;
    const admin = (path: string) => call('GET', `/t/harbour/admin/v1${path}`, own);
    const user = await scim('harbour', 'POST', '/Users', { schemas: [userUrn], userName: 'equal@same.example' });
    const twin = await scim('acme', 'POST', '/Users', { schemas: [userUrn], userName: 'equal@same.example' });
    const group = await scim('harbour', 'POST', '/Groups', {
      displayName: 'Equal',
      members: [{ value: user.body.id }],
    });
    const [client] = (await admin('/clients')).body.clients;
    const [credential] = (await admin(`/clients/${client.id}/credentials`)).body.credentials;
    const [request] = (await admin('/requests?count=1')).body.requests ?? [];
    const mails = (await admin(`/users/${(await scim('harbour', 'GET', '/Users?count=1')).body.Resources[0].id}`)).body;
    const foreign = [user.body.id, group.body.id, client.id, credential.id, request?.id, mails?.deliveries?.[0]?.id];
    const ids = foreign.filter((id): id is string => typeof id === 'string');
    expect(ids.length).to.be.at.least(4);
    const nobodys = '01935e1a-7c1e-7d3a-9c55-2f6a3c1b8d19';
    const same = ({ status, text }: Answer, id: string): object => ({
      status,
      text: text.replaceAll(id, 'ID').replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID'),
    });
    const routes = apiDocument.operations
      .filter(({ path, scope }) => path.includes('{') && scope === 'admin')
      .map(({ method, path }) => [method.toUpperCase(), path] as const);
    for (const type of ['Users', 'Groups'])
      for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) routes.push([method, `/scim/v2/${type}/{id}`]);
    for (const [method, path] of routes) {
      const at = (id: string) => `/t/acme${path.replaceAll(/\{\w+\}/g, id)}`;
      const body = method === 'GET' || method === 'DELETE' ? undefined : {};
      const unknown = same(await call(method, at(nobodys), tokens['acme']!, body), nobodys);
      for (const id of ids)
        expect(same(await call(method, at(id), tokens['acme']!, body), id), `${method} ${path}`).to.deep.equal(unknown);
    }
    for (const filter of [
      `id eq "${user.body.id}"`,
      `groups.value eq "${group.body.id}"`,
      `manager.value eq "${user.body.id}"`,
      `groups[value eq "${group.body.id}"]`,
    ]) {
      const query = `/Users?filter=${encodeURIComponent(filter)}`;
      expect((await scim('acme', 'GET', query)).body.Resources ?? [], filter).to.deep.equal([]);
      const search = await scim('acme', 'POST', '/.search', {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
        filter,
      });
      expect(JSON.stringify(search.body), filter).not.to.include(twin.body.id);
    }
    const members = `/Groups?filter=${encodeURIComponent(`members.value eq "${user.body.id}"`)}`;
    expect((await scim('acme', 'GET', members)).body.Resources ?? []).to.deep.equal([]);
    expect((await scim('harbour', 'GET', `/Users/${user.body.id}`)).status).to.equal(200);
  });

  it('take many changes of settings at once, and say what is wrong with a place beyond every number', async () => {
    const path = '/t/harbour/admin/v1/settings';
    const changes = Array.from({ length: 25 }, (_, n) =>
      call(
        'PATCH',
        path,
        tokens['harbour']!,
        n % 2 === 0 ? { productName: `P${n}` } : { passwords: { history: n % 9 } },
      ),
    );
    expect((await Promise.all(changes)).map(({ status }) => status).filter((status) => status !== 200)).to.deep.equal(
      [],
    );
    const far = await call('GET', '/t/harbour/admin/v1/onboarding?startIndex=9223372036854775807', tokens['harbour']!);
    expect([far.status, far.body.detail.includes('startIndex')]).to.deep.equal([400, true]);
  });

  it('are refused clearly and send nothing while suspended, and go on afterwards', async () => {
    const suspend = (status: string) => call('PATCH', '/admin/v1/tenants/acme', testToken, { status });
    expect((await suspend('suspended')).status).to.equal(200);
    const refused = await scim('acme', 'GET', '/Users');
    expect([refused.status, refused.body.detail]).to.satisfy(
      ([status, detail]: [number, string]) => status === 403 && detail.includes('suspended'),
    );
    expect((await call('GET', '/t/acme/admin/v1/settings', tokens['acme']!)).status).to.equal(403);
    const page = await fetch(`${served().url}/t/acme/sign-in`, { headers: { accept: 'text/html' } });
    expect(page.status).to.equal(503);
    for (const path of ['/sign-in', '/set-password?token=x', '/console', '/console/sign-in', '/console/people'])
      for (const accept of ['*/*', 'application/json', 'text/html'])
        expect((await fetch(`${served().url}/t/acme${path}`, { headers: { accept } })).status, path).to.equal(503);
    const posted = await fetch(`${served().url}/t/acme/console/sign-in`, { method: 'POST' });
    expect(posted.status).to.equal(503);
    expect((await scim('harbour', 'GET', '/Users?count=0')).status).to.equal(200);
    expect((await suspend('active')).status).to.equal(200);
    expect((await scim('acme', 'GET', '/Users?count=0')).status).to.equal(200);
  });

  it('are exported without secrets, and erased with all that is theirs; others stay', async () => {
    const { text, status } = await call('GET', '/admin/v1/tenants/acme/export', testToken);
    expect(status).to.equal(200);
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; resource?: { userName?: string } });
    expect(lines.some(({ resource }) => resource?.userName === 'ines@same.example')).to.equal(true);
    // The audit tells how a token begins: five characters.
    expect(text).not.to.match(/lk_[\w-]{6,}|\$argon2|tokenHash|passwordHash/);
    const before = (await scim('harbour', 'GET', '/Users?count=0')).body.totalResults;
    expect((await call('DELETE', '/admin/v1/tenants/acme', testToken)).status).to.equal(204);
    expect((await scim('acme', 'GET', '/Users')).status).to.equal(401);
    expect((await call('GET', '/t/acme/sign-in', '')).status).to.equal(404);
    expect((await call('GET', '/admin/v1/tenants/acme', testToken)).status).to.equal(404);
    expect((await scim('harbour', 'GET', '/Users?count=0')).body.totalResults).to.equal(before);
  });
});
