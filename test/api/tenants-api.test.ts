import { expect } from 'chai';
import type { Json } from '../../src/base/json.ts';
import { event } from '../contract/fixtures.ts';
import { AdminBench } from '../support/admin-bench.ts';

describe('/admin/v1/tenants and /admin/v1/settings', () => {
  let bench: AdminBench;
  beforeEach(async () => {
    bench = new AdminBench({}, 'default');
    await bench.tenants.open();
  });
  const operator = (method: 'get' | 'post' | 'patch' | 'delete', path: string, body?: Json) =>
    bench.call(method, `/admin/v1/tenants${path}`, body, 'admin operator');
  const admin = (method: 'get' | 'patch', body?: Json) => bench.call(method, '/admin/v1/settings', body);

  it('make a tenant with a first client, whose token is shown once and has every scope but operator', async () => {
    const { status, body } = await operator('post', '', { id: 'acme', name: 'Acme' });
    expect(status).to.equal(201);
    expect(body).to.include({
      id: 'acme',
      name: 'Acme',
      status: 'active',
      scimUrl: 'https://keys.example/first/t/acme/scim/v2',
    });
    const found = await bench.clients.callers.find(body.token as string);
    expect([found?.credential.tenant, found?.client?.id]).to.deep.equal(['acme', body.client]);
    expect(found?.client?.scopes).to.include('admin').and.not.include('operator');
    expect(JSON.stringify((await operator('get', '/acme')).body)).not.to.include(body.token);
    expect((await operator('get', '')).body.tenants.map(({ id }: { id: string }) => id)).to.deep.equal([
      'default',
      'acme',
    ]);
  });

  for (const [title, order, status, told] of [
    ['an upper-case id', { id: 'Acme', name: 'A' }, 400, 'id'],
    ['an id with a slash', { id: 'a/b', name: 'A' }, 400, 'id'],
    ['an id of 41 characters', { id: 'a'.repeat(41), name: 'A' }, 400, 'id'],
    ['the id of the installation', { id: '*', name: 'A' }, 400, 'id'],
    ['no name', { id: 'acme' }, 400, 'name'],
    ['an unknown field', { id: 'acme', name: 'A', settings: {} }, 400, 'settings'],
    ['an id that is taken', { id: 'default', name: 'A' }, 409, 'default'],
  ] as const) {
    it(`refuse ${title}`, async () => {
      const { status: got, body } = await operator('post', '', order);
      expect([got, body.detail]).to.satisfy(
        ([code, detail]: [number, string]) => code === status && detail.includes(told),
      );
    });
  }

  it('want the scope operator, whatever else a client may do', async () => {
    for (const [method, path] of [
      ['get', ''],
      ['post', ''],
      ['get', '/default'],
      ['patch', '/default'],
      ['delete', '/default'],
      ['get', '/default/export'],
    ] as const)
      expect((await bench.call(method, `/admin/v1/tenants${path}`, {})).status, `${method} ${path}`).to.equal(403);
  });

  it('rename, suspend and resume; what sends is told of a tenant that may send again', async () => {
    await operator('post', '', { id: 'acme', name: 'Acme' });
    expect((await operator('patch', '/acme', { name: 'Acme Ltd', status: 'suspended' })).body).to.include({
      name: 'Acme Ltd',
      status: 'suspended',
    });
    expect(bench.tenants.of('acme').status).to.equal('suspended');
    expect(bench.woken).to.equal(0);
    expect((await operator('patch', '/acme', { status: 'active' })).body.status).to.equal('active');
    expect(bench.woken).to.equal(1);
    expect((await operator('patch', '/acme', { status: 'gone' })).status).to.equal(400);
    expect((await operator('patch', '/nobody', { name: 'x' })).status).to.equal(404);
    expect((await operator('patch', '/default', { status: 'suspended' })).status).to.equal(409);
  });

  it('erase a tenant: it does not exist from then on, its keys are gone, its id is not free at once', async () => {
    await operator('post', '', { id: 'acme', name: 'Acme' });
    expect((await operator('delete', '/acme')).status).to.equal(204);
    expect(bench.erased).to.deep.equal(['acme']);
    expect(bench.tenants.find('acme')).to.equal(undefined);
    expect((await operator('get', '/acme')).status).to.equal(404);
    expect((await operator('delete', '/acme')).status).to.equal(404);
    expect((await operator('post', '', { id: 'acme', name: 'Acme' })).body.detail).to.include('being erased');
    expect((await operator('delete', '/default')).status).to.equal(409);
  });

  it('export what is kept as JSON Lines', async () => {
    await operator('post', '', { id: 'acme', name: 'Acme' });
    await bench.auditLog.append([event('told', { tenant: 'acme', name: 'ines@acme.example' })]);
    await bench.auditLog.seal('acme', 10);
    const rights = { scopes: ['operator'] };
    const call = {
      actor: { tenant: 'default', client: '', requestId: '', rights },
      id: '',
      params: { tenant: 'acme' },
    };
    const { file } = await bench.operations['exportTenant']!({ ...call, query: {}, body: {} });
    let text = '';
    for await (const chunk of file?.chunks ?? []) text += chunk;
    const lines = text.trim().split('\n');
    expect(file?.name).to.equal('acme.jsonl');
    expect(lines.map((line) => (JSON.parse(line) as { kind: string }).kind)).to.include.members(['tenant', 'client']);
    const [told] = lines.map((line) => JSON.parse(line)).filter(({ kind }) => kind === 'auditEvent');
    expect(told).to.deep.include({
      id: 'told',
      seq: 1,
      target: { type: 'User', id: 'u1', name: 'ines@acme.example', version: 1 },
    });
    expect(lines.filter((line) => !line.includes('auditEvent')).join()).not.to.match(/lk_|salt|hash/i);
  });

  it('show what is in force, what is pinned, what the tenant has set, and the defaults', async () => {
    expect((await admin('patch', { productName: 'Harbour' })).status).to.equal(200);
    const { body } = await admin('get');
    expect(body.settings).to.include({ productName: 'Harbour' });
    expect(body.own).to.deep.equal({ productName: 'Harbour' });
    expect(body.pinned).to.deep.equal(['passwords.history']);
    expect([body.settings.passwords.history, body.defaults.passwords.history]).to.deep.equal([6, 5]);
    expect(body.defaults.productName).to.equal('Latchkey');
    expect((await admin('patch', { productName: null })).body.settings.productName).to.equal('Latchkey');
  });

  for (const [title, patch, told] of [
    ['an unknown setting', { onboarding: { colour: 1 } }, 'onboarding.colour'],
    ['a wrong type', { passwords: { minLength: '20' } }, 'passwords.minLength'],
    ['a value out of range', { onboarding: { expiryMinutes: { smsOtp: -2 } } }, 'onboarding.expiryMinutes.smsOtp'],
    ['a time zone that is none', { timezone: 'Mars/Olympus' }, 'timezone'],
    ['a code that is too easy to guess', { onboarding: { code: { length: 4, uppercase: false } } }, 'onboarding.code'],
    ['a pinned setting', { passwords: { history: 3 } }, 'passwords.history'],
    ['the group around a pinned setting', { passwords: null }, 'passwords'],
    ['a scalar in place of that group', { passwords: 3 }, 'passwords'],
    ['__proto__', JSON.parse('{"__proto__": {"x": 1}}') as Json, '__proto__'],
  ] as const) {
    it(`refuse ${title}, naming it, and change nothing`, async () => {
      const before = (await admin('get')).body;
      const { status, body } = await admin('patch', patch);
      expect(status).to.equal(400);
      expect(body.detail).to.include(told);
      expect((await admin('get')).body).to.deep.equal(before);
    });
  }

  it('refuse one wrong setting among good ones as a whole', async () => {
    expect((await admin('patch', { productName: 'Harbour', locale: 'x' })).status).to.equal(400);
    expect((await admin('get')).body.settings.productName).to.equal('Latchkey');
  });

  for (const [title, patch] of [
    ['the SMS gateway', { sms: { gatewayUrl: 'https://sms.example' } }],
    ['its preset', { sms: { preset: 'twilio', from: 'MG1' } }],
    [
      'a webhook with a secret of the installation',
      { webhooks: [{ id: 'x', url: 'https://x.example', secrets: ['env:HOME'] }] },
    ],
    ['a webhook that is a module', { webhooks: [{ id: 'x', kind: 'module', module: 'x.mjs' }] }],
  ] as const) {
    it(`let nobody but the operator set ${title}`, async () => {
      const { status, body } = await admin('patch', patch as unknown as Json);
      expect(status).to.equal(403);
      expect(body.detail).to.include('operator');
    });
  }

  it('let nobody name a module by the API, the operator neither: it runs with the rights of the server', async () => {
    const crm = { id: 'crm', kind: 'module', module: 'crm.mjs', events: ['user.*'], attributes: ['userName'] };
    for (const webhooks of [[crm], [{ id: 'crm', module: 'crm.mjs' }]])
      for (const scopes of ['admin', 'admin operator']) {
        const { status, body } = await bench.call('patch', '/admin/v1/settings', { webhooks }, scopes);
        expect([status, body.detail]).to.deep.equal([
          403,
          'A webhook that is a module runs with the rights of the server: the operator names it, in LATCHKEY_SETTINGS.',
        ]);
      }
    expect((await admin('get')).body.settings.webhooks).to.deep.equal([]);
  });

  it('let the operator set the SMS gateway, and others go on with what is set', async () => {
    const gateway = { sms: { gatewayUrl: 'https://sms.example' } };
    expect((await bench.call('patch', '/admin/v1/settings', gateway, 'admin operator')).status).to.equal(200);
    expect((await admin('patch', { ...gateway, productName: 'Harbour' })).body.settings.sms.gatewayUrl).to.equal(
      'https://sms.example',
    );
  });

  it('take changes at once by many, and lose none', async () => {
    const names = ['managerNotice', 'activationNotice', 'verifyEmail', 'inviteEveryone'];
    const answers = await Promise.all(names.map((name) => admin('patch', { onboarding: { [name]: true } })));
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200]);
    expect((await admin('get')).body.own.onboarding).to.deep.equal(
      Object.fromEntries(names.map((name) => [name, true])),
    );
  });
});
