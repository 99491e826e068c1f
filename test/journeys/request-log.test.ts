import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openStore } from '../../src/composition/core/compose-core.ts';
import { readConfig } from '../../src/config/config.ts';
import { rootTenant } from '../../src/tenancy/tenant.ts';
import { addClient } from '../support/add-client.ts';
import { createLog } from '../../src/base/log.ts';
import { launch, testToken } from '../support/launch.ts';
import { describeServed, type Served } from '../support/served-stores.ts';

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

describeServed('the request log', {}, (served) => {
  const read = async (query = '', token = testToken): Promise<{ status: number; body: any }> => {
    const answer = await fetch(`${served().url}/admin/v1/requests${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return { status: answer.status, body: await answer.json() };
  };
  const latest = async (query: string): Promise<any> => (await read(query)).body.requests[0];
  const call = (...parts: Parameters<Served['scim']>) => served().scim(...parts);
  let id = '';

  before(async () => {
    id = (
      await call('POST', '/Users', {
        schemas: [user],
        userName: 'ines@acme.example',
        password: 'never to be seen again',
        favouriteColour: 'red',
      })
    ).body.id;
  });

  it('tells who called for what, how it ended and how long it took', async () => {
    const answer = await call('GET', `/Users/${id}?attributes=userName`);
    const entry = await latest(`?path=/users/${id}`);
    expect(entry).to.include({
      id: answer.headers.get('x-request-id'),
      method: 'GET',
      path: `/Users/${id}`,
      query: 'attributes=userName',
      status: 200,
      tenant: 'default',
    });
    expect(entry.client).to.include({ name: 'environment' });
    expect(entry.ms).to.be.a('number').above(0);
    expect(Math.abs(Date.parse(entry.at) - Date.now())).to.be.below(60_000);
    expect(entry).not.to.have.any.keys('bodies', 'detail', 'operations');
  });

  it('names the attributes that were dropped', async () => {
    expect((await latest('?path=/Users&status=201')).dropped).to.deep.equal(['favouriteColour']);
  });

  it('names the members that an Entra client pushed and that do not exist, of Bulk too', async () => {
    const asEntra = (method: string, path: string, body: unknown) =>
      fetch(`${served().url}/scim/v2${path}`, {
        method,
        headers: { authorization: `Bearer ${served().token('entra')}`, 'content-type': 'application/scim+json' },
        body: JSON.stringify(body),
      });
    const group = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'Stale',
      members: [{ value: id }, { value: 'gone-1' }],
    };
    expect((await asEntra('POST', '/Groups', group)).status).to.equal(201);
    expect((await latest('?path=/Groups')).skippedMembers).to.deep.equal({ count: 1, ids: ['gone-1'] });
    const members = Array.from({ length: 22 }, (_, index) => ({ value: `gone-${index}` }));
    const bulk = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [
        { method: 'POST', path: '/Groups', bulkId: 'g', data: { ...group, displayName: 'Staler', members } },
      ],
    };
    expect((await asEntra('POST', '/Bulk', bulk)).status).to.equal(200);
    const { skippedMembers } = await latest('?path=/Bulk');
    expect(skippedMembers.count).to.equal(22);
    expect(skippedMembers.ids).to.have.length(20);
  });

  it('tells of a PATCH what each operation came to, and by which dialect', async () => {
    const Operations = [
      { op: 'Replace', path: 'active', value: 'False' },
      { op: 'replace', path: 'userName', value: 'ines@acme.example' },
    ];
    await call('PATCH', `/Users/${id}`, { schemas: [patchOp], Operations });
    const { operations } = await latest('?status=2xx');
    expect(operations).to.deep.equal([
      { op: 'replace', path: 'active', outcome: 'applied', rules: ['capitalisedOp', 'booleanText'] },
      { op: 'replace', path: 'userName', outcome: 'alreadyTrue' },
    ]);
  });

  it('points at the operation that was refused, and says what the caller was told', async () => {
    const Operations = [
      { op: 'add', path: 'title', value: 'Captain' },
      { op: 'replace', path: 'emails[type eq "home"].display.x', value: 'x' },
    ];
    const { body } = await call('PATCH', `/Users/${id}`, { schemas: [patchOp], Operations });
    const entry = await latest('?status=400');
    expect(entry).to.include({ method: 'PATCH', scimType: body.scimType, detail: body.detail });
    expect(entry.detail).to.match(/^Operations\[1\]: /);
    expect(entry.operations.map(({ outcome }: { outcome: string }) => outcome)).to.deep.equal([
      'notApplied',
      'refused',
    ]);
  });

  it('points at the operation that names no member', async () => {
    const group = await call('POST', '/Groups', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'Crew',
    });
    const Operations = [
      { op: 'add', path: 'members', value: [{ value: id }] },
      { op: 'add', path: 'members', value: [{ value: 'nobody' }] },
    ];
    await call('PATCH', `/Groups/${group.body.id}`, { schemas: [patchOp], Operations });
    const entry = await latest(`?path=/Groups/${group.body.id}`);
    expect(entry.detail).to.match(/^Operations\[1\]: members\[0\]\.value: /);
    expect(entry.operations.map(({ outcome }: { outcome: string }) => outcome)).to.deep.equal([
      'notApplied',
      'refused',
    ]);
  });

  it('lists the calls of a Bulk request', async () => {
    await call('POST', '/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      failOnErrors: 1,
      Operations: [
        { method: 'POST', path: '/Users', bulkId: 'a', data: { schemas: [user], userName: 'bulk@acme.example' } },
        { method: 'DELETE', path: '/Users/nobody' },
        { method: 'DELETE', path: '/Users/nobody' },
      ],
    });
    expect((await latest('?path=/bulk')).operations).to.deep.equal([
      { op: 'POST', path: '/Users', outcome: 'applied' },
      { op: 'DELETE', path: '/Users/nobody', outcome: 'refused' },
      { op: 'DELETE', path: '/Users/nobody', outcome: 'notApplied' },
    ]);
  });

  it('has the calls that never reached the protocol: broken JSON, bodies that are too large', async () => {
    await call('POST', '/Users', '{"userName": ');
    expect(await latest('')).to.include({ status: 400, scimType: 'invalidSyntax' });
    expect((await call('POST', '/Users', `"${'x'.repeat(4 * 1024 * 1024)}"`)).status).to.equal(413);
    expect(await latest('')).to.include({ status: 413, method: 'POST', path: '/Users' });
  });

  it('is searched by client and time, and goes in pages', async () => {
    await call('GET', '/Users?count=1', undefined, { authorization: `Bearer ${served().token('okta')}` });
    const { body } = await read('?client=okta');
    expect(body.requests.map(({ client }: any) => client.name)).to.deep.equal(['okta']);
    expect((await read('?client=okta&since=2099-01-01')).body.requests).to.deep.equal([]);
    const all = (await read('?count=1000')).body.requests;
    const paged: unknown[] = [];
    for (let cursor = ''; ;) {
      const page = (await read(`?count=3${cursor}`)).body;
      paged.push(...page.requests);
      if (page.nextCursor === undefined) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(paged).to.deep.equal(all);
  });

  it('is for administrators', async () => {
    expect((await read('', 'nobody-knows-this-token-0123456789')).status).to.equal(401);
    for (const query of ['?count=0', '?count=x', '?status=9', '?since=yesterday', '?state=4xx'])
      expect(await read(query), query).to.have.nested.property('body.scimType', 'invalidValue');
    const answer = await fetch(`${served().url}/admin/v1/requests`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${testToken}` },
    });
    expect([answer.status, answer.headers.get('allow')]).to.deep.equal([405, 'GET, HEAD']);
  });

  it('holds no password and no body', async () => {
    const { body } = await read('?count=1000');
    expect(JSON.stringify(body)).not.to.include('never to be seen').and.not.to.include('"bodies"');
  });
});

