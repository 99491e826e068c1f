import { expect } from 'chai';
import { companySignInPage } from '../../../src/console/settings/company-sign-in-page.ts';
import { operation } from '../../../src/operations/operation.ts';
import { ConsoleBench } from '../../support/console-bench.ts';
import { SettingsInMemory } from '../../support/settings-in-memory.ts';

const redirectUri = 'https://keys.example/console/sign-in/oidc/callback';
const typed = {
  name: 'Contoso',
  issuer: 'https://login.contoso.example/tenant',
  clientId: 'latchkey',
  secret: 'the secret of the client',
  claim: 'roles',
  value: ['latchkey-owners', 'latchkey-help', ''],
  role: ['owner', 'helpdesk', 'auditor'],
};

async function opened(role: 'owner' | 'admin' | 'auditor' | 'helpdesk' = 'owner') {
  const settings = new SettingsInMemory();
  const kept = new Map<string, string>();
  const oidc = (): any => (settings.own as any)['console']?.oidc;
  const bench = new ConsoleBench(companySignInPage, {
    ...settings.operations,
    getCompanySignIn: operation(() => ({
      body: {
        redirectUri,
        ...(oidc() === undefined ? {} : { provider: { name: 'Contoso', answers: false, fault: 'it does not answer' } }),
      },
    })),
    keepSecret: operation<{ readonly secret: string }>(({ id, body }) => {
      kept.set(id, body.secret);
      return { body: { id } };
    }),
  });
  return { kept, oidc, browser: await bench.signedIn(role) };
}

describe('/console/company-sign-in', () => {
  it('tells what is to be registered at the provider, and keeps what the owner fills in', async () => {
    const { kept, oidc, browser } = await opened();
    expect((await browser.get('/company-sign-in')).text).to.include(redirectUri);
    const saved = await browser.submit('/company-sign-in', typed);
    expect(saved.status, saved.text.slice(0, 2000)).to.equal(303);
    expect(oidc()).to.deep.equal({
      issuer: typed.issuer,
      clientId: 'latchkey',
      clientSecret: 'kept:console-oidc',
      name: 'Contoso',
      claim: 'roles',
      roles: { 'latchkey-owners': 'owner', 'latchkey-help': 'helpdesk' },
    });
    expect(kept.get('console-oidc')).to.equal(typed.secret);
    const page = (await browser.get('/company-sign-in')).text;
    expect(page).to.include('value="latchkey-owners"').and.not.include(typed.secret);
    expect(page).to.include('it does not answer');
  });

  it('replaces the rows of roles, and keeps the secret where none is typed', async () => {
    const { kept, oidc, browser } = await opened();
    await browser.submit('/company-sign-in', typed);
    await browser.submit('/company-sign-in', { ...typed, secret: '', value: ['other'], role: ['admin'] });
    expect(oidc()).to.deep.include({ clientSecret: 'kept:console-oidc', roles: { other: 'admin' } });
    expect(kept.get('console-oidc')).to.equal(typed.secret);
  });

  it('is turned off by a button', async () => {
    const { oidc, browser } = await opened();
    expect((await browser.get('/company-sign-in')).text).not.to.include('/company-sign-in/off');
    await browser.submit('/company-sign-in', typed);
    expect((await browser.submit('/company-sign-in', {}, '/company-sign-in/off')).status).to.equal(303);
    expect(oidc()).to.equal(undefined);
  });

  it('is changed by owners alone: an admin sees no form, and what they post changes nothing', async () => {
    const { kept, oidc, browser } = await opened('admin');
    const page = await browser.get('/company-sign-in');
    expect([page.status, page.text.includes('name="issuer"')]).to.deep.equal([200, false]);
    expect((await browser.post('/company-sign-in', typed)).status).to.be.oneOf([403, 422]);
    expect([oidc(), kept.size]).to.deep.equal([undefined, 0]);
    expect((await (await opened('helpdesk')).browser.get('/company-sign-in')).status).to.equal(403);
  });
});
