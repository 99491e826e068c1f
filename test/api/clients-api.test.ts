import { generateKeyPair, exportJWK } from 'jose';
import { expect } from 'chai';
import type { Json } from '../../src/base/json.ts';
import { AdminBench } from '../support/admin-bench.ts';

const full = 'admin scim:read scim:write';
const operator = 'admin operator';

describe('/admin/v1/clients', () => {
  let bench: AdminBench;
  beforeEach(() => {
    bench = new AdminBench();
  });
  const at = (id: string, more = '') => `/admin/v1/clients/${id}${more}`;
  const create = async (order: Json = { name: 'Okta' }, by = full) =>
    bench.call('post', '/admin/v1/clients', order, by);
  const made = async (order?: Json, by?: string): Promise<string> => (await create(order, by)).body.id as string;
  const credential = async (id: string, order: Json = { kind: 'token' }, by = full) =>
    bench.call('post', at(id, '/credentials'), order, by);

  it('makes a client, lists, reads, changes and removes it', async () => {
    const answer = await create({ name: 'Okta', profile: 'okta', scopes: ['scim:read', 'scim:write'] });
    expect(answer.status).to.equal(201);
    expect(answer.body).to.deep.include({
      name: 'Okta',
      profile: 'okta',
      scopes: ['scim:read', 'scim:write'],
      callsPerSecond: 50,
      paused: false,
      existing: 'refuse',
      owns: [],
      guard: { count: 5, share: 0.1, minutes: 60 },
      createdBy: `client with ${full}`,
    });
    const { id } = answer.body as { id: string };
    expect((await bench.call('get', '/admin/v1/clients')).body.clients).to.deep.equal([
      { ...answer.body, credentials: 'none' },
    ]);
    expect((await bench.call('get', at(id))).body).to.deep.equal(answer.body);
    const changed = await bench.call('patch', at(id), { guard: null, paused: true, callsPerSecond: null }, full);
    expect(changed.body).to.deep.equal({ ...answer.body, guard: null, paused: true, callsPerSecond: null });
    expect((await bench.call('delete', at(id))).status).to.equal(204);
    expect((await bench.call('get', at(id))).status).to.equal(404);
    expect((await bench.call('delete', at(id))).status).to.equal(404);
    expect((await bench.call('patch', at(id), { paused: false }, full)).status).to.equal(404);
  });

  for (const [field, order] of Object.entries<Json>({
    name: { name: ' ' },
    'name with a control character': { name: 'a\u0007b' },
    scopes: { name: 'x', scopes: ['scim:all'] },
    'no scopes': { name: 'x', scopes: [] },
    profile: { name: 'x', profile: 'aol' },
    callsPerSecond: { name: 'x', callsPerSecond: 24 },
    resourceTypes: { name: 'x', resourceTypes: ['Users'] },
    'no resourceTypes': { name: 'x', resourceTypes: [] },
    attributes: { name: 'x', attributes: ['shoeSize'] },
    owns: { name: 'x', owns: ['name.shoeSize'] },
    me: { name: 'x', me: 'nobody' },
    guard: { name: 'x', guard: { count: 1 } },
    'a field that is not known': { name: 'x', colour: 'red' },
  })) {
    it(`refuses ${field} that is wrong, and says which field`, async () => {
      const { status, body } = await create(order);
      expect(status).to.equal(400);
      const [, name = ''] = Object.entries({ 'a field that is not known': 'colour' }).find(([k]) => k === field) ?? [
        '',
        field.split(' ').find((word) => word in (order as object)) ?? 'name',
      ];
      expect(body.detail).to.include(name);
    });
  }

  it('keeps limits as the schemas write them, and lifts them by null', async () => {
    const id = await made({
      name: 'HR',
      resourceTypes: ['User'],
      attributes: ['TITLE', 'name.familyname', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:department'],
    });
    expect((await bench.call('get', at(id))).body).to.deep.include({
      resourceTypes: ['User'],
      attributes: ['title', 'name.familyName', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department'],
    });
    const { body } = await bench.call('patch', at(id), { resourceTypes: null, attributes: null }, full);
    expect(body).not.to.have.any.keys('resourceTypes', 'attributes');
  });

  describe('hands out no more than its caller has', () => {
    it('neither scopes nor the lifting of limits, to new clients or old', async () => {
      expect((await create({ name: 'x', scopes: ['operator'] })).status).to.equal(403);
      expect((await create({ name: 'x' }, 'admin')).status).to.equal(403);
      expect((await create({ name: 'x', scopes: ['admin'] }, 'admin')).status).to.equal(201);
      const id = await made();
      for (const scopes of [['operator'], ['scim:read', 'audit:read'], ['auth']]) {
        const { status, body } = await bench.call('patch', at(id), { scopes }, full);
        expect(status).to.equal(403);
        expect(body.detail).to.include(scopes.at(-1));
      }
      expect((await bench.call('patch', at(id), { scopes: ['operator'] }, operator)).status).to.equal(200);
    });

    it('no credential of a client that may do more, by none of the ways', async () => {
      const id = await made({ name: 'x', scopes: ['operator', 'scim:read'] }, operator);
      const { body } = await credential(id, { kind: 'token' }, operator);
      const key = at(id, `/credentials/${body.id}`);
      expect((await credential(id)).status).to.equal(403);
      expect((await bench.call('post', `${key}/rotate`, {}, full)).status).to.equal(403);
      expect((await bench.call('delete', key, undefined, full)).status).to.equal(403);
      expect((await bench.call('delete', at(id), undefined, full)).status).to.equal(403);
      expect((await bench.call('patch', at(id), { paused: true }, full)).status).to.equal(403);
      expect((await bench.call('patch', at(id), { scopes: ['scim:read'] }, full)).status).to.equal(403);
      expect((await bench.call('post', `${key}/rotate`, {}, operator)).status).to.equal(201);
    });

    it('while pausing, revoking and removing need the scope admin alone', async () => {
      const id = await made();
      const { body } = await credential(id);
      expect((await bench.call('patch', at(id), { paused: true }, 'admin')).status).to.equal(200);
      expect((await bench.call('patch', at(id), { paused: false }, 'admin')).status).to.equal(403);
      expect((await bench.call('patch', at(id), { paused: true, scopes: ['admin'] }, 'admin')).status).to.equal(403);
      expect((await bench.call('delete', at(id, `/credentials/${body.id}`), undefined, 'admin')).status).to.equal(204);
      expect((await bench.call('delete', at(id), undefined, 'admin')).status).to.equal(204);
      expect((await create({ name: 'x' }, 'scim:read')).status).to.equal(403);
    });
  });

  describe('credentials', () => {
    const year = 365 * 86_400_000;

    it('are made with a token or secret that is shown once, and listed without', async () => {
      const id = await made();
      const token = await credential(id);
      expect(token.status).to.equal(201);
      expect(token.body).to.include({ kind: 'token', state: 'live' }).and.not.have.property('clientId');
      expect(token.body.token).to.match(/^lk_[\w-]{43}$/);
      expect(Date.parse(token.body.expiresAt) - Date.parse(token.body.createdAt)).to.equal(year);
      const secret = await credential(id, { kind: 'secret', expiresAt: '2033-01-01T00:00:00+02:00' });
      expect(secret.body).to.include({ kind: 'secret', clientId: id, expiresAt: '2032-12-31T22:00:00.000Z' });
      expect(secret.body.secret).to.match(/^lk_cs_[\w-]{43}$/);
      const { body } = await bench.call('get', at(id, '/credentials'));
      expect(body.credentials.map((one: { id: string }) => one.id)).to.have.members([token.body.id, secret.body.id]);
      expect(JSON.stringify(body)).not.to.match(/"token":|"secret":|hash/);
      expect(body.credentials[0].ending).to.equal(token.body.token.slice(-4));
      expect((await bench.clients.callers.find(token.body.token))?.client?.id).to.equal(id);
      expect(await bench.clients.callers.find(secret.body.secret)).to.equal(undefined);
    });

    it('show when they were last used, and from where', async () => {
      const id = await made();
      const { body } = await credential(id);
      const { tenant } = (await bench.clients.callers.find(body.token))!.credential;
      bench.clients.credentialUses.note({ tenant, client: id, id: body.id }, () => '192.0.2.7');
      const listed = await bench.call('get', at(id, '/credentials'));
      expect(listed.body.credentials[0]).to.include({ lastUsedFrom: '192.0.2.7' }).and.have.property('lastUsedAt');
    });

    it('rotate: the old one works on for 7 days, or as many as are asked for up to 30', async () => {
      const id = await made();
      const { body: old } = await credential(id);
      const days = (answer: { body: { replaced: { expiresAt: string }; createdAt: string } }) =>
        Math.round((Date.parse(answer.body.replaced.expiresAt) - Date.parse(answer.body.createdAt)) / 86_400_000);
      const thirty = await bench.call('post', at(id, `/credentials/${old.id}/rotate`), { keepDays: 30 }, full);
      expect(thirty.status).to.equal(201);
      expect(days(thirty)).to.equal(30);
      expect(thirty.body.token).to.match(/^lk_/).and.not.equal(old.token);
      expect(days(await bench.call('post', at(id, `/credentials/${old.id}/rotate`), {}, full))).to.equal(7);
      const none = await bench.call('post', at(id, `/credentials/${thirty.body.id}/rotate`), { keepDays: 0 }, full);
      expect(days(none)).to.equal(0);
      expect(
        (await bench.call('post', at(id, `/credentials/${old.id}/rotate`), { keepDays: 31 }, full)).status,
      ).to.equal(400);
    });

    it('are withdrawn once; what has ended is not rotated', async () => {
      const id = await made();
      const { body } = await credential(id);
      const key = at(id, `/credentials/${body.id}`);
      expect((await bench.call('delete', key)).status).to.equal(204);
      expect((await bench.call('delete', key)).status).to.equal(409);
      expect((await bench.call('post', `${key}/rotate`, {}, full)).status).to.equal(409);
      expect((await bench.call('delete', at(id, '/credentials/none'))).status).to.equal(404);
      expect((await bench.call('get', at(id, '/credentials'))).body.credentials[0]).to.include({ state: 'revoked' });
    });

    it('take public keys as a set or by its address, and the claims of another issuer', async () => {
      const id = await made();
      const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
      const [jwk, secretJwk] = [await exportJWK(publicKey), await exportJWK(privateKey)] as unknown as [Json, Json];
      const claims = { iss: 'https://issuer.example', sub: 's', aud: 'api://x', tid: 't' };
      const url = 'https://issuer.example/keys';
      const keys = await credential(id, { kind: 'keys', jwks: { keys: [jwk] } });
      expect(keys.status).to.equal(201);
      expect(keys.body).to.deep.include({ clientId: id, jwks: { keys: [jwk] } });
      const federation = await credential(id, { kind: 'federation', jwksUrl: url, ...claims });
      expect(federation.body).to.include({ jwksUrl: url, ...claims });
      const rotated = await bench.call('post', at(id, `/credentials/${federation.body.id}/rotate`), { aud: 'y' }, full);
      expect(rotated.body).to.include({ ...claims, aud: 'y', jwksUrl: url });

      for (const [told, order] of [
        ['jwks', { kind: 'keys' }],
        ['jwks', { kind: 'keys', jwks: { keys: [jwk] }, jwksUrl: url }],
        ['private', { kind: 'keys', jwks: { keys: [secretJwk] } }],
        ['private', { kind: 'keys', jwks: { keys: [jwk, { kty: 'oct', k: 'c2VjcmV0' }] } }],
        ['no key', { kind: 'keys', jwks: { keys: [] } }],
        ['no key', { kind: 'keys', jwks: { keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] } }],
        ['keys[0]', { kind: 'keys', jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }] } }],
        ['"keys"', { kind: 'keys', jwks: {} }],
        ['https', { kind: 'keys', jwksUrl: 'http://issuer.example/keys' }],
        ['not public', { kind: 'keys', jwksUrl: 'https://127.0.0.1/keys' }],
        ['not public', { kind: 'keys', jwksUrl: 'https://[::ffff:10.0.0.1]/keys' }],
        ['not public', { kind: 'keys', jwksUrl: 'https://169.254.169.254/keys' }],
        ['user name', { kind: 'keys', jwksUrl: 'https://me:you@issuer.example/keys' }],
        ['https', { kind: 'keys', jwksUrl: 'file:///etc/passwd' }],
        ['iss', { kind: 'federation', jwksUrl: url, sub: 's', aud: 'a' }],
        ['sub', { kind: 'federation', jwksUrl: url, iss: 'i', aud: 'a' }],
        ['aud', { kind: 'federation', jwksUrl: url, iss: 'i', sub: 's' }],
        ['iss', { kind: 'token', iss: 'i' }],
        ['jwks', { kind: 'secret', jwksUrl: url }],
        ['kind', { kind: 'basic' }],
        ['expiresAt', { kind: 'token', expiresAt: 'tomorrow' }],
        ['expiresAt', { kind: 'token', expiresAt: '2001-01-01T00:00:00Z' }],
        ['three years', { kind: 'token', expiresAt: '2099-01-01T00:00:00Z' }],
        ['expiresAt', { kind: 'token', expiresAt: null }],
      ] as readonly (readonly [string, Json])[]) {
        const { status, body } = await credential(id, order);
        expect(status, JSON.stringify(order)).to.equal(400);
        expect(body.detail, JSON.stringify(order)).to.include(told);
      }
    });
  });
});
