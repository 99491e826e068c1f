import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { SignJWT } from 'jose';
import { signingKey, type SigningKey } from '../support/oauth-bench.ts';
import { launch, type Launched, testToken } from '../support/launch.ts';
import { PageVisitor } from '../support/page-visitor.ts';
import { describeServed } from '../support/served-stores.ts';

const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const environment = { LATCHKEY_KEY: Buffer.alloc(32, 9).toString('base64'), LATCHKEY_WEBHOOK_HOSTS: '127.0.0.1' };

interface Answered {
  readonly status: number;
  readonly body: any;
}

/** What identity providers do with credentials that are not tokens, over HTTP, with an issuer of their own. */
describeServed('credentials of identity providers', environment, (served) => {
  let issuer: Server;
  let issuerUrl = '';
  let key: SigningKey;
  const call = async (by: string, method: string, path: string, body?: unknown): Promise<Answered> => {
    const answer = await fetch(served().url + path, {
      method,
      headers: { authorization: `Bearer ${by}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  const make = async (order: object, credential: object): Promise<{ id: string; made: any }> => {
    const client = await call(testToken, 'POST', '/admin/v1/clients', { callsPerSecond: null, guard: null, ...order });
    const made = await call(testToken, 'POST', `/admin/v1/clients/${client.body.id}/credentials`, credential);
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    return { id: client.body.id, made: made.body };
  };
  const tokenFor = async (form: Record<string, string>): Promise<Answered> => {
    const answer = await fetch(`${served().url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const sign = (claims: Record<string, string>, header: Record<string, string> = {}): Promise<string> =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: key.kid, ...header })
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(key.privateKey);

  before(async () => {
    key = await signingKey('RS256', 'issuer-1');
    issuer = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [key.jwk] }));
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    issuerUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  });
  after(() => issuer.close());

  for (const kind of ['secret', 'federation'] as const) {
    it(`Entra ID's validator is served by ${kind === 'secret' ? 'a client secret' : 'workload identity federation'}`, async () => {
      const trust = { iss: `${issuerUrl}/v2.0`, sub: `object-${kind}`, aud: 'api://1234', tid: 'tenant-1' };
      const order = { name: `entra ${kind}`, profile: 'entra' };
      const { id, made } = await make(
        order,
        kind === 'secret' ? { kind } : { kind, ...trust, jwksUrl: `${issuerUrl}/keys` },
      );
      const proof = async (): Promise<Record<string, string>> =>
        kind === 'secret'
          ? { client_id: id, client_secret: made.secret }
          : {
              client_id: id,
              client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
              client_assertion: await sign(trust),
            };
      const wrong = {
        ...(await proof()),
        ...(kind === 'secret' ? { client_secret: 'x' } : { client_assertion: await sign({ ...trust, sub: 'other' }) }),
      };
      expect(await tokenFor(wrong)).to.deep.include({ status: 401 });
      const granted = await tokenFor(await proof());
      expect(granted.status, JSON.stringify(granted.body)).to.equal(200);
      expect(granted.body.expires_in).to.be.within(3500, 21_600);
      const token = granted.body.access_token as string;
      const scim = (method: string, path: string, body?: unknown) => call(token, method, `/scim/v2${path}`, body);
      const patch = (path: string, ...Operations: object[]) => scim('PATCH', path, { schemas: [patchOp], Operations });

      expect((await scim('GET', '/Users?filter=userName+eq+%22nobody%22')).body).to.include({ totalResults: 0 });
      const name = `validator-${kind}@example.com`;
      const user = await scim('POST', '/Users', {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
        userName: name,
        externalId: kind,
        active: 'True',
        emails: [{ type: 'work', value: name, primary: true }],
      });
      expect(user.status).to.equal(201);
      const at = `/Users/${user.body.id}`;
      expect((await scim('POST', '/Users', { userName: name.toUpperCase() })).status).to.equal(409);
      expect((await scim('GET', `/Users?filter=userName+eq+%22${name.toUpperCase()}%22`)).body.totalResults).to.equal(
        1,
      );
      for (const operations of [
        [{ op: 'Replace', path: 'displayName', value: 'Ines' }],
        [
          { op: 'Add', path: 'title', value: 'Mate' },
          { op: 'Replace', path: 'name.givenName', value: 'Ines' },
        ],
        [{ op: 'Replace', path: 'active', value: 'False' }],
        [{ op: 'Replace', path: 'active', value: 'True' }],
      ])
        expect((await patch(at, ...operations)).status).to.be.oneOf([200, 204]);
      const group = await scim('POST', '/Groups', { displayName: `Crew ${kind}`, externalId: kind });
      expect(group.status).to.equal(201);
      const groupAt = `/Groups/${group.body.id}`;
      for (const op of ['Add', 'Remove'])
        expect((await patch(groupAt, { op, path: 'members', value: [{ value: user.body.id }] })).status).to.equal(204);
      expect((await scim('DELETE', groupAt)).status).to.equal(204);
      expect((await scim('DELETE', at)).status).to.equal(204);
      expect((await scim('DELETE', at)).status).to.equal(404);

      const path = `/admin/v1/clients/${id}/credentials/${made.id}`;
      const rotated = await call(testToken, 'POST', `${path}/rotate`, {});
      expect((await scim('GET', '/Users?count=1')).status).to.equal(200);
      expect((await tokenFor(await proof())).status).to.equal(200);
      expect((await call(testToken, 'DELETE', path)).status).to.equal(204);
      expect((await scim('GET', '/Users?count=1')).status).to.equal(401);
      const after = kind === 'secret' ? { ...(await proof()), client_secret: rotated.body.secret } : await proof();
      expect((await tokenFor(after)).status).to.equal(200);
    });
  }

  describe('universal logout (Global Token Revocation)', () => {
    const path = '/oauth/global-token-revocation';
    const password = 'a ferry leaves at seven';
    let claims: Record<string, string>;
    let second: Launched | undefined;
    const revoke = async (subject: unknown, assertion?: string): Promise<number> => {
      const answer = await fetch(served().url + path, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${assertion ?? (await sign(claims, { typ: 'global-token-revocation+jwt' }))}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify(subject),
      });
      return answer.status;
    };
    before(async () => {
      claims = { iss: 'https://acme.okta.example', sub: 'logout', aud: served().url + path };
      await make({ name: 'okta logout' }, { kind: 'federation', ...claims, jwksUrl: `${issuerUrl}/keys` });
      const { mongodbUri } = served();
      if (mongodbUri !== undefined) second = await launch({ ...environment, MONGODB_URI: mongodbUri });
    });
    after(async () => {
      await second?.end('SIGTERM');
    });

    for (const [title, subject] of [
      ['an e-mail address', (name: string) => ({ format: 'email', email: `MAIL-${name}` })],
      ['a user name that is one', (name: string) => ({ format: 'email', email: name })],
      ["the provider's id", (name: string) => ({ format: 'iss_sub', iss: claims['iss'], sub: `okta-${name}` })],
    ] as const) {
      it(`ends the sessions of a person by ${title}, within a second, in every process, and of nobody else`, async () => {
        const names = [1, 2].map((n) => `${title.replaceAll(/\W/g, '')}${n}@logout.example`);
        const visitors: PageVisitor[] = [];
        for (const name of names) {
          const emails = [{ value: `mail-${name}`, type: 'work' }];
          const body = { userName: name, password, externalId: `okta-${name}`, emails };
          expect((await call(testToken, 'POST', '/scim/v2/Users', body)).status).to.equal(201);
          for (const url of [served().url, ...(second === undefined ? [] : [second.url])]) {
            const visitor = new PageVisitor(url);
            expect((await visitor.signIn(name, password)).headers.location).to.equal('/signed-in');
            visitors.push(visitor);
          }
        }
        const each = visitors.length / 2;
        expect(await revoke({ sub_id: subject(names[0]!) })).to.equal(204);
        const started = performance.now();
        for (const [index, visitor] of visitors.entries())
          expect((await visitor.open('/signed-in')).status, `${index}`).to.equal(index < each ? 303 : 200);
        expect(performance.now() - started).to.be.lessThan(20_000);
        const again = new PageVisitor(served().url);
        expect((await again.signIn(names[0]!, password)).headers.location).to.equal('/signed-in');
        expect((await again.open('/signed-in')).status).to.equal(200);
      });
    }

    it('takes POST alone, and says so', async () => {
      for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
        const answer = await fetch(served().url + path, { method });
        expect([answer.status, answer.headers.get('allow')], method).to.deep.equal([405, 'POST']);
        expect(await answer.json()).to.have.property('detail');
      }
    });

    it('is refused without a proof, for another endpoint, to a client without the right, and for nobody', async () => {
      const email = { sub_id: { format: 'email', email: 'nobody@logout.example' } };
      expect(await revoke(email)).to.equal(404);
      expect(await revoke(email, testToken)).to.equal(401);
      expect(await revoke(email, await sign({ ...claims, aud: `${served().url}/oauth/token` }))).to.equal(401);
      expect(await revoke(email, await sign({ ...claims, iss: 'https://evil.example' }))).to.equal(401);
      expect(await revoke(email, 'a.b.c')).to.equal(401);
      for (const subject of [
        {},
        { sub_id: 'nobody' },
        { sub_id: { format: 'phone_number', phone_number: '+1' } },
        { sub_id: { format: 'email' } },
        { sub_id: { format: 'email', email: 'x'.repeat(1000) } },
        { sub_id: { format: 'iss_sub', iss: 'https://evil.example', sub: 'okta-x' } },
      ])
        expect(await revoke(subject), JSON.stringify(subject)).to.equal(400);
      const reader = { iss: 'https://reader.example', sub: 'logout', aud: served().url + path };
      await make(
        { name: 'reader', scopes: ['scim:read'] },
        { kind: 'federation', ...reader, jwksUrl: `${issuerUrl}/keys` },
      );
      expect(await revoke(email, await sign(reader))).to.equal(403);
      const used = await sign({ ...claims, jti: 'once' });
      expect(await revoke(email, used)).to.equal(404);
      expect(await revoke(email, used)).to.equal(401);
      const metadata = await (await fetch(`${served().url}/.well-known/oauth-authorization-server`)).json();
      expect(metadata).to.have.property('global_token_revocation_endpoint', served().url + path);
    });
  });
});
