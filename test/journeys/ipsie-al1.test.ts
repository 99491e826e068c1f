import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { eventually, testToken } from '../support/launch.ts';
import { PageVisitor } from '../support/page-visitor.ts';
import { describeServed } from '../support/served-stores.ts';

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const group = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/**
 * What "IPSIE AL1 SCIM 2.0 Profile" requires beside what `ipsie.test.ts` has, by the title of its section: with a
 * client that proves itself as the profile wants it, by a signed JWT.
 */
describeServed('the profile ipsie with signed JWTs', { LATCHKEY_TRUST_PROXY: 'loopback' }, (served) => {
  let token = '';
  let clientId = '';
  let key: CryptoKey;
  let calls = 0;
  /** Each call comes from an address of its own (RFC 2544), as refused calls of one address are limited. */
  const from = () => {
    calls += 1;
    return { 'x-forwarded-for': `198.18.${(calls >> 8) & 255}.${calls & 255}` };
  };
  const call = async (by: string, method: string, path: string, body?: unknown): Promise<any> => {
    const answer = await fetch(served().url + path, {
      method,
      headers: {
        ...from(),
        ...(by === '' ? {} : { authorization: `Bearer ${by}` }),
        'content-type': 'application/scim+json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text), headers: answer.headers };
  };
  const scim = (method: string, path: string, body?: unknown) => call(token, method, `/scim/v2${path}`, body);
  const endpoint = () => `${served().url}/oauth/token`;
  const assertion = (jti: string = randomUUID()) =>
    new SignJWT({ jti })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(endpoint())
      .setIssuedAt()
      .setExpirationTime('2m')
      .sign(key);
  const exchange = (jwt: string) =>
    fetch(endpoint(), {
      method: 'POST',
      headers: from(),
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: 'scim',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: jwt,
      }),
    });
  const deactivate = (id: string, value: boolean) =>
    scim('PATCH', `/Users/${id}`, { schemas: [patchOp], Operations: [{ op: 'replace', path: 'active', value }] });

  before(async () => {
    const pair = await generateKeyPair('ES256');
    key = pair.privateKey;
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
    clientId = (await call(testToken, 'POST', '/admin/v1/clients', { name: 'al1', profile: 'ipsie' })).body.id;
    const made = await call(testToken, 'POST', `/admin/v1/clients/${clientId}/credentials`, {
      kind: 'keys',
      jwks: { keys: [jwk] },
    });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    const answer = await exchange(await assertion());
    expect(answer.status).to.equal(200);
    token = ((await answer.json()) as { access_token: string }).access_token;
  });

  it('Authentication and Authorization: a signed JWT is exchanged for an access token (RFC 7523)', async () => {
    const answer = await exchange(await assertion());
    const { access_token: other, token_type: type, scope }: any = await answer.json();
    // What `scim` contains, and nothing beyond.
    expect([type, scope]).to.deep.equal(['Bearer', 'scim:read scim:write']);
    expect((await call(other, 'GET', '/scim/v2/Users?count=1')).status).to.equal(200);
    expect((await call(other, 'GET', '/admin/v1/clients')).status).to.equal(403);
  });

  it('General Requirements: every operation is authenticated', async () => {
    for (const path of ['/Users', '/Groups', '/Users/x', '/Groups/x', '/Bulk', '/Me', '/.search'])
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
        for (const by of ['', 'lk_not-a-token-of-this-server-0123456789'])
          expect((await call(by, method, `/scim/v2${path}`, method === 'GET' ? undefined : {})).status, path).to.equal(
            401,
          );
  });

  it('User Provisioning Operations: create, read, change, deactivate, delete, list', async () => {
    const made = await scim('POST', '/Users', { schemas: [user], userName: 'op@example.com', externalId: 'op-1' });
    expect(made.status).to.equal(201);
    const { id } = made.body;
    expect((await scim('GET', `/Users/${id}`)).body.userName).to.equal('op@example.com');
    const titled = { schemas: [patchOp], Operations: [{ op: 'add', path: 'title', value: 'Mate' }] };
    expect((await scim('PATCH', `/Users/${id}`, titled)).status).to.equal(200);
    expect((await scim('GET', '/Users?startIndex=1&count=5')).body.totalResults).to.be.at.least(1);
    expect((await scim('DELETE', `/Users/${id}`)).status).to.equal(204);
  });

  it('Deactivate or Reactivate User: web sessions of the person end, and a new sign-in is refused', async () => {
    const password = 'a ferry leaves at seven';
    const userName = 'session@al1.example';
    const made = await call(testToken, 'POST', '/scim/v2/Users', { schemas: [user], userName, password });
    const visitor = new PageVisitor(served().url);
    expect((await visitor.signIn(userName, password)).headers.location).to.equal('/signed-in');
    expect((await deactivate(made.body.id, false)).status).to.equal(200);
    expect((await visitor.open('/signed-in')).status).to.equal(303);
    expect((await new PageVisitor(served().url).signIn(userName, password)).headers.location).not.to.equal(
      '/signed-in',
    );
    expect((await deactivate(made.body.id, true)).body).to.include({ active: true });
    expect((await visitor.open('/signed-in')).status, 'the old session').to.equal(303);
  });

  it('Delete User: a new user with the same name can be created', async () => {
    const body = { schemas: [user], userName: 'again@al1.example', externalId: 'again' };
    const { id } = (await scim('POST', '/Users', body)).body;
    await scim('DELETE', `/Users/${id}`);
    const again = await scim('POST', '/Users', body);
    expect([again.status, again.body.id === id]).to.deep.equal([201, false]);
  });

  it('Group (Role) Provisioning Operations, List Groups By Alternate Identifier', async () => {
    const made = await scim('POST', '/Groups', { schemas: [group], displayName: 'Crew', externalId: 'g-1' });
    expect(made.status).to.equal(201);
    for (const filter of ['displayName eq "crew"', 'externalId eq "g-1"', `id eq "${made.body.id}"`]) {
      const path = `/Groups?filter=${encodeURIComponent(filter)}&excludedAttributes=members`;
      const { body } = await scim('GET', path);
      expect(
        body.Resources.map(({ id }: any) => id),
        filter,
      ).to.deep.equal([made.body.id]);
    }
    expect((await scim('DELETE', `/Groups/${made.body.id}`)).status).to.equal(204);
  });

  it('ResourceTypes, ServiceProviderConfig, Schemas: what the profile needs is there and described', async () => {
    const types = (await scim('GET', '/ResourceTypes')).body.Resources;
    expect(types.map(({ endpoint }: any) => endpoint)).to.include.members(['/Users', '/Groups']);
    const config = (await scim('GET', '/ServiceProviderConfig')).body;
    for (const capability of ['patch', 'filter', 'pagination'])
      expect(config[capability], capability).to.be.an('object');
    expect([config.patch.supported, config.filter.supported]).to.deep.equal([true, true]);
    expect(config.authenticationSchemes.map(({ type }: any) => type)).to.include('oauthbearertoken');
    const names = async (urn: string) =>
      (await scim('GET', `/Schemas/${urn}`)).body.attributes.map(({ name }: any) => name as string);
    expect(await names(user)).to.include.members(['userName', 'name', 'emails', 'active']);
    expect(await names(group)).to.include.members(['displayName', 'members']);
  });

  it('Security Considerations, Replay Resistance: access tokens expire, an assertion is good once', async () => {
    const jwt = await assertion('only-once');
    const first = await exchange(jwt);
    expect(((await first.json()) as any).expires_in).to.be.within(1, 21_600);
    expect((await exchange(jwt)).status).to.equal(401);
    expect((await exchange(await assertion('only-once'))).status).to.equal(401);
  });

  it('Security Considerations, Auditing: what was done and what was answered can be read', async () => {
    const made = await scim('POST', '/Users', { schemas: [user], userName: 'audited@al1.example' });
    const requestId = made.headers.get('x-request-id');
    const event = await eventually('the event', async () => {
      const filter = encodeURIComponent(`requestId eq "${requestId}"`);
      const { body } = await call(testToken, 'GET', `/scim/v2/AuditEvents?filter=${filter}`);
      return body.Resources?.find(({ type }: any) => type === 'user.created');
    });
    expect(event.actor).to.include({ kind: 'client', id: clientId });
    const entry = await eventually('the entry', async () => {
      const found = await call(testToken, 'GET', `/admin/v1/requests/${requestId}`);
      return found.status === 200 && found.body;
    });
    expect(entry.status).to.equal(201);
  });
});
