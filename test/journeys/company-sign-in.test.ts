import { expect } from 'chai';
import { IssuerDouble, type Person } from '../support/issuer-double.ts';
import type { RawAnswer } from '../support/journey.ts';
import { eventually, testToken } from '../support/launch.ts';
import { PageVisitor } from '../support/page-visitor.ts';
import { describeOnBothStores } from '../support/served-stores.ts';

const ines: Person = {
  sub: 'u-1',
  email: 'ines@company.example',
  email_verified: true,
  name: 'Ines Okoro',
  roles: ['latchkey-help', 'something else'],
};
const settingsOf = (double: IssuerDouble) => ({
  issuer: double.issuer,
  clientId: double.clientId,
  clientSecret: 'kept:console-oidc',
  name: 'Contoso',
  claim: 'roles',
  roles: { 'latchkey-owners': 'owner', 'latchkey-help': 'helpdesk' },
});

describeOnBothStores(
  'administrators from the company’s identity provider',
  { LATCHKEY_WEBHOOK_HOSTS: '127.0.0.1' },
  (served) => {
    let double: IssuerDouble;
    before(async () => {
      double = await IssuerDouble.start();
      await admin('PUT', '/secrets/console-oidc', { secret: double.clientSecret });
      const { status, body } = await admin('PATCH', '/settings', { console: { oidc: settingsOf(double) } });
      expect(status, JSON.stringify(body)).to.equal(200);
    });
    after(() => double.stop());
    beforeEach(() => Object.assign(double, { lies: {}, isDown: false }));

    async function admin(method: string, path: string, body?: object, tenant = ''): Promise<any> {
      const answer = await fetch(`${served().url}${tenant}/admin/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${testToken}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
    }
    const account = async (): Promise<any> =>
      (await admin('GET', '/administrators')).body.administrators.find(({ email }: any) => email === ines['email']);
    const onward = ({ headers }: RawAnswer): string => String(headers['refresh'] ?? '').replace(/^0; url=/, '');
    const newVisitor = () => new PageVisitor(served().url);

    /** As far as the provider. @returns the address that the browser is sent to */
    async function leave(visitor: PageVisitor, tenant = ''): Promise<string> {
      const page = await visitor.open(`${tenant}/console/sign-in/oidc`);
      return onward(await visitor.submit(page, {}));
    }
    /** Signs in at the provider, and comes back. */
    async function through(visitor: PageVisitor, person: Person = ines): Promise<RawAnswer> {
      return visitor.open(double.signIn(await leave(visitor), person).href);
    }

    it('come in with the role that the claim says, are listed, and are in the audit by name', async () => {
      const visitor = newVisitor();
      expect((await visitor.open('/console/sign-in')).text).to.include('Contoso');
      const back = await through(visitor);
      expect(back.status, back.text).to.equal(200);
      expect(onward(back)).to.equal('/console');
      const home = await visitor.open('/console');
      expect(home.status).to.equal(200);
      expect(home.text).to.include('Ines Okoro');
      expect(await account()).to.include({ role: 'helpdesk', name: 'Ines Okoro' });
      // A role that may not see the settings does not: the page is the shell's own refusal.
      expect((await visitor.open('/console/settings')).status).to.equal(403);
      const { id } = await account();
      const filter = encodeURIComponent(`target.id eq "${id}"`);
      await eventually('the event of the account', async () => {
        const { body } = await served().scim('GET', `/AuditEvents?filter=${filter}`);
        return body.totalResults > 0;
      });
    });

    it('have sessions that are listed, and that an administrator ends at once', async () => {
      const visitor = newVisitor();
      await through(visitor);
      const { id } = await account();
      const { sessions } = (await admin('GET', `/administrators/${id}/sessions`)).body;
      expect(sessions.length).to.be.at.least(1);
      expect((await admin('DELETE', `/administrators/${id}/sessions`)).status).to.be.oneOf([200, 204]);
      const out = await visitor.open('/console');
      expect([out.status, out.headers['location']]).to.deep.equal([303, '/console/sign-in']);
    });

    it('come back once, in the browser that left, and at the tenant that they left alone', async () => {
      await admin('POST', '/tenants', { id: 'acme', name: 'Acme' });
      const visitor = newVisitor();
      const { href } = double.signIn(await leave(visitor), ines);
      expect((await newVisitor().open(href)).status, 'another browser').to.equal(400);
      expect((await visitor.open(href.replace('/console/', '/t/acme/console/'))).status, 'another tenant').to.equal(
        400,
      );
      expect((await visitor.open(href)).status).to.equal(200);
      expect((await visitor.open(href)).status, 'a second time').to.equal(400);
      expect((await newVisitor().open('/t/acme/console/sign-in/oidc')).status, 'no provider there').to.equal(404);
    });

    it('are refused where anything of what the provider says does not hold, and no session begins', async () => {
      for (const lies of [
        { claims: { aud: 'another client' } },
        { claims: { iss: 'https://other.example' } },
        { claims: { nonce: 'another' } },
        { claims: { exp: Math.floor(Date.now() / 1000) - 600 } },
        { responseIss: 'https://other.example' },
        { foreignKey: true },
        { unsigned: true },
      ]) {
        Object.assign(double, { lies });
        const visitor = newVisitor();
        const answer = await through(visitor);
        expect(answer.status, JSON.stringify(lies)).to.equal(403);
        expect((await visitor.open('/console')).status, JSON.stringify(lies)).to.equal(303);
      }
      const { events } = (await admin('GET', '/administrators/events')).body;
      expect(events.filter(({ type }: any) => type === 'companySignInFailed').length).to.be.at.least(7);
    });

    it('come in after the provider has rotated its keys, and are told when it is down', async () => {
      await double.rotate();
      expect((await through(newVisitor())).status).to.equal(200);
      const visitor = newVisitor();
      const address = await leave(visitor);
      double.isDown = true;
      const down = await visitor.open(double.signIn(address, ines).href);
      expect([down.status, down.headers['retry-after']]).to.deep.equal([503, '60']);
      double.isDown = false;
      expect((await through(visitor)).status).to.equal(200);
    });

    it('change their role at the next sign-in, and lose all sessions when the provider takes it away', async () => {
      const old = newVisitor();
      await through(old);
      await through(newVisitor(), { ...ines, roles: ['latchkey-owners'] });
      expect(await account()).to.include({ role: 'owner' });
      expect((await old.open('/console')).status, 'the session of the older role').to.equal(303);
      const owner = newVisitor();
      await through(owner, { ...ines, roles: ['latchkey-owners'] });
      expect((await owner.open('/console')).status).to.equal(200);
      expect((await through(newVisitor(), { ...ines, roles: [] })).status).to.equal(403);
      expect((await owner.open('/console')).status, 'without a role').to.equal(303);
    });

    it('are shown the way to sign out of the provider too, and their cookies are cleared', async () => {
      const visitor = newVisitor();
      await through(visitor);
      const page = await visitor.open('/console/account');
      const form = /<form\s+method="post"\s+action="\/console\/sign-out".*?<\/form>/s.exec(page.text)?.[0] ?? '';
      const left = await visitor.submit({ ...page, text: form }, {});
      expect(left.headers['clear-site-data']).to.match(/"cache"/);
      expect(left.headers['location']).to.equal('/console/sign-in/oidc/left');
      expect((await visitor.open('/console/sign-in/oidc/left')).text).to.include(`${double.issuer}/sign-out`);
      expect((await visitor.open('/console')).status).to.equal(303);
    });

    it('are out as soon as the provider is turned off', async () => {
      const visitor = newVisitor();
      await through(visitor);
      expect((await visitor.open('/console')).status).to.equal(200);
      await admin('PATCH', '/settings', { console: { oidc: null } });
      expect((await visitor.open('/console')).status).to.equal(303);
      expect((await visitor.open('/console/sign-in')).text).not.to.include('Contoso');
      expect((await visitor.open('/console/sign-in/oidc')).status).to.equal(404);
    });

    it('are let in by no secret that is in a log', () => {
      expect(served().output()).not.to.include(double.clientSecret);
    });
  },
);
