import { expect } from 'chai';
import type { Socket } from 'node:net';
import {
  createAuthenticate,
  requireScope,
  type Credentials,
  type TenantOf,
  type UnauthorizedError,
} from '../../src/caller/authenticate.ts';
import type { Caller } from '../../src/domain/client.ts';
import { ScimError } from '../../src/scim/model/scim-error.ts';
import type { CallerFinder, FoundCaller } from '../../src/clients/tokens/caller-finder.ts';
import type { Credential } from '../../src/domain/credential.ts';
import { plainClient } from '../support/token-callers.ts';

const token = 'a-token-of-more-than-thirty-two-characters';
const client = plainClient();

/** Knows one token, as long as `holder` says so, and counts its look-ups. */
function callersOf(holder: { found: Partial<FoundCaller> | undefined; lookUps: number; epoch?: number }): CallerFinder {
  return {
    epoch: async () => holder.epoch ?? 0,
    find: async (sent) => {
      holder.lookUps += 1;
      const { tenant, id, createdAt } = client;
      const credential: Credential = { id: 'k1', tenant, client: id, kind: 'token', createdAt };
      return sent === token && holder.found !== undefined ? { client, credential, ...holder.found } : undefined;
    },
  };
}

/** The check over them. */
function check(
  holder: Parameters<typeof callersOf>[0] = { found: {}, lookUps: 0 },
  now: () => number = () => 0,
  used: string[] = [],
  tenantOf: TenantOf = () => 'default',
): (request: Credentials) => Promise<Caller> {
  const authenticate = createAuthenticate({
    callers: callersOf(holder),
    now: () => new Date(now()),
    tenantOf,
    onUse: ({ credential }) => used.push(credential),
  });
  return async (request) => authenticate(request);
}

/** A request with these Authorization fields; Node keeps the first of them alone in `headers`. */
function requestWith(...fields: readonly (string | undefined)[]): Credentials {
  const sent = fields.filter((field) => field !== undefined);
  return {
    headers: sent[0] === undefined ? {} : { authorization: sent[0] },
    rawHeaders: ['Host', 'x', ...sent.flatMap((field) => ['AUTHORIZATION', field])],
    socket: {} as Socket,
  };
}

