import { expect } from 'chai';
import { eventually } from '../support/launch.ts';
import { PageVisitor } from '../support/page-visitor.ts';
import { describeServed } from '../support/served-stores.ts';

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const extension = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';

describeServed('the language of pages and messages', {}, (served) => {
  const create = async (userName: string, more: object) => {
    const { status } = await served().scim('POST', '/Users', {
      schemas: [user],
      userName,
      password: 'a password that was given',
      emails: [{ value: `${userName}@acme.example` }],
      ...more,
    });
    expect(status).to.equal(201);
  };
  const mail = (userName: string, nth = 1) =>
    eventually(`mail ${nth} to ${userName}`, async () => {
      const mails = (await served().mails()).filter(({ to }) => to === `${userName}@acme.example`);
      return mails.length >= nth ? mails[0] : undefined;
    });
  const languageOf = (page: string): string | undefined => /<html lang="([^"]+)"/.exec(page)?.[1];
  const visitor = (language: string | undefined) =>
    new PageVisitor(served().url, {
      Accept: 'text/html',
      ...(language === undefined ? {} : { 'Accept-Language': language }),
    });

  for (const [who, more, browser, page] of [
    ['their record', { preferredLanguage: 'de' }, 'fr, en;q=0.5', 'de'],
    ['their locale', { locale: 'ja-JP' }, 'fr', 'ja'],
    ['the browser, where the record names none', {}, 'fr, en;q=0.5', 'fr'],
    ['the browser, where the record names one there is no translation of', { preferredLanguage: 'tlh' }, 'fr', 'fr'],
    ['the tenant, where neither names one', {}, 'tlh', 'en'],
  ] as const)
    it(`of a proof of address is that of ${who}: the form, a refused form and its end`, async () => {
      const userName = `proof-${page}-${browser.length}-${Object.keys(more).join('')}`;
      await create(userName, { ...more, [extension]: { verifyEmail: true } });
      const { text, html } = await mail(userName);
      const link = /https?:\S+\/verify-email\?token=\S+/.exec(text)?.[0] ?? '';
      // Nobody has been in a browser yet: the mail is in their own language, else the tenant's.
      expect(languageOf(html)).to.equal(page === 'fr' ? 'en' : page);
      const visit = visitor(browser);
      const form = await visit.open(link);
      expect(languageOf(form.text)).to.equal(page);
      const unpressed = await visit.submit(form, {});
      expect(unpressed.status).to.equal(422);
      expect(languageOf(unpressed.text)).to.equal(page);
      const done = await visit.submit(form, { confirm: 'yes' });
      expect(done.status).to.equal(303);
      expect(languageOf((await visit.open(done.headers.location ?? '')).text)).to.equal(page);
      const again = await visit.submit(form, { confirm: 'yes' });
      expect(again.status).to.equal(410);
      expect(languageOf(again.text)).to.equal(page);
    });

  it('of a mail that was asked for in a browser is the one of the record, else that of the browser', async () => {
    for (const [userName, more, language] of [
      ['asks-own', { preferredLanguage: 'de-CH' }, 'de'],
      ['asks-browser', {}, 'ja'],
    ] as const) {
      await create(userName, more);
      const visit = visitor('ja, en;q=0.3');
      const page = await visit.open('/forgot-password');
      await visit.submit(page, { userName });
      expect(languageOf((await mail(userName)).html)).to.equal(language);
    }
  });
});
