import { expect } from 'chai';
import type { OidcSettings } from '../../../src/config/settings.ts';
import type { ConsoleSite } from '../../../src/console/console-site.ts';
import { accountPage } from '../../../src/console/account/account-page.ts';
import type { Administrator } from '../../../src/administrators/administrator.ts';
import { omit } from '../../../src/base/omit.ts';
import { html } from '../../../src/page-kit/html.ts';
import { ConsoleBench } from '../../support/console-bench.ts';
import { IssuerDouble, type Person } from '../../support/issuer-double.ts';

const ines: Person = {
  sub: 'u-1',
  email: 'ines@company.example',
  email_verified: true,
  name: 'Ines Okoro',
  roles: ['latchkey-help', 'something else'],
};

describe('signing in to the console from the company’s identity provider', () => {
  let double: IssuerDouble;

  before(async () => {
    double = await IssuerDouble.start();
  });

  after(async () => {
    await double.stop();
  });

  beforeEach(() => {
    Object.assign(double, { lies: {}, isDown: false, userInfo: {}, authTime: () => Date.now() });
    double.asked.length = 0;
  });

  function company(over: Partial<OidcSettings> = {}): ConsoleBench {
    const bench = new ConsoleBench((site: ConsoleSite) => {
      site.page('/', {}, (visit) => ({ title: 'Home', body: html`<p>hello ${visit.me.administrator.name}</p>` }));
      site.page('/danger', { fresh: true }, () => ({ title: 'Danger', body: html`<p>in danger</p>` }));
      accountPage(site, { list: async () => [], end: async () => false });
    });
    // The provider's tokens are of the machine's own time.
    bench.now = Date.now();
    bench.kept.set('kept:oidc', double.clientSecret);
    const { oidc } = bench.settings.console;
    const set: OidcSettings = {
      ...oidc,
      issuer: double.issuer,
      clientId: double.clientId,
      clientSecret: 'kept:oidc',
      name: 'Contoso',
      roles: { 'latchkey-owners': 'owner', 'latchkey-admins': 'admin', 'latchkey-help': 'helpdesk' },
      ...over,
    };
    bench.settings = { ...bench.settings, console: { oidc: set } };
    return bench;
  }

  type Browser = ReturnType<ConsoleBench['browser']>;

  /** Follows the button to the provider, and what the provider answers back. */
  async function through(browser: Browser, person: Person, page = '/sign-in', fields = {}, action = '/sign-in/oidc') {
    const away = await browser.submit(page, fields, action);
    const address = /^0; url=(.*)$/.exec(away.headers['refresh'] ?? '')?.[1];
    if (address === undefined) return { away, answer: away, back: undefined };
    const back = double.signIn(address, person);
    const path = back.pathname.replace('/console', '') + back.search;
    return { away, back: path, answer: await browser.get(path) };
  }

  it('goes there with PKCE, state and nonce, and lets in who comes back with a mapped role', async () => {
    const bench = company();
    const browser = bench.browser();
    const { away, answer } = await through(browser, ines);
    const query = new URL(away.headers['refresh']!.slice('0; url='.length)).searchParams;
    expect(query.get('code_challenge_method')).to.equal('S256');
    expect(query.get('redirect_uri')).to.equal('https://keys.example/console/sign-in/oidc/callback');
    for (const name of ['state', 'nonce', 'code_challenge']) expect(query.get(name), name).to.match(/^[\w-]{43}$/);
    expect(String(away.headers['set-cookie'])).to.match(/__Host-latchkey-company=.*HttpOnly; Secure; SameSite=Lax/);
    expect(answer.status).to.equal(200);
    expect(answer.headers['refresh']).to.equal('0; url=/console');
    expect((await browser.get('/')).text).to.include('hello Ines Okoro');
    const [made] = await bench.records.list('default');
    expect(made).to.include({ email: 'ines@company.example', role: 'helpdesk', operator: false });
    expect(made?.oidc).to.deep.equal({ issuer: double.issuer, subject: 'u-1' });
  });

  it('finds the same account again, by issuer and subject whatever the address is now', async () => {
    const bench = company();
    await through(bench.browser(), ines);
    await through(bench.browser(), { ...ines, email: 'ines.okoro@company.example' });
    expect(await bench.records.list('default')).to.have.length(1);
  });

  it('gives an owner no second factor to set up: the provider has asked for what the company wants', async () => {
    const bench = company();
    const browser = bench.browser();
    await through(browser, { ...ines, roles: 'latchkey-owners' });
    expect((await browser.get('/')).text).to.include('hello');
  });

  it('takes the highest of several roles, from a claim within an object, or from UserInfo', async () => {
    const bench = company({ claim: 'realm.roles' });
    await through(bench.browser(), { ...ines, realm: { roles: ['latchkey-help', 'latchkey-admins'] } });
    expect((await bench.records.list('default'))[0]?.role).to.equal('admin');
    const other = company({ claim: 'https://company.example/roles' });
    double.userInfo = { 'https://company.example/roles': ['latchkey-owners'] };
    await through(other.browser(), ines);
    expect((await other.records.list('default'))[0]?.role).to.equal('owner');
  });

  it('changes the role as the provider says at the next sign-in, and ends the sessions of the old one', async () => {
    const bench = company();
    const old = bench.browser();
    await through(old, { ...ines, roles: ['latchkey-owners'] });
    await through(bench.browser(), ines);
    expect((await bench.records.list('default'))[0]?.role).to.equal('helpdesk');
    expect((await old.get('/')).headers['location']).to.equal('/console/sign-in');
  });

  it('refuses who has no mapped role with a clear page, and ends what sessions they have', async () => {
    const bench = company();
    const stranger = await through(bench.browser(), { ...ines, roles: ['toString', 'staff'] });
    expect(stranger.answer.status).to.equal(403);
    expect(stranger.answer.text).to.include('gives you no role here');
    expect(await bench.records.list('default'), 'no account is made').to.have.length(0);
    const browser = bench.browser();
    await through(browser, ines);
    await through(bench.browser(), { ...ines, roles: [] });
    expect((await browser.get('/')).headers['location']).to.equal('/console/sign-in');
  });

  it('never takes over an account by its mail address; an open invitation only where the provider has proved it', async () => {
    const bench = company();
    await bench.administrator('owner', { id: 'o', email: ines['email'] as string });
    const { answer } = await through(bench.browser(), ines);
    expect([answer.status, (await bench.records.find('default', 'o'))?.oidc]).to.deep.equal([409, undefined]);
    for (const verified of [undefined, false, 'true', true]) {
      const invited = company();
      await invited.administrator('auditor', { id: 'i', email: 'Ines@company.example' });
      await invited.records.change('default', 'i', withoutProofs);
      await through(invited.browser(), { ...ines, email_verified: verified });
      expect((await invited.records.find('default', 'i'))?.oidc?.subject, String(verified)).to.equal(
        verified === true ? 'u-1' : undefined,
      );
    }
  });

  it('never takes over an invited account that runs the installation', async () => {
    const bench = company();
    await bench.administrator('owner', { id: 'o', email: ines['email'] as string, operator: true });
    await bench.records.change('default', 'o', withoutProofs);
    expect((await through(bench.browser(), ines)).answer.status).to.equal(409);
  });

  it('connects an account from a session of its own, which then opens by both and keeps its role', async () => {
    const bench = company();
    const browser = await bench.signedIn('owner');
    const { answer } = await through(browser, ines, '/account', {}, '/account/company');
    expect(answer.headers['refresh']).to.equal('0; url=/console/account');
    const other = bench.browser();
    await through(other, ines);
    expect((await other.get('/')).text).to.include('hello Ines owner');
    expect((await bench.records.find('default', 'owner-1'))?.role, 'the role is the owners’ to give').to.equal('owner');
    await browser.submit('/account', {}, '/account/company/remove');
    expect((await bench.records.find('default', 'owner-1'))?.oidc).to.equal(undefined);
    expect((await other.get('/')).headers['location'], 'its sessions end').to.equal('/console/sign-in');
  });

  it('does not connect an identity that another account has', async () => {
    const bench = company();
    await through(bench.browser(), ines);
    const browser = await bench.signedIn('owner');
    expect((await through(browser, ines, '/account', {}, '/account/company')).answer.status).to.equal(409);
  });

  describe('takes nothing of a provider that lies', () => {
    const lies: readonly [string, IssuerDouble['lies']][] = [
      ['another nonce', { claims: { nonce: 'other' } }],
      ['no nonce', { claims: { nonce: undefined } }],
      ['another issuer in the token', { claims: { iss: 'https://evil.example' } }],
      ['another issuer in the answer', { responseIss: 'https://evil.example' }],
      ['another audience', { claims: { aud: 'another-client' } }],
      ['several audiences without azp', { claims: { aud: ['latchkey-console', 'another'] } }],
      ['no subject', { claims: { sub: undefined } }],
      ['an expired token', { claims: { exp: Math.floor(Date.now() / 1000) - 3600 } }],
      ['a signature by a key that is not published', { foreignKey: true }],
      ['no signature', { unsigned: true }],
    ];
    for (const [what, lie] of lies)
      it(what, async () => {
        const bench = company();
        double.lies = lie;
        const { answer } = await through(bench.browser(), ines);
        expect(answer.status).to.equal(403);
        expect(answer.headers['refresh']).to.equal(undefined);
        expect(await bench.records.list('default')).to.have.length(0);
        expect((await bench.securityLog.list('default', 5)).events[0]?.type).to.equal('companySignInFailed');
      });
  });

  it('takes a way back once, in the browser that began it, and within ten minutes', async () => {
    const bench = company();
    const browser = bench.browser();
    const { back } = await through(browser, ines);
    expect((await browser.get(back!)).status, 'a second time').to.equal(400);
    for (const late of [false, true]) {
      const away = await browser.submit('/sign-in', {}, '/sign-in/oidc');
      const sent = double.signIn(away.headers['refresh']!.slice('0; url='.length), ines);
      const path = sent.pathname.replace('/console', '') + sent.search;
      if (late) bench.now += 600_000;
      expect((await (late ? browser : bench.browser()).get(path)).status, `late: ${late}`).to.equal(400);
    }
    expect((await bench.browser().get('/sign-in/oidc/callback?code=x&state=y')).status).to.equal(400);
  });

  it('takes keys that the provider has rotated a moment ago', async () => {
    const bench = company();
    await through(bench.browser(), ines);
    await double.rotate();
    const browser = bench.browser();
    await through(browser, ines);
    expect((await browser.get('/')).text).to.include('hello');
  });

  it('says that a provider is down, lets others in by password, and goes on once it answers again', async () => {
    const bench = company();
    double.isDown = true;
    const browser = bench.browser();
    const { answer } = await through(browser, ines);
    expect([answer.status, answer.headers['retry-after']]).to.deep.equal([503, '60']);
    expect(answer.text).to.include('Contoso').and.include('does not answer');
    await bench.administrator('auditor', { id: 'a' });
    expect((await browser.get('/sign-in')).text).to.include('name="password"');
    double.isDown = false;
    await through(browser, ines);
    expect((await browser.get('/')).text).to.include('hello');
  });

  it('says so where a person or the provider breaks it off', async () => {
    const bench = company();
    const browser = bench.browser();
    const away = await browser.submit('/sign-in', {}, '/sign-in/oidc');
    const { searchParams } = new URL(away.headers['refresh']!.slice('0; url='.length));
    const query = new URLSearchParams({
      error: 'access_denied',
      state: searchParams.get('state')!,
      iss: double.issuer,
    });
    const answer = await browser.get(`/sign-in/oidc/callback?${query.toString()}`);
    expect(answer.status).to.equal(403);
    expect(answer.text).to.include('broke the sign-in off');
  });

  it('calls no issuer at an address that is not public, unless the operator has named its host', async () => {
    const bench = company({ issuer: double.issuer.replace('127.0.0.1', 'localhost') });
    const { answer } = await through(bench.browser(), ines);
    expect(answer.status).to.equal(503);
    expect(double.asked).to.deep.equal([]);
  });

  it('proves a person again at the provider for what is dangerous, and takes no older proof and nobody else', async () => {
    const bench = company();
    const browser = bench.browser();
    await through(browser, ines);
    bench.now += 11 * 60_000;
    const page = '/confirm?back=/console/danger';
    expect((await browser.get('/danger')).headers['location']).to.equal('/console/confirm?back=%2Fconsole%2Fdanger');
    const shown = (await browser.get(page)).text;
    expect(shown).not.to.include('name="secret"');
    const again = (person: Person) =>
      through(browser, person, page, { way: 'company' }, '/confirm?back=%2Fconsole%2Fdanger');
    double.authTime = () => Date.now() - 3_600_000;
    expect((await again(ines)).answer.status, 'proved an hour ago').to.equal(403);
    double.authTime = () => Date.now();
    expect((await again({ ...ines, sub: 'u-2' })).answer.status, 'somebody else').to.equal(403);
    expect((await browser.get('/danger')).status).to.equal(303);
    expect((await again(ines)).answer.headers['refresh']).to.equal('0; url=/console/danger');
    expect((await browser.get('/danger')).text).to.include('in danger');
  });

  it('ends every session that the provider vouched for where the tenant has another provider, or none', async () => {
    const bench = company();
    const browser = bench.browser();
    await through(browser, ines);
    bench.settings = { ...bench.settings, console: { oidc: { ...bench.settings.console.oidc, issuer: null } } };
    expect((await browser.get('/')).headers['location']).to.equal('/console/sign-in');
    expect((await browser.get('/sign-in')).text).not.to.include('Contoso');
    expect((await browser.get('/sign-in/oidc')).status).to.equal(404);
  });

  it('signs out here, and shows the way to sign out of the provider', async () => {
    const bench = company();
    const browser = bench.browser();
    await through(browser, ines);
    const out = await browser.submit('/', {}, '/sign-out');
    expect(out.headers['location']).to.equal('/console/sign-in/oidc/left');
    const left = await browser.get('/sign-in/oidc/left');
    expect(left.text).to.include(`${double.issuer}/sign-out?`).and.include('post_logout_redirect_uri');
    expect((await browser.get('/')).headers['location']).to.equal('/console/sign-in');
  });
});

/** An account whose invitation is open. */
function withoutProofs(before: Administrator): Administrator {
  return omit(omit(before, 'passwordHash'), 'totp');
}
