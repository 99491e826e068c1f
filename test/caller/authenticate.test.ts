import { expect } from 'chai';
import {
  createAuthenticate,
  requireScope,
  type Credentials,
  type UnauthorizedError,
} from '../../src/caller/authenticate.ts';
import { ScimError } from '../../src/scim/model/scim-error.ts';
import { hashToken, type Client, type ClientStore } from '../../src/tenants.ts';

const token = 'a-token-of-more-than-thirty-two-characters';
const client: Client = {
  id: 'c1',
  tenant: 'default',
  name: 'okta',
  tokenHash: hashToken(token),
  scopes: ['scim:read'],
  profile: 'okta',
  createdAt: '2031-01-01T00:00:00.000Z',
};

/** A store of one client that counts its look-ups. */
function storeOf(holder: { client: Client | undefined; lookUps: number }): ClientStore {
  return {
    byTokenHash: async (hash) => {
      holder.lookUps += 1;
      return holder.client?.tokenHash === hash ? holder.client : undefined;
    },
    add: async () => false,
    list: async () => [],
    remove: async () => false,
  };
}

/** A request with these Authorization fields; Node keeps the first of them alone in `headers`. */
function requestWith(...fields: readonly (string | undefined)[]): Credentials {
  const sent = fields.filter((field) => field !== undefined);
  return {
    headers: sent[0] === undefined ? {} : { authorization: sent[0] },
    rawHeaders: ['Host', 'x', ...sent.flatMap((field) => ['AUTHORIZATION', field])],
  };
}

describe('authenticate', () => {
  const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

  for (const [name, header] of Object.entries({
    bearer: `Bearer ${token}`,
    'bearer in another case': `bEARER  ${token}`,
    'basic with the token as password': basic('okta', token),
    'basic without a user': basic('', token),
  })) {
    it(`takes ${name}`, async () => {
      expect(await createAuthenticate(storeOf({ client, lookUps: 0 }), () => 0)(requestWith(header))).to.equal(client);
    });
  }

  for (const header of [
    undefined,
    '',
    'Bearer',
    'Bearer wrong',
    basic('x', ''),
    'Basic !!!',
    'Digest x',
    token,
    `Bearer ${token} junk`,
    `Bearer ${token} ${token}`,
    `Bearer ${token}, Bearer ${token}`,
    `Bearer\t${token}\tjunk`,
    `Bearer "${token}"`,
    `${basic('okta', token)} junk`,
    `${basic('okta', token)}, Bearer ${token}`,
    `${basic('okta', token)}!!`,
    `Basic !${basic('okta', token).slice(6)}`,
    basic('okta', `${token} junk`),
  ]) {
    it(`refuses ${header} with 401 and a challenge`, async () => {
      const authenticate = createAuthenticate(storeOf({ client, lookUps: 0 }), () => 0);
      const error = await authenticate(requestWith(header)).then(
        () => undefined,
        (cause: unknown) => cause,
      );
      expect(error).to.be.instanceOf(ScimError).and.include({ status: 401 });
      expect((error as ScimError).headers['WWW-Authenticate']).to.match(
        /^Bearer realm="Latchkey".*, Basic realm="Latchkey"$/,
      );
      if (header !== undefined && header.length > 20) expect((error as ScimError).message).not.to.include(token);
    });
  }

  it('refuses two Authorization headers, each of which would do', async () => {
    const authenticate = createAuthenticate(storeOf({ client, lookUps: 0 }), () => 0);
    await authenticate(requestWith(`Bearer ${token}`));
    const twice = await authenticate(requestWith(`Bearer ${token}`, `Bearer ${token}`)).catch(
      (cause: unknown) => cause,
    );
    expect(twice).to.include({ status: 401 });
    expect((twice as ScimError).message).to.include('two Authorization headers');
  });

  it("says that the word 'Bearer' stands twice, where an administrator typed what the client adds itself", async () => {
    const authenticate = createAuthenticate(storeOf({ client, lookUps: 0 }), () => 0);
    for (const header of [`Bearer Bearer ${token}`, `bearer BEARER ${token}`]) {
      const error = await authenticate(requestWith(header)).catch((cause: unknown) => cause);
      expect(error).to.include({ status: 401 });
      expect((error as ScimError).message)
        .to.include("the word 'Bearer' twice")
        .and.not.include(token);
    }
  });

  it('tells the logs the last four characters of an unknown token, and nothing of a short one', async () => {
    const authenticate = createAuthenticate(storeOf({ client: undefined, lookUps: 0 }), () => 0);
    const endOf = async (header: string) =>
      ((await authenticate(requestWith(header)).catch((cause: unknown) => cause)) as UnauthorizedError).tokenEnd;
    expect(await endOf(`Bearer ${token}`)).to.equal('ters');
    expect(await endOf(basic('okta', token))).to.equal('ters');
    expect(await endOf('Bearer hunter2')).to.equal(undefined);
  });

  it('asks the store once while the answer is fresh, and notices a withdrawal after that', async () => {
    const holder: { client: Client | undefined; lookUps: number } = { client, lookUps: 0 };
    let now = 0;
    const authenticate = createAuthenticate(storeOf(holder), () => now);
    await authenticate(requestWith(`Bearer ${token}`));
    await authenticate(requestWith(`Bearer ${token}`));
    expect(holder.lookUps).to.equal(1);
    holder.client = undefined;
    now = 60_000;
    expect(await authenticate(requestWith(`Bearer ${token}`)).catch((cause: unknown) => cause)).to.include({
      status: 401,
    });
  });

  it('requires scopes', () => {
    expect(() => requireScope(client, 'scim:read')).not.to.throw();
    expect(() => requireScope(client, 'scim:write')).to.throw(/scim:write/);
  });
});