describe('a request log with bodies', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-bodies-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps what was sent and answered, without secrets, through a stop; and shows it to its own tenant and scope', async function () {
    this.timeout(60_000);
    const settings = join(folder, 'settings.json');
    writeFileSync(settings, '{"requestLog": {"bodies": true, "reads": false}}');
    const environment = { LATCHKEY_DATA_DIR: folder, LATCHKEY_SETTINGS: settings };
    const tokens = await addClients(environment);
    const first = await launch(environment);
    const { body: created } = await first.scim('POST', '/Users', {
      schemas: [user],
      userName: 'ines@acme.example',
      password: 'correct horse battery staple',
    });
    await first.scim('GET', `/Users/${created.id}`);
    await first.scim('GET', '/Users/nobody');
    await first.scim('POST', '/Users', { schemas: [user], userName: 'ivo@acme.example', title: 'x'.repeat(20_000) });
    await first.scim(
      'POST',
      '/Users',
      { schemas: [user], userName: 'ida@acme.example' },
      { authorization: `Bearer ${tokens.reader}` },
    );
    await first.end('SIGTERM');

    const second = await launch(environment);
    try {
      const read = (token: string) =>
        fetch(`${second.url}/admin/v1/requests`, { headers: { authorization: `Bearer ${token}` } });
      const { requests } = (await (await read(testToken)).json()) as { requests: any[] };
      expect(requests.map(({ method, path, status }) => `${method} ${path} ${status}`)).to.deep.equal([
        'POST /Users 403',
        'POST /Users 201',
        'GET /Users/nobody 404',
        'POST /Users 201',
      ]);
      expect(requests[3].bodies.request).to.deep.equal({
        schemas: [user],
        userName: 'ines@acme.example',
        password: '***',
      });
      expect(requests[3].bodies.response).to.deep.equal(created);
      expect(requests[1].bodies).to.deep.equal({
        request: '(too large to be kept)',
        response: '(too large to be kept)',
      });
      expect((await read(tokens.reader)).status).to.equal(403);
      // A client of another tenant is nobody on these routes.
      expect((await read(tokens.stranger)).status).to.equal(401);
    } finally {
      expect(await second.end('SIGTERM')).to.equal(0);
    }
  });

  async function addClients(environment: Record<string, string>): Promise<{ reader: string; stranger: string }> {
    const store = await openStore(readConfig(environment).config, createLog('silent'));
    const reader = await addClient(store.notes, {
      tenant: rootTenant,
      name: 'reader',
      profile: 'auto',
      scopes: ['scim:read'],
    });
    const stranger = await addClient(store.notes, {
      tenant: 'elsewhere',
      name: 'stranger',
      profile: 'auto',
      scopes: ['admin'],
    });
    await store.close();
    return { reader: reader.token, stranger: stranger.token };
  }
});
