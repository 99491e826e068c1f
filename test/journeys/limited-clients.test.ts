import { expect } from 'chai';
import { launch, testToken } from '../support/launch.ts';
import { describeServed, type Served } from '../support/served-stores.ts';

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const latchkey = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const bulkRequest = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

interface Answered {
  readonly status: number;
  readonly body: any;
  readonly headers: Headers;
}

const key = { LATCHKEY_KEY: Buffer.alloc(32, 7).toString('base64') };

describeServed('clients that are limited', key, (served, store) => {
  const call = async (
    token: string,
    method: string,
    path: string,
    body?: unknown,
    from: Pick<Served, 'url'> = served(),
  ): Promise<Answered> => {
    const answer = await fetch(from.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text), headers: answer.headers };
  };
  const make = async (order: object): Promise<{ id: string; token: string; credential: string }> => {
    const client = await call(testToken, 'POST', '/admin/v1/clients', { name: 'limited', ...order });
    expect(client.status, JSON.stringify(client.body)).to.equal(201);
    const path = `/admin/v1/clients/${client.body.id}/credentials`;
    const { body } = await call(testToken, 'POST', path, { kind: 'token' });
    return { id: client.body.id, token: body.token, credential: body.id };
  };
  const scim = (token: string, method: string, path: string, body?: unknown) =>
    call(token, method, `/scim/v2${path}`, body);
  const patch = (...Operations: object[]) => ({ schemas: [patchOp], Operations });
  let people = 0;
  const person = async (more: object = {}): Promise<string> => {
    people += 1;
    const body = { schemas: [user], userName: `limited-${people}@example.com`, title: 'Clerk', ...more };
    return (await scim(testToken, 'POST', '/Users', body)).body.id as string;
  };

  it('to a resource type see and write no other, by no way', async () => {
    const { token } = await make({ resourceTypes: ['User'] });
    const group = await scim(testToken, 'POST', '/Groups', { displayName: 'Harbour' });
    const id = await person();
    expect((await scim(token, 'GET', `/Users/${id}`)).status).to.equal(200);
    for (const [method, path, body] of [
      ['GET', '/Groups'],
      ['GET', `/Groups/${group.body.id}`],
      ['POST', '/Groups/.search', { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'] }],
      ['POST', '/Groups', { displayName: 'x' }],
      ['PUT', `/Groups/${group.body.id}`, { displayName: 'x' }],
      ['PATCH', `/Groups/${group.body.id}`, patch({ op: 'add', path: 'members', value: [{ value: id }] })],
      ['DELETE', `/Groups/${group.body.id}`],
    ] as const) {
      const answer = await scim(token, method, path, body);
      expect(answer.status, `${method} ${path}`).to.equal(403);
      expect(answer.body.detail).to.include('limited to User');
    }
    for (const path of ['/', '/?filter=meta.resourceType pr'])
      expect(JSON.stringify((await scim(token, 'GET', path)).body)).not.to.include(group.body.id);
    const bulk = await scim(token, 'POST', '/Bulk', {
      schemas: [bulkRequest],
      Operations: [{ method: 'DELETE', path: `/Groups/${group.body.id}` }],
    });
    expect(bulk.body.Operations[0].status).to.equal('403');
    expect((await scim(testToken, 'GET', `/Groups/${group.body.id}`)).status).to.equal(200);
  });

  it('to a resource type or to attributes gain nothing by the scope admin: not by the API, and no limit is lifted', async () => {
    const admin = { scopes: ['admin', 'scim:read', 'scim:write'] };
    const [groups, titles, whole] = [
      await make({ ...admin, name: 'groups', resourceTypes: ['Group'] }),
      await make({ ...admin, name: 'titles', attributes: ['title'] }),
      await make({ ...admin, name: 'whole' }),
    ];
    const id = await person();
    const reads = ['/users', `/users/${id}`, '/users.csv', '/onboarding', '/deleted-users', '/requests', '/deliveries'];
    for (const path of reads) expect((await call(groups.token, 'GET', `/admin/v1${path}`)).status, path).to.equal(403);
    const user = { userName: 'made@admin.example' };
    for (const [method, path, body] of [
      ['POST', '/users', { user }],
      ['POST', `/users/${id}/deactivate`, {}],
      ['DELETE', `/users/${id}`, undefined],
      ['POST', '/imports', {}],
      ['PATCH', '/settings', { productName: 'Mine' }],
      ['POST', '/administrators', { email: 'me@admin.example', name: 'Me', role: 'owner' }],
    ] as const)
      for (const { token } of [groups, titles])
        expect((await call(token, method, `/admin/v1${path}`, body)).status, `${method} ${path}`).to.equal(403);
    expect((await call(groups.token, 'GET', '/admin/v1/groups')).status).to.equal(200);
    expect((await call(titles.token, 'GET', `/admin/v1/users/${id}`)).status).to.equal(200);
    for (const order of [{ callsPerSecond: null }, { callsPerSecond: 100_000 }, { guard: null }]) {
      const own = await call(whole.token, 'PATCH', `/admin/v1/clients/${whole.id}`, order);
      expect(own.status, JSON.stringify(order)).to.equal(403);
      const other = await call(whole.token, 'POST', '/admin/v1/clients', { name: 'q', scopes: ['admin'], ...order });
      expect(other.status, JSON.stringify(order)).to.equal(403);
    }
    const slower = await call(whole.token, 'PATCH', `/admin/v1/clients/${whole.id}`, { callsPerSecond: 30 });
    expect(slower.status, JSON.stringify(slower.body)).to.equal(200);
  });

  it('to attributes write them on a person whose message was asked for anew', async () => {
    const extension = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
    const { token } = await make({ attributes: ['title'] });
    const id = await person();
    const again = patch({ op: 'add', path: `${extension}:resend`, value: 'a' });
    expect((await scim(testToken, 'PATCH', `/Users/${id}`, again)).status).to.be.below(300);
    const title = patch({ op: 'replace', path: 'title', value: 'Captain' });
    const answer = await scim(token, 'PATCH', `/Users/${id}`, title);
    expect(answer.status, JSON.stringify(answer.body)).to.be.below(300);
    const other = patch({ op: 'add', path: `${extension}:resend`, value: 'b' });
    expect((await scim(token, 'PATCH', `/Users/${id}`, other)).status).to.equal(403);
  });

  it('to attributes write no other, however they spell it, and may send what stays as it is', async () => {
    const id = await person({ name: { givenName: 'Ines', familyName: 'Okoro' } });
    const { token } = await make({ attributes: ['title', 'name.familyName', `${enterprise}:department`] });
    const allowed = patch(
      { op: 'replace', path: 'title', value: 'Mate' },
      { op: 'Replace', path: 'name.familyName', value: 'Vance' },
      { op: 'add', value: { [enterprise]: { department: 'Dock' }, userName: `limited-${people}@example.com` } },
    );
    expect((await scim(token, 'PATCH', `/Users/${id}`, allowed)).status).to.be.oneOf([200, 204]);
    const { body: now } = await scim(testToken, 'GET', `/Users/${id}`);
    expect(now).to.deep.include({ title: 'Mate', name: { givenName: 'Ines', familyName: 'Vance' } });
    expect(now[enterprise]).to.deep.equal({ department: 'Dock' });
    const put = { ...now, title: 'Captain' };
    const replaced = await scim(token, 'PUT', `/Users/${id}`, put);
    expect(replaced.status, JSON.stringify(replaced.body)).to.equal(200);

    const resent = patch({ op: 'add', path: `${latchkey}:resend`, value: 'once' });
    expect((await scim(testToken, 'PATCH', `/Users/${id}`, resent)).status).to.be.oneOf([200, 204]);
    const retitled = await scim(
      token,
      'PATCH',
      `/Users/${id}`,
      patch({ op: 'replace', path: 'title', value: 'Captain' }),
    );
    expect(retitled.status, JSON.stringify(retitled.body)).to.be.oneOf([200, 204]);

    for (const [what, method, body] of [
      ['another resend', 'PATCH', patch({ op: 'add', path: `${latchkey}:resend`, value: 'twice' })],
      ['a path', 'PATCH', patch({ op: 'replace', path: 'active', value: false })],
      ['a text for a boolean', 'PATCH', patch({ op: 'Replace', path: 'active', value: 'False' })],
      ['no path', 'PATCH', patch({ op: 'replace', value: { active: false } })],
      ['a dotted key', 'PATCH', patch({ op: 'replace', value: { 'name.givenName': 'X' } })],
      ['a URN in front', 'PATCH', patch({ op: 'replace', path: `${user}:nickName`, value: 'X' })],
      ['an extension', 'PATCH', patch({ op: 'add', path: `${enterprise}:costCenter`, value: '7' })],
      ['a value path', 'PATCH', patch({ op: 'add', path: 'emails[type eq "work"].value', value: 'a@b.example' })],
      ['a password', 'PATCH', patch({ op: 'replace', path: 'password', value: 'a-long-pass-phrase-1' })],
      ['an alias', 'PATCH', patch({ op: 'add', value: { 'urn:scim:wso2:schema': { askPassword: true } } })],
      ['one beside what is allowed', 'PATCH', patch({ op: 'replace', value: { title: 'X', displayName: 'X' } })],
      ['externalId', 'PATCH', patch({ op: 'add', path: 'externalId', value: 'x' })],
      ['a removal', 'PATCH', patch({ op: 'remove', path: 'name.givenName' })],
      ['another user name', 'PUT', { ...put, userName: 'other@example.com' }],
      ['what PUT leaves out', 'PUT', { schemas: [user], userName: put.userName, title: 'X' }],
      [
        'a flag of the first key',
        'PUT',
        { ...put, 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User': { sendPassword: true } },
      ],
      ['a removal as a whole', 'DELETE', undefined],
    ] as const) {
      const answer = await scim(token, method, `/Users/${id}`, body);
      expect(answer.status, `${what}: ${JSON.stringify(answer.body)}`).to.equal(403);
      const bulk = await scim(token, 'POST', '/Bulk', {
        schemas: [bulkRequest],
        Operations: [{ method, path: `/Users/${id}`, ...(body === undefined ? {} : { data: body }) }],
      });
      expect(bulk.body.Operations[0].status, `${what} in Bulk`).to.equal('403');
    }
    expect((await scim(token, 'POST', '/Users', { schemas: [user], userName: 'new@example.com' })).status).to.equal(
      403,
    );
    const { body: after } = await scim(testToken, 'GET', `/Users/${id}`);
    expect(after).to.deep.include({ title: 'Captain', active: true, userName: put.userName });
    const group = await scim(testToken, 'POST', '/Groups', { displayName: 'Dock' });
    const join = patch({ op: 'add', path: 'members', value: [{ value: id }] });
    expect((await scim(token, 'PATCH', `/Groups/${group.body.id}`, join)).status).to.equal(403);
    const me = await make({ attributes: ['title'], me: id });
    expect(
      (await scim(me.token, 'PATCH', '/Me', patch({ op: 'replace', path: 'nickName', value: 'X' }))).status,
    ).to.equal(403);
    expect(
      (await scim(me.token, 'PATCH', '/Me', patch({ op: 'replace', path: 'title', value: 'Captain' }))).status,
    ).to.be.oneOf([200, 204]);
  });

  it('by a pause are told to come again, at once, on every interface', async () => {
    const { id, token } = await make({ scopes: ['scim:read', 'scim:write', 'admin', 'bounces'] });
    expect((await scim(token, 'GET', '/Users?count=1')).status).to.equal(200);
    expect((await call(testToken, 'PATCH', `/admin/v1/clients/${id}`, { paused: true })).status).to.equal(200);
    for (const [method, path] of [
      ['GET', '/scim/v2/Users?count=1'],
      ['POST', '/scim/v2/Bulk'],
      ['GET', '/admin/v1/clients'],
      ['POST', '/hooks/v1/bounces/ses'],
    ] as const) {
      const answer = await call(token, method, path, method === 'POST' ? {} : undefined);
      expect(answer.status, path).to.equal(429);
      expect(answer.body, path).to.include({ status: '429' });
      expect(Number(answer.headers.get('retry-after')), path).to.be.greaterThan(0);
    }
    await call(testToken, 'PATCH', `/admin/v1/clients/${id}`, { paused: false });
    expect((await scim(token, 'GET', '/Users?count=1')).status).to.equal(200);
  });

  it('to a rate are answered 429 with a SCIM error beyond it, and others at the same address are not', async function () {
    // The stand-in for MongoDB may be slower than the lowest rate there is.
    if (store !== 'SQLite') return this.skip();
    const { token } = await make({ callsPerSecond: 25 });
    const other = await make({});
    const answers = await Promise.all(Array.from({ length: 300 }, () => scim(token, 'GET', '/ServiceProviderConfig')));
    const refused = answers.filter(({ status }) => status === 429);
    // Fifty at once, and as many more as the seconds of the rest allow.
    expect(refused.length).to.be.within(1, 250);
    expect(refused[0]?.body.schemas).to.deep.equal(['urn:ietf:params:scim:api:messages:2.0:Error']);
    expect(refused[0]?.headers.get('retry-after')).to.equal('1');
    const { status, body } = await scim(other.token, 'GET', '/ServiceProviderConfig');
    expect(status).to.equal(200);
    expect(body, 'strict clients refuse what RFC 7643 does not have').not.to.have.any.keys(
      'securityEvents',
      'agentExtension',
      'interopProfileConformant',
    );
  });

  it('by the end of their credential hear so, and the request log has it under them, in every process at once', async function () {
    this.timeout(240_000);
    const { folder, mongodbUri } = served();
    const { id, token, credential } = await make({ name: 'ended' });
    const second = mongodbUri === undefined ? undefined : await launch({ MONGODB_URI: mongodbUri, ...key });
    try {
      const here = (from: Pick<Served, 'url'> = served()) =>
        call(token, 'GET', '/scim/v2/Users?count=1', undefined, from);
      expect((await here()).status).to.equal(200);
      if (second !== undefined) expect((await here(second)).status).to.equal(200);
      const path = `/admin/v1/clients/${id}/credentials`;
      const used = await call(testToken, 'GET', path);
      expect(used.body.credentials[0]).to.have.property('lastUsedFrom', '127.0.0.1');
      expect((await call(testToken, 'DELETE', `${path}/${credential}`)).status).to.equal(204);
      for (const from of [served(), ...(second === undefined ? [] : [second])]) {
        const answer = await here(from);
        expect(answer.status).to.equal(401);
        expect(answer.body.detail).to.include('revoked at');
        expect(answer.headers.get('www-authenticate')).to.include('invalid_token');
      }
      const log = await call(testToken, 'GET', `/admin/v1/requests?client=${id}`);
      expect(log.body.requests[0]).to.deep.include({
        status: 401,
        outcome: 'endedCredential',
        client: { id, name: 'ended' },
      });
    } finally {
      await second?.end('SIGTERM');
    }
    expect(folder === undefined).to.equal(mongodbUri !== undefined);
  });

  it('fail no request while their credentials rotate, 25 times a second', async () => {
    const { id, token, credential } = await make({ name: 'rotating' });
    let [current, currentId] = [token, credential];
    let done = 0;
    const failures: string[] = [];
    const until = Date.now() + 4000;
    const calling = (async () => {
      const calls: Promise<void>[] = [];
      while (Date.now() < until) {
        calls.push(
          scim(current, 'GET', '/Users?count=1').then(({ status, body }) => {
            if (status === 200) done += 1;
            else failures.push(`${status} ${body.detail}`);
          }),
        );
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
      await Promise.all(calls);
    })();
    while (Date.now() < until) {
      const path = `/admin/v1/clients/${id}/credentials/${currentId}/rotate`;
      const { body } = await call(testToken, 'POST', path, {});
      [current, currentId] = [body.token, body.id];
      await call(testToken, 'PATCH', `/admin/v1/clients/${id}`, { owns: ['title'] });
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    await calling;
    expect(failures).to.deep.equal([]);
    expect(done).to.be.greaterThan(20);
    expect((await scim(token, 'GET', '/Users?count=1')).status).to.equal(200);
  });
});
