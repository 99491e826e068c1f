import type { IssuerUnreachableError } from '../../src/caller/authenticate.ts';
import { createHmac, createPublicKey } from 'node:crypto';
import { expect } from 'chai';
import type { JWTPayload } from 'jose';
import type { Client } from '../../src/domain/client.ts';
import { OauthBench, signingKey, type SigningKey } from '../support/oauth-bench.ts';

const trust = {
  iss: 'https://login.microsoftonline.com/9122040d/v2.0',
  sub: 'object-1',
  aud: 'api://1234-5678',
  tid: '9122040d',
  jwksUrl: 'https://login.microsoftonline.com/9122040d/discovery/v2.0/keys',
};
const { iss, sub, aud, tid, jwksUrl } = trust;
const claims = { iss, sub, aud, tid };
const minute = 60;
const hour = 3600;
const day = 86_400;

const text = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('assertions of other issuers', () => {
  let bench: OauthBench;
  let client: Client;
  let rsa: SigningKey;
  let ec: SigningKey;
  let stranger: SigningKey;

  before(async function () {
    this.timeout(20_000);
    [rsa, ec, stranger] = await Promise.all([
      signingKey('RS256', 'rsa-1'),
      signingKey('ES256', 'ec-1'),
      signingKey('RS256', 'rsa-1'),
    ]);
  });
  beforeEach(async () => {
    bench = new OauthBench();
    await bench.start();
    bench.issuer.keys = [rsa, ec];
    client = await bench.client();
    await bench.parts.clients.credentials.add({
      tenant: 'default',
      client: client.id,
      kind: 'federation',
      federation: { jwksUrl, iss, sub, aud, tid },
    });
  });
  afterEach(() => bench.stop());

  const now = () => Math.floor(bench.now / 1000);
  const outcome = async (assertion: string, more: Record<string, string> = {}): Promise<string> => {
    const { status, body } = await bench.post(bench.asserting(assertion, more));
    return status === 200 ? 'granted' : (body['error_description'] as string);
  };
  const signed = (changes: JWTPayload = {}, key = rsa, header: Record<string, unknown> = {}) =>
    bench.sign(key, { ...claims, ...changes }, header);

  it('are granted by their claims alone, with or without client_id, and with each key of the issuer', async () => {
    for (const more of [{}, { client_id: client.id }] as Record<string, string>[])
      for (const key of [rsa, ec]) expect(await outcome(await signed({}, key), more)).to.equal('granted');
    expect(await outcome(await signed({ aud: [trust.aud] }))).to.equal('granted');
    expect(bench.issuer.asked).to.equal(1);
  });

  it('may be for each form of audience that Entra ID was seen with, compared exactly with what is set', async () => {
    const forms = ['api://id', 'api://id/.default', 'id'];
    for (const set of forms) {
      const other = await bench.client();
      const federation = { ...trust, sub: `s-${set}`, aud: set };
      await bench.parts.clients.credentials.add({
        tenant: 'default',
        client: other.id,
        kind: 'federation',
        federation,
      });
      for (const sent of forms) {
        const answer = await outcome(await signed({ sub: federation.sub, aud: sent }), { client_id: other.id });
        expect(answer === 'granted', `${set} ${sent}`).to.equal(set === sent);
      }
    }
  });

  it('are used once where they have a jti, in any number of requests at once, and as often as wanted without', async () => {
    const once = await signed({ jti: 'a' });
    const answers = await Promise.all(Array.from({ length: 8 }, () => outcome(once)));
    expect(answers.filter((one) => one === 'granted')).to.have.length(1);
    expect(answers.find((one) => one !== 'granted')).to.include('used before');
    expect(await outcome(await signed({ jti: 'a', exp: now() + hour }))).to.include('used before');
    const again = await signed();
    expect([await outcome(again), await outcome(again)]).to.deep.equal(['granted', 'granted']);
  });

  it('are remembered until the last moment at which they could be accepted', async () => {
    const assertion = await signed({ jti: 'b', exp: now() + minute });
    expect(await outcome(assertion)).to.equal('granted');
    bench.now += (2 * minute - 1) * 1000;
    expect(await outcome(assertion)).to.include('used before');
    bench.now += 1000;
    expect(await outcome(assertion)).to.include('expired');
  });

  it('are judged with a minute of difference between the clocks, and may live for a day', async () => {
    for (const [changes, accepted] of [
      [{ exp: now() - minute + 1 }, true],
      [{ exp: now() - minute }, false],
      [{ nbf: now() + minute }, true],
      [{ nbf: now() + minute + 1 }, false],
      [{ iat: now() + minute }, true],
      [{ iat: now() + minute + 1 }, false],
      [{ iat: now(), exp: now() + day }, true],
      [{ iat: now(), exp: now() + day + 1 }, false],
      [{ iat: now() - 2 * day, exp: now() + minute }, false],
      [{ iat: undefined, nbf: now() - day, exp: now() + minute }, false],
    ] as [JWTPayload, boolean][])
      expect((await outcome(await signed(changes))) === 'granted', JSON.stringify(changes)).to.equal(accepted);
  });

  describe('of an issuer that changes its keys and goes away', () => {
    it('are known by a new key at once, and by an old one no longer once it is gone', async () => {
      await outcome(await signed());
      const next = await signingKey('RS256', 'rsa-2');
      bench.issuer.keys = [next];
      bench.now += 20_000;
      expect(await outcome(await signed({}, next))).to.equal('granted');
      expect(bench.issuer.asked).to.equal(2);
      expect(await outcome(await signed())).to.include('none of the keys');
    });

    it('are granted by the keys that are remembered through an outage of hours, and of no more than a day', async () => {
      await outcome(await signed());
      bench.issuer.isDown = true;
      for (let gone = 0; gone < 23; gone += 1) {
        bench.now += hour * 1000;
        expect(await outcome(await signed()), `${gone}`).to.equal('granted');
      }
      bench.now += hour * 1000;
      expect(await outcome(await signed())).to.include('could not be got');
      bench.issuer.isDown = false;
      bench.now += 10_000;
      expect(await outcome(await signed())).to.equal('granted');
    });

    it('are told apart from forged ones where its keys were never got: 503, with the reason, in the log under the client', async () => {
      bench.issuer.isDown = true;
      for (const key of [rsa, stranger]) {
        const { status, body, headers } = await bench.post(bench.asserting(await signed({}, key), {}));
        expect([status, body['error']]).to.deep.equal([503, 'temporarily_unavailable']);
        expect(body['error_description']).to.include('login.microsoftonline.com: connection refused');
        expect(headers.get('retry-after')).to.equal('10');
      }
      expect((bench.errors[0] as IssuerUnreachableError).client?.id).to.equal(client.id);
      expect(await outcome(await signed({ sub: 'another' })), 'who is not trusted learns nothing').to.include(
        'no credential',
      );
    });

    it('are good for tokens only where they are not for ending sessions', async () => {
      const forSessions = `${bench.url}/oauth/global-token-revocation`;
      await bench.parts.clients.credentials.add({
        tenant: 'default',
        client: client.id,
        kind: 'federation',
        federation: { jwksUrl, iss, sub, aud: forSessions },
      });
      const { status, body } = await bench.post(bench.asserting(await signed({ aud: forSessions }), {}));
      expect([status, body['error']]).to.deep.equal([400, 'unauthorized_client']);
    });

    it('ask for the keys at a limited rate, however many keys are named that nobody has', async () => {
      await outcome(await signed());
      bench.now += 20_000;
      for (let n = 0; n < 50; n += 1) {
        expect(await outcome(await signed({}, stranger, { kid: `made-up-${n}` }))).to.include('none of the keys');
        bench.now += 1000;
      }
      expect(bench.issuer.asked).to.be.within(2, 7);
      expect(await outcome(await signed())).to.equal('granted');
    });

    it('ask once for many at the same time', async () => {
      await Promise.all(Array.from({ length: 20 }, async () => outcome(await signed())));
      expect(bench.issuer.asked).to.equal(1);
    });

    for (const [what, answer] of [
      ['no JSON', '<html>'],
      ['no set', '{"keys": 5}'],
      ['an empty set', '{"keys": []}'],
      ['a shared key', '{"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "rsa-1"}]}'],
    ] as const) {
      it(`keep the keys that are known while it answers ${what}`, async () => {
        await outcome(await signed());
        bench.issuer.text = answer;
        bench.now += hour * 1000;
        expect(await outcome(await signed())).to.equal('granted');
      });
    }
  });

  it('are refused in every way in which they can be forged, and no address in them is called', async function () {
    this.timeout(20_000);
    const own = await bench.client({ name: 'own keys' });
    const keys = { jwks: { keys: [{ ...ec.jwk }] } as never };
    await bench.parts.clients.credentials.add({ tenant: 'default', client: own.id, kind: 'keys', keys });
    const endpoint = `${bench.url}/oauth/token`;
    const mine = { iss: own.id, sub: own.id, aud: endpoint };
    const forged = await forgeries({ bench, rsa, ec, stranger, mine, now: now() });
    expect(forged.length).to.be.greaterThan(200);
    // What they are forged from is good.
    expect(await outcome(await signed())).to.equal('granted');
    expect(await outcome(await bench.sign(ec, mine), { client_id: own.id })).to.equal('granted');
    const asked = bench.issuer.asked;
    for (const [title, assertion, more] of forged) {
      const { status, body } = await bench.post(bench.asserting(assertion, more));
      expect([400, 401], title).to.include(status);
      expect(body, title).not.to.have.property('access_token');
    }
    expect(bench.issuer.asked - asked).to.be.lessThan(2);
  });
});

