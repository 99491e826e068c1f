import { expect } from 'chai';
import { testToken } from '../support/launch.ts';
import { describeOnBothStores } from '../support/served-stores.ts';

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const own = 'urn:ietf:params:scim:schemas:extension:tenant:2.0:User';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const attributes = { shift: 'string', skills: 'strings', forklift: 'boolean', locker: 'integer', until: 'dateTime' };

describeOnBothStores('attributes that a tenant adds', {}, (served) => {
  const tokens: Record<string, string> = {};
  async function call(method: string, path: string, body?: object, token = testToken): Promise<any> {
    const answer = await fetch(served().url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  }
  const at = (tenant: string, method: string, path: string, body?: object): Promise<any> =>
    call(method, `/t/${tenant}${path}`, body, tokens[tenant]);
  const scim = (tenant: string, method: string, path: string, body?: object) =>
    at(tenant, method, `/scim/v2${path}`, body);
  const set = (value: object | null) => at('acme', 'PATCH', '/admin/v1/settings', { scim: { attributes: value } });
  const found = async (filter: string): Promise<string[]> => {
    const { status, body } = await scim('acme', 'GET', `/Users?filter=${encodeURIComponent(filter)}`);
    expect(status, `${filter}: ${JSON.stringify(body)}`).to.equal(200);
    return (body.Resources ?? []).map(({ userName }: any) => userName);
  };
  let id = '';

  before(async () => {
    for (const tenant of ['acme', 'bolt'])
      tokens[tenant] = (await call('POST', '/admin/v1/tenants', { id: tenant, name: tenant })).body.token;
    // Somebody who was there before the attributes.
    await scim('acme', 'POST', '/Users', { schemas: [user], userName: 'earlier@acme.example' });
    const { status, body } = await set(attributes);
    expect(status, JSON.stringify(body)).to.equal(200);
  });

  it('are in its schemas and resource type at once, and in no other tenant’s', async () => {
    const { body } = await scim('acme', 'GET', `/Schemas/${own}`);
    expect(body.attributes.map(({ name, type, multiValued }: any) => [name, type, multiValued])).to.deep.equal([
      ['shift', 'string', false],
      ['skills', 'string', true],
      ['forklift', 'boolean', false],
      ['locker', 'integer', false],
      ['until', 'dateTime', false],
    ]);
    const type = (await scim('acme', 'GET', '/ResourceTypes/User')).body;
    expect(type.schemaExtensions).to.deep.include({ schema: own, required: false });
    for (const path of [`/t/bolt/scim/v2/Schemas/${own}`, `/scim/v2/Schemas/${own}`]) {
      const token = path.startsWith('/t/') ? tokens['bolt'] : testToken;
      expect((await call('GET', path, undefined, token)).status, path).to.equal(404);
    }
  });

  it('are written, checked, filtered, sorted, patched and returned like all others', async () => {
    const made = await scim('acme', 'POST', '/Users', {
      schemas: [user, own],
      userName: 'ines@acme.example',
      [own]: {
        shift: 'Late',
        skills: ['Welding', 'diving'],
        forklift: 'True',
        locker: 7,
        until: '2031-05-06T07:08:09Z',
      },
    });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    ({ id } = made.body);
    expect(made.body[own]).to.include({ shift: 'Late', forklift: true, locker: 7 });
    for (const filter of [
      `${own}:shift eq "late"`,
      'shift sw "LA"',
      `${own}:skills eq "WELDING"`,
      'forklift eq true',
      'locker gt 6',
      `${own}:until lt "2032-01-01T00:00:00Z"`,
    ])
      expect(await found(filter), filter).to.deep.equal(['ines@acme.example']);
    const wrong = await scim('acme', 'POST', '/Users', {
      schemas: [user, own],
      userName: 'wrong@acme.example',
      [own]: { locker: 'seven' },
    });
    expect([wrong.status, wrong.body.detail.includes('locker')]).to.deep.equal([400, true]);
    const patched = await scim('acme', 'PATCH', `/Users/${id}`, {
      schemas: [patchOp],
      Operations: [
        { op: 'replace', path: `${own}:shift`, value: 'early' },
        { op: 'add', path: `${own}:skills`, value: ['sewing'] },
      ],
    });
    expect(patched.body[own]).to.deep.include({ shift: 'early', skills: ['Welding', 'diving', 'sewing'] });
    expect(await found('shift eq "late"')).to.deep.equal([]);
    expect(await found('skills eq "sewing"')).to.deep.equal(['ines@acme.example']);
    const earlier = (await scim('acme', 'GET', '/Users?filter=userName%20sw%20%22earlier%22')).body.Resources[0];
    await scim('acme', 'PATCH', `/Users/${earlier.id}`, {
      schemas: [patchOp],
      Operations: [{ op: 'add', value: { [`${own}:shift`]: 'night' } }],
    });
    expect(await found('shift eq "night"')).to.deep.equal(['earlier@acme.example']);
    const sorted = await scim('acme', 'GET', `/Users?sortBy=${encodeURIComponent(`${own}:shift`)}`);
    expect(sorted.body.Resources.map(({ userName }: any) => userName)[0]).to.equal('ines@acme.example');
  });

  it('are found after writes that do not know of them: by an administrator, a page, time', async () => {
    for (const action of ['demand-password', 'invite', 'deactivate', 'reactivate'])
      await at('acme', 'POST', `/admin/v1/users/${id}/${action}`, {});
    expect(await found('shift eq "early" and locker eq 7')).to.deep.equal(['ines@acme.example']);
    expect((await scim('acme', 'GET', `/Users/${id}`)).body[own]).to.include({ shift: 'early', locker: 7 });
  });

  it('may be named by limits of clients, and change what the audit tells', async () => {
    const limited = await at('acme', 'POST', '/admin/v1/clients', { name: 'lockers', attributes: [`${own}:locker`] });
    expect(limited.status, JSON.stringify(limited.body)).to.equal(201);
    const { body: credential } = await at('acme', 'POST', `/admin/v1/clients/${limited.body.id}/credentials`, {
      kind: 'token',
    });
    const patch = (path: string, value: unknown) =>
      call(
        'PATCH',
        `/t/acme/scim/v2/Users/${id}`,
        { schemas: [patchOp], Operations: [{ op: 'replace', path, value }] },
        credential.token,
      );
    expect((await patch(`${own}:locker`, 8)).status).to.equal(200);
    expect((await patch(`${own}:shift`, 'late')).status).to.equal(403);
    const events = await scim('acme', 'GET', `/AuditEvents?filter=${encodeURIComponent(`target.id eq "${id}"`)}`);
    expect(JSON.stringify(events.body)).to.include(`${own}:locker`);
  });

  it('cannot be lost: one that is there keeps its kind, and names that mean another thing are refused', async () => {
    for (const [change, word] of [
      [{ shift: null }, 'removed'],
      [{ shift: 'integer' }, 'kind'],
      [{ userName: 'string' }, 'already'],
      [{ department: 'string' }, 'already'],
      [{ SHIFT: 'string' }, 'twice'],
      [{ constructor: 'string' }, 'name'],
      [{ 'a b': 'string' }, 'scim.attributes'],
      [{ good: 'complex' }, 'scim.attributes'],
    ] as const) {
      const { status, body } = await set(change);
      expect([status, String(body.detail)], JSON.stringify(change)).to.satisfy(
        ([code, detail]: [number, string]) => code === 400 && detail.includes(word),
      );
    }
    expect((await set({ badge: 'string' })).status).to.equal(200);
    expect((await scim('acme', 'GET', `/Schemas/${own}`)).body.attributes).to.have.length(6);
  });

  it('mean nothing to the other tenants: their users have none, and filters by them are refused', async () => {
    const made = await scim('bolt', 'POST', '/Users', {
      schemas: [user, own],
      userName: 'ines@acme.example',
      [own]: { shift: 'late' },
    });
    expect([made.status, made.body[own]]).to.deep.equal([201, undefined]);
    expect((await scim('bolt', 'GET', '/Users?filter=shift%20eq%20%22late%22')).status).to.equal(400);
  });
});
