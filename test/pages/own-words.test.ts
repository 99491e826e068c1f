import { expect } from 'chai';
import request from 'supertest';
import { loadLocales, type Locales } from '../../src/text/locales.ts';
import { packageFile } from '../../src/base/package-root.ts';
import { accountSite, hiddenFields } from '../support/account-site.ts';
import { person } from '../support/fake-keys.ts';

const shipped = loadLocales(packageFile('locales'));

/** The shipped words with another heading of the sign-in page. */
function titled(title: string): Locales {
  const english = shipped.get('en')!;
  const signIn = { ...(english.pages['signIn'] as object), title };
  return new Map([...shipped, ['en', { ...english, pages: { ...english.pages, signIn } }]]);
}

const tenant = titled('Come in');
const crm = titled('Come into the CRM');
const site = () => accountSite({ localesFor: (application) => (application === 'crm' ? crm : tenant) });

describe('the words of a tenant and of its applications', () => {
  it("stand on the pages, an application's where its users come", async () => {
    const { app } = site();
    expect((await request(app).get('/sign-in')).text).to.include('<h1>Come in</h1>');
    expect((await request(app).get('/sign-in?application=crm')).text)
      .to.include('<h1>Come into the CRM</h1>')
      .and.include('action="/sign-in?application=crm"')
      .and.include('href="/forgot-password?application=crm"');
  });

  it("are the tenant's for an application that has none, whose name then goes no further", async () => {
    const { app } = site();
    for (const name of ['hr', '', '../crm', '"><script>']) {
      const { text } = await request(app).get(`/sign-in?application=${encodeURIComponent(name)}`);
      expect(text).to.include('<h1>Come in</h1>').and.include('action="/sign-in"').and.not.include('<script>');
    }
  });

  it('follow the user, not the link, and lead on', async () => {
    const { app, keys } = site();
    keys.rights.set('tok', { state: 'valid', person: person({ application: 'crm' }), expiresAt: null });
    const good = 'correct horse battery staple';
    const fields = hiddenFields((await request(app).get('/set-password?token=tok&application=hr')).text);
    const answer = await request(app)
      .post('/set-password')
      .type('form')
      .send({ ...fields, newPassword: good, repeatPassword: good });
    expect(answer.headers['location']).to.equal('/set-password/done?application=crm');
    expect((await request(app).get('/set-password/done?application=crm')).text).to.include(
      'href="/sign-in?application=crm"',
    );
  });
});