interface Forge {
  readonly bench: OauthBench;
  readonly rsa: SigningKey;
  readonly ec: SigningKey;
  readonly stranger: SigningKey;
  readonly mine: JWTPayload;
  readonly now: number;
}

type Forged = readonly [title: string, assertion: string, more: Record<string, string>];

/** Assertions that must not be accepted, each a small step from one that is. */
async function forgeries({ bench, rsa, ec, stranger, mine, now }: Forge): Promise<readonly Forged[]> {
  const all: Forged[] = [];
  const id = { client_id: mine.sub! };
  const addBoth = async (
    title: string,
    change: (payload: JWTPayload) => JWTPayload,
    header: Record<string, unknown> = {},
    signer?: SigningKey,
  ): Promise<void> => {
    all.push([`federation: ${title}`, await bench.sign(signer ?? rsa, change({ ...claims }), header), {}]);
    all.push([`keys: ${title}`, await bench.sign(signer ?? ec, change({ ...mine }), header), id]);
  };
  const wrong = [
    '',
    ' ',
    'x',
    'https://evil.example',
    'HTTPS://LOGIN.MICROSOFTONLINE.COM/9122040D/V2.0',
    '*',
    null,
    5,
    {},
    [],
  ];
  for (const name of ['iss', 'sub', 'aud'] as const) {
    for (const value of wrong)
      await addBoth(`${name} ${JSON.stringify(value)}`, (payload) => ({ ...payload, [name]: value }));
    await addBoth(`no ${name}`, (payload) => ({ ...payload, [name]: undefined }));
    await addBoth(`${name} with more behind`, (payload) => ({ ...payload, [name]: `${String(payload[name])}/` }));
    await addBoth(`${name} with a blank`, (payload) => ({ ...payload, [name]: `${String(payload[name])} ` }));
  }
  for (const value of [...wrong, undefined, 'b122040d'])
    all.push([`tid ${JSON.stringify(value)}`, await bench.sign(rsa, { ...claims, tid: value }), {}]);
  all.push(['several audiences', await bench.sign(rsa, { ...claims, aud: [trust.aud, 'api://other'] }), {}]);
  for (const exp of [0, -1, now - 61, now - day, now + 2 * day, Number.MAX_SAFE_INTEGER, 1e300])
    await addBoth(`exp ${exp}`, (payload) => ({ ...payload, iat: undefined, exp }));
  for (const name of ['exp', 'iat', 'nbf'] as const)
    for (const value of ['x', `${now + 100}`, {}, [], true, now + 10 * day])
      await addBoth(`${name} ${JSON.stringify(value)}`, (payload) => ({ ...payload, [name]: value }));
  await addBoth('no exp', (payload) => ({ ...payload, exp: undefined }));
  for (const jti of ['', 5, {}, 'j'.repeat(400)].slice(1))
    await addBoth(`jti ${JSON.stringify(jti).slice(0, 10)}`, (payload) => ({ ...payload, jti: jti as never }));

  await addBoth("a stranger's key", (payload) => payload, {}, stranger);
  const strangerJwk = { ...stranger.jwk };
  for (const header of [
    { jwk: strangerJwk },
    { jku: 'http://169.254.169.254/keys' },
    { jku: 'https://evil.example/keys' },
    { x5u: 'https://127.0.0.1/cert' },
    { x5c: ['MIIB'] },
    { x5t: 'AAAA' },
    { kid: 'rsa-1', jwk: strangerJwk, jku: 'https://evil.example/keys' },
    { kid: '../../../../dev/null' },
    { kid: "' OR 1=1 --" },
    { kid: 'ec-1' },
    { kid: '__proto__' },
    { kid: ['rsa-1'] as never },
    { kid: { kid: 'rsa-1' } as never },
    { kid: '' },
    { kid: 5 as never },
    { kid: null as never },
    { kid: 'https://169.254.169.254/keys' },
  ])
    await addBoth(`header ${JSON.stringify(header).slice(0, 40)}`, (payload) => payload, header, stranger);

  const good = await bench.sign(rsa, claims);
  const [head = '', payload = '', signature = ''] = good.split('.');
  for (const alg of [
    'none',
    'None',
    'NONE',
    '',
    'HS256',
    'HS384',
    'HS512',
    'ES256',
    'PS256',
    'RS384',
    'RS512',
    'EdDSA',
    'ES256K',
    'dir',
  ])
    for (const rest of [signature, ''])
      all.push([`alg ${alg}`, `${text({ alg, kid: 'rsa-1' })}.${payload}.${rest}`, {}]);
  // The public key as a shared secret.
  const publicKey = createPublicKey({ key: rsa.jwk as never, format: 'jwk' });
  const secrets = [
    publicKey.export({ type: 'spki', format: 'pem' }),
    publicKey.export({ type: 'spki', format: 'der' }),
    JSON.stringify(rsa.jwk),
    rsa.jwk.n!,
    '',
  ];
  for (const [alg, hash] of [
    ['HS256', 'sha256'],
    ['HS512', 'sha512'],
  ] as const)
    for (const secret of secrets) {
      const input = `${text({ alg, kid: 'rsa-1', typ: 'JWT' })}.${payload}`;
      all.push([
        `${alg} by the public key`,
        `${input}.${createHmac(hash, secret).update(input).digest('base64url')}`,
        {},
      ]);
    }
  for (const [title, assertion] of [
    [
      'another payload under a signature',
      `${head}.${text({ ...claims, sub: 'object-2', exp: now + 300 })}.${signature}`,
    ],
    ['no signature', `${head}.${payload}.`],
    ['no signature, two parts', `${head}.${payload}`],
    ['a cut signature', good.slice(0, -8)],
    ['five parts', `${good}.a.b`],
    ['four parts', `${good}.a`],
    ['unencoded payload', `${text({ alg: 'RS256', kid: 'rsa-1', b64: false, crit: ['b64'] })}.${payload}.${signature}`],
    [
      'an extension that nobody knows',
      `${text({ alg: 'RS256', kid: 'rsa-1', crit: ['x'], x: 1 })}.${payload}.${signature}`,
    ],
    ['no JSON', `${text('x')}.${payload}.${signature}`],
    ['a list for a payload', `${head}.${text([claims])}.${signature}`],
    ['nothing', '..'],
    ['text', 'assertion'],
    ['a flattened JSON signature', JSON.stringify({ protected: head, payload, signature })],
    ['a very long one', `${head}.${'A'.repeat(20_000)}.${signature}`],
    ['blanks', ` ${good}`],
    [
      'a zero ES256 signature',
      `${text({ alg: 'ES256', kid: 'ec-1' })}.${payload}.${Buffer.alloc(64).toString('base64url')}`,
    ],
  ] as const)
    all.push([title, assertion, {}]);
  all.push(["another client's id", good, { client_id: mine.sub! }]);
  all.push(["another client's id, own keys", await bench.sign(ec, mine), { client_id: 'x' }]);
  all.push(['own keys for the federation', await bench.sign(ec, { ...mine, iss: trust.iss }), id]);
  return all;
}
