import { expect } from 'chai';
import request from 'supertest';
import { accountSite, hiddenFields, settings } from '../../support/account-site.ts';
import { grant, person } from '../../support/fake-keys.ts';

const applications = {
  crm: { name: 'Harbour CRM', continueUrl: 'https://crm.example/start?from=key&lang=en' },
  plain: { name: 'Plain' },
};

function site(onboarding: Partial<typeof settings.onboarding>) {
  return accountSite({ settingsOf: () => ({ ...settings, onboarding: { ...settings.onboarding, ...onboarding } }) });
}

describe('the way on once a password is set', () => {
  it("leads to the place of the person's application, by one button", async () => {
    const { app, keys } = site({ continueUrl: 'https://work.example/', applications });
    for (const [application, name, href] of [
      ['crm', 'Harbour CRM', 'https://crm.example/start?from=key&amp;lang=en'],
      ['plain', 'Plain', 'https://work.example/'],
      [undefined, 'Harbour', 'https://work.example/'],
      ['constructor', 'Harbour', 'https://work.example/'],
    ] as const) {
      keys.rights.set('tok', { state: 'valid', person: person({ application }), expiresAt: null });
      const fields = hiddenFields((await request(app).get('/set-password?token=tok')).text);
      const { headers } = await request(app)
        .post('/set-password')
        .type('form')
        .send({ ...fields, newPassword: 'a ferry leaves at seven' });
      const { text } = await request(app).get(headers['location'] ?? '');
      expect(text).to.include(`<a class="button" href="${href}">Continue to ${name}</a>`);
      expect(text.match(/<a /g)).to.have.length(1);
    }
  });

  it('is named by nothing in the request', async () => {
    const { app } = site({ continueUrl: 'https://work.example/', applications });
    for (const query of [
      'continueUrl=https://evil.example',
      'application=https://evil.example',
      'application=__proto__',
      'url=//evil.example&next=https://evil.example',
    ]) {
      const { text } = await request(app).get(`/set-password/done?${query}`).set('Referer', 'https://evil.example/');
      expect(text).to.include('href="https://work.example/"').and.not.include('evil.example');
    }
  });

  it('is the end where no place is named', async () => {
    const { app } = accountSite();
    const { text } = await request(app).get('/set-password/done');
    expect(text).to.include('You can close this page.').and.include('href="/sign-in"').and.not.include('Continue');
  });

  it('is shown to people who have signed in, and after a change', async () => {
    const { app, keys } = site({ continueUrl: 'https://work.example/' });
    keys.holders.set('u1', person());
    keys.signIns.set('ines pw', { outcome: 'ok', person: person(), lastSignInAt: undefined, session: grant('s1') });
    const fields = hiddenFields((await request(app).get('/sign-in')).text);
    const answer = await request(app)
      .post('/sign-in')
      .type('form')
      .send({ ...fields, userName: 'ines', password: 'pw' });
    const cookie = [answer.headers['set-cookie']].flat().join('; ');
    for (const path of ['/signed-in', '/change-password/done']) {
      const { text } = await request(app).get(path).set('Cookie', cookie);
      expect(text, path).to.include('<a class="button" href="https://work.example/">Continue to Harbour</a>');
    }
  });
});
