import { expect } from 'chai';
import * as oauth from 'oauth4webapi';
import type { Client } from '../../src/domain/client.ts';
import { UnauthorizedError } from '../../src/caller/authenticate.ts';
import { OauthBench, signingKey, type SigningKey } from '../support/oauth-bench.ts';

const insecure = { [oauth.allowInsecureRequests]: true };

describe('the token endpoint', () => {
  let bench: OauthBench;
  let client: Client;
  let key: SigningKey;
  const grant = { grant_type: 'client_credentials' };
  const secretOf = async (expiresAt?: string) =>
    (await bench.parts.clients.credentials.add({
      tenant: 'default',
      client: client.id,
      kind: 'secret',
      ...(expiresAt === undefined ? {} : { expiresAt }),
    }))!;
  const callWith = async (token: string) =>
    bench.authenticate({ headers: { authorization: `Bearer ${token}` }, rawHeaders: [], socket: undefined as never });
  const refusal = async (token: string): Promise<string> =>
    callWith(token).then(
      () => 'it was let in',
      (cause: unknown) => (cause as Error).message,
    );

  before(async () => {
    key = await signingKey('RS256', 'k1');
  });
  beforeEach(async () => {
    bench = new OauthBench();
    await bench.start();
    client = await bench.client();
  });
  afterEach(() => bench.stop());

  describe('with a standard client', () => {
    const discover = async (): Promise<oauth.AuthorizationServer> => {
      const issuer = new URL(bench.url);
      const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
      return oauth.processDiscoveryResponse(issuer, answer);
    };
    const get = async (by: oauth.ClientAuth, id = client.id): Promise<oauth.TokenEndpointResponse> => {
      const server = await discover();
      const caller = { client_id: id };
      const answer = await oauth.clientCredentialsGrantRequest(server, caller, by, { scope: 'scim' }, insecure);
      return oauth.processClientCredentialsResponse(server, caller, answer);
    };

    it('tells its metadata (RFC 8414), also of a tenant', async () => {
      expect(await discover()).to.deep.include({
        issuer: bench.url,
        token_endpoint: `${bench.url}/oauth/token`,
        grant_types_supported: ['client_credentials'],
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
      });
      const issuer = new URL(`${bench.url}/t/acme`);
      const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
      expect(await oauth.processDiscoveryResponse(issuer, answer)).to.include({
        token_endpoint: `${bench.url}/t/acme/oauth/token`,
      });
      expect((await fetch(`${bench.url}/.well-known/oauth-authorization-server/t/none`)).status).to.equal(404);
    });

    for (const [method, by] of [
      ['client_secret_basic', oauth.ClientSecretBasic],
      ['client_secret_post', oauth.ClientSecretPost],
    ] as const) {
      it(`issues an access token for ${method}, which calls as the client`, async () => {
        const { value, credential } = await secretOf();
        const { access_token: token, token_type: type, expires_in: seconds, scope } = await get(by(value!));
        expect({ type, seconds, scope }).to.deep.equal({
          type: 'bearer',
          seconds: 3600,
          scope: 'scim:read scim:write',
        });
        expect(token).to.match(/^lk_at_/);
        expect(await callWith(token)).to.include({ id: client.id, credential: credential.id });
      });
    }

    for (const algorithm of ['RS256', 'PS256', 'ES256', 'EdDSA'] as const) {
      it(`issues an access token for private_key_jwt with ${algorithm}, by the keys themselves or their address`, async () => {
        bench.now = Date.now(); // oauth4webapi has a clock of its own
        const { jwk, privateKey, kid } = await signingKey(algorithm, 'own');
        bench.issuer.keys = [{ jwk, privateKey, kid, algorithm }];
        for (const keys of [{ jwks: { keys: [{ ...jwk }] } as never }, { jwksUrl: 'https://client.example/keys' }]) {
          const own = await bench.client();
          await bench.parts.clients.credentials.add({ tenant: 'default', client: own.id, kind: 'keys', keys });
          const { access_token: token } = await get(oauth.PrivateKeyJwt({ key: privateKey, kid }), own.id);
          expect(await callWith(token)).to.include({ id: own.id });
        }
      });
    }
  });

  it('answers what is wrong in the form of RFC 6749 §5.2', async () => {
    const { value } = await secretOf();
    const secret = { client_id: client.id, client_secret: value! };
    const pair = (id: string, text: string) => `Basic ${Buffer.from(`${id}:${text}`).toString('base64')}`;
    for (const [error, parameters, headers] of [
      ['invalid_request', secret],
      ['unsupported_grant_type', { ...secret, grant_type: 'authorization_code' }],
      ['unsupported_grant_type', { ...secret, grant_type: 'password', username: 'a', password: 'b' }],
      ['invalid_client', grant],
      ['invalid_client', { ...grant, client_id: client.id }],
      ['invalid_client', { ...grant, ...secret, client_secret: 'wrong' }],
      ['invalid_client', { ...grant, ...secret, client_id: 'none' }],
      ['invalid_client', grant, { authorization: 'Bearer x' }],
      ['invalid_client', grant, { authorization: 'Basic !' }],
      ['invalid_client', grant, { authorization: pair('', value!) }],
      ['invalid_client', grant, { authorization: pair('%zz', value!) }],
      ['invalid_request', { ...grant, ...secret }, { authorization: pair(client.id, value!) }],
      ['invalid_request', { ...grant, client_id: 'x' }, { authorization: pair(client.id, value!) }],
      ['invalid_request', { ...bench.asserting('a.b.c'), ...secret }],
      ['invalid_request', { ...bench.asserting('a.b.c'), client_assertion_type: 'saml' }],
      ['invalid_request', { ...bench.asserting(''), client_id: client.id }],
      ['invalid_scope', { ...grant, ...secret, scope: 'everything' }],
      ['invalid_scope', { ...grant, ...secret, scope: 'admin' }],
      ['invalid_request', `grant_type=client_credentials&grant_type=client_credentials&client_id=${client.id}`],
      ['invalid_request', JSON.stringify({ ...grant, ...secret }), { 'content-type': 'application/json' }],
    ] as readonly [string, Record<string, string> | string, Record<string, string>?][]) {
      const { status, body, headers: answered } = await bench.post(parameters, headers);
      const what = JSON.stringify([parameters, headers]);
      expect(body, what).to.include({ error });
      expect(body['error_description'], what).to.be.a('string').and.not.include(value);
      expect(status, what).to.equal(error === 'invalid_client' ? 401 : 400);
      expect(answered.get('cache-control'), what).to.equal('no-store');
      expect(answered.has('www-authenticate'), what).to.equal(status === 401);
    }
    expect((await fetch(`${bench.url}/oauth/token`)).status).to.equal(405);
    const large = await bench.post('x'.repeat(70_000));
    expect(large.status).to.equal(413);
    expect(large.body).to.deep.equal({
      error: 'invalid_request',
      error_description: 'the body is larger than 65536 bytes',
    });
  });

  it('grants what is asked for of what the client may, and nothing beyond', async () => {
    const wide = await bench.client({ scopes: ['scim:read', 'scim:write', 'admin'] });
    const { value } = (await bench.parts.clients.credentials.add({
      tenant: 'default',
      client: wide.id,
      kind: 'secret',
    }))!;
    const secret = { ...grant, client_id: wide.id, client_secret: value! };
    for (const [asked, granted] of [
      ['scim', 'scim:read scim:write'],
      ['scim:read', 'scim:read'],
      ['scim:read auth', 'scim:read'],
      ['api://1234/.default', 'scim:read scim:write admin'],
      ['', 'scim:read scim:write admin'],
    ] as const) {
      const { body } = await bench.post({ ...secret, scope: asked });
      expect(body['scope'], asked).to.equal(granted);
      expect((await callWith(body['access_token'] as string)).scopes).to.deep.equal(granted.split(' '));
    }
    const { body } = await bench.post({ ...secret, scope: 'scim' });
    await bench.parts.clients.change('default', wide.id, (one) => ({ ...one, scopes: ['scim:read', 'auth'] }));
    expect((await callWith(body['access_token'] as string)).scopes).to.deep.equal(['scim:read']);
  });

  it('ends access tokens with their hour, their credential, its revocation, and their client', async () => {
    const get = async (made: { value?: string }): Promise<string> =>
      (await bench.post({ ...grant, client_id: client.id, client_secret: made.value! })).body['access_token'] as string;
    const lasting = await secretOf();
    const short = await secretOf(new Date(bench.now + 60_000).toISOString());
    const [one, two] = [await get(lasting), await get(short)];
    const other = await get(await secretOf());
    bench.now += 60_000;
    expect(await refusal(two)).to.include('expired');
    expect((await callWith(one)).id).to.equal(client.id);
    await bench.parts.clients.credentials.revoke('default', client.id, lasting.credential.id);
    expect(await refusal(one)).to.include('revoked at');
    expect((await callWith(other)).id).to.equal(client.id);
    bench.now += 3_540_000;
    expect(await refusal(other)).to.include('get a new one from the token endpoint');
    const last = await get(await secretOf());
    await bench.parts.clients.remove('default', client.id);
    expect(await refusal(last)).to.include('has been removed');
    expect(await refusal(`${last.slice(0, -2)}AA`)).to.include('not known');
    expect(await refusal('lk_at_v1.00000000.AAAA.AAAA')).to.include('not known');
  });

  it('issues tokens that live as long as the client says', async () => {
    client = await bench.client({ accessTokenSeconds: 21_600 });
    const { value } = await secretOf();
    const { body } = await bench.post({ ...grant, client_id: client.id, client_secret: value! });
    expect(body['expires_in']).to.equal(21_600);
  });

  it('tells a caller with the right secret that it has ended, and the log whose it is', async () => {
    const made = await secretOf();
    await bench.parts.clients.credentials.revoke('default', client.id, made.credential.id);
    const { status, body } = await bench.post({ ...grant, client_id: client.id, client_secret: made.value! });
    expect(status).to.equal(401);
    expect(body).to.include({ error: 'invalid_client' });
    expect(body['error_description']).to.include('revoked at 2036-03-01');
    const [error] = bench.errors as [UnauthorizedError];
    expect(error).to.be.instanceOf(UnauthorizedError);
    expect(error.client?.id).to.equal(client.id);
  });

  it("keeps tenants apart: neither a client's id nor its assertion works at another's endpoint", async () => {
    const { value } = await secretOf();
    const secret = { ...grant, client_id: client.id, client_secret: value! };
    expect((await bench.post(secret, {}, '/t/default/oauth/token')).status).to.equal(200);
    expect((await bench.post(secret, {}, '/t/acme/oauth/token')).status).to.equal(401);
    expect((await bench.post(secret, {}, '/t/none/oauth/token')).status).to.equal(404);
    const twin = await bench.client({ tenant: 'acme', id: client.id });
    const keys = { jwks: { keys: [{ ...key.jwk }] } as never };
    for (const tenant of ['default', 'acme'])
      await bench.parts.clients.credentials.add({ tenant, client: twin.id, kind: 'keys', keys });
    const claims = { iss: twin.id, sub: twin.id, aud: `${bench.url}/t/acme/oauth/token` };
    expect((await bench.post(bench.asserting(await bench.sign(key, claims)))).status).to.equal(401);
    const answer = await bench.post(bench.asserting(await bench.sign(key, claims)), {}, '/t/acme/oauth/token');
    expect(await refusal(answer.body['access_token'] as string)).to.include('not known');
    bench.tenant = 'acme';
    expect((await callWith(answer.body['access_token'] as string)).tenant).to.equal('acme');
  });
});