async function fault(attempt: Promise<unknown>): Promise<UnauthorizedError> {
  return attempt.then(
    () => expect.fail('it was let in'),
    (cause: unknown) => cause as UnauthorizedError,
  );
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
      expect(await check()(requestWith(header))).to.deep.equal({ ...client, credential: 'k1' });
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
      const authenticate = check();
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
    const authenticate = check();
    await authenticate(requestWith(`Bearer ${token}`));
    const twice = await authenticate(requestWith(`Bearer ${token}`, `Bearer ${token}`)).catch(
      (cause: unknown) => cause,
    );
    expect(twice).to.include({ status: 401 });
    expect((twice as ScimError).message).to.include('two Authorization headers');
  });

  it("says that the word 'Bearer' stands twice, where an administrator typed what the client adds itself", async () => {
    const authenticate = check();
    for (const header of [`Bearer Bearer ${token}`, `bearer BEARER ${token}`]) {
      const error = await authenticate(requestWith(header)).catch((cause: unknown) => cause);
      expect(error).to.include({ status: 401 });
      expect((error as ScimError).message)
        .to.include("the word 'Bearer' twice")
        .and.not.include(token);
    }
  });

  it('tells the logs the last four characters of an unknown token, and nothing of a short one', async () => {
    const authenticate = check({ found: undefined, lookUps: 0 });
    const endOf = async (header: string) =>
      ((await authenticate(requestWith(header)).catch((cause: unknown) => cause)) as UnauthorizedError).tokenEnd;
    expect(await endOf(`Bearer ${token}`)).to.equal('ters');
    expect(await endOf(basic('okta', token))).to.equal('ters');
    expect(await endOf('Bearer hunter2')).to.equal(undefined);
  });

  it('asks the store once while nothing changes, and at once when something does', async () => {
    const holder: Parameters<typeof callersOf>[0] = { found: {}, lookUps: 0, epoch: 1 };
    let now = 0;
    const used: string[] = [];
    const authenticate = check(holder, () => now, used);
    await authenticate(requestWith(`Bearer ${token}`));
    await authenticate(requestWith(`Bearer ${token}`));
    expect(holder.lookUps).to.equal(1);
    expect(used).to.deep.equal(['k1', 'k1']);
    holder.found = undefined;
    await authenticate(requestWith(`Bearer ${token}`));
    holder.epoch = 2;
    expect(await fault(authenticate(requestWith(`Bearer ${token}`)))).to.include({ status: 401 });
    holder.found = {};
    await authenticate(requestWith(`Bearer ${token}`));
    holder.found = undefined;
    now = 60_000;
    expect(await fault(authenticate(requestWith(`Bearer ${token}`)))).to.include({ status: 401 });
  });

  const ended: Credential = { id: 'k1', tenant: 'default', client: 'c1', kind: 'token', createdAt: '' };
  for (const [title, found, told] of [
    ['a revoked', { credential: { ...ended, revokedAt: '2031-01-01T00:00:00.000Z' } }, 'revoked at 2031-01-01'],
    ['an expired', { credential: { ...ended, expiresAt: '1970-01-01T00:00:00.000Z' } }, 'expired at 1970-01-01'],
    ["a removed client's", { client: { ...client, removedAt: '2031-01-01T00:00:00.000Z' } }, 'has been removed'],
    [
      'an expired access token of a',
      { tokenEnds: '1970-01-01T00:00:00.000Z' },
      'get a new one from the token endpoint',
    ],
  ] as const) {
    it(`refuses ${title} credential, says so, and tells the logs whose it is`, async () => {
      const error = await fault(check({ found, lookUps: 0 })(requestWith(`Bearer ${token}`)));
      expect(error).to.include({ status: 401, fault: 'invalid_token' });
      expect(error.message).to.include(told);
      expect(error.client).to.include({ id: 'c1' });
    });
  }

  it('refuses a credential from the very moment of its end, however fresh the look-up', async () => {
    let now = 0;
    const credential = { ...ended, expiresAt: new Date(5000).toISOString() };
    const authenticate = check({ found: { credential }, lookUps: 0 }, () => now);
    await authenticate(requestWith(`Bearer ${token}`));
    now = 4999;
    await authenticate(requestWith(`Bearer ${token}`));
    now = 5000;
    expect((await fault(authenticate(requestWith(`Bearer ${token}`)))).message).to.include('expired');
  });

  it("refuses another tenant's credential like one that is not known, ended or not, remembered or not", async () => {
    const unknown = await fault(check({ found: undefined, lookUps: 0 })(requestWith(`Bearer ${token}`)));
    let tenant = 'acme';
    const authenticate = check(
      { found: {}, lookUps: 0 },
      () => 0,
      [],
      () => tenant,
    );
    const cold = await fault(authenticate(requestWith(`Bearer ${token}`)));
    tenant = 'default';
    await authenticate(requestWith(`Bearer ${token}`));
    tenant = 'acme';
    const remembered = await fault(authenticate(requestWith(`Bearer ${token}`)));
    const revoked = { credential: { ...ended, revokedAt: '2031-01-01T00:00:00.000Z' } };
    const gone = await fault(
      check(
        { found: revoked, lookUps: 0 },
        () => 0,
        [],
        () => 'acme',
      )(requestWith(`Bearer ${token}`)),
    );
    for (const error of [cold, remembered, gone]) {
      expect(error.message).to.equal(unknown.message);
      expect(error.headers).to.deep.equal(unknown.headers);
      expect(error.client).to.equal(undefined);
    }
  });

  it('requires scopes', () => {
    expect(() => requireScope(client, 'scim:read')).not.to.throw();
    expect(() => requireScope(client, 'scim:write')).to.throw(/scim:write/);
  });
});
