import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually, testToken } from '../support/launch.ts';
import { PageVisitor } from '../support/page-visitor.ts';
import { describeServed } from '../support/served-stores.ts';

const urn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const folder = mkdtempSync(join(tmpdir(), 'latchkey-words-'));
mkdirSync(join(folder, 'crm'));
writeFileSync(
  join(folder, 'en.json'),
  JSON.stringify({ pages: { setPassword: { title: 'Make it yours' }, enterCode: { title: 'Your code, please' } } }),
);
writeFileSync(
  join(folder, 'crm', 'en.json'),
  JSON.stringify({
    mail: { messages: { invitation: { subject: 'Welcome to the CRM' } } },
    pages: {
      setPassword: { title: 'Make the CRM yours' },
      enterCode: { title: 'Your CRM code, please' },
      signIn: { title: 'Into the CRM' },
    },
  }),
);

describe("words of one's own", () => {
  after(() => rmSync(folder, { recursive: true, force: true }));

  describeServed('in messages and pages', { LATCHKEY_TEMPLATES: folder }, (served) => {
    const mailTo = async (address: string) =>
      eventually(`a mail to ${address}`, async () => (await served().mails()).find(({ to }) => to === address));
    const headingOf = (page: string): string | undefined => /<h1>(.*?)<\/h1>/.exec(page)?.[1];

    async function invite(name: string, onboarding: object): Promise<{ subject: string; link: string }> {
      const address = `${name}@words.example`;
      const { status } = await served().scim('POST', '/Users', {
        userName: address,
        emails: [{ value: address }],
        [urn]: { preRegistration: true, ...onboarding },
      });
      expect(status).to.equal(201);
      const { subject, text } = await mailTo(address);
      return { subject, link: /https?:\/\/\S+/.exec(text)?.[0] ?? '' };
    }

    it("are the application's from its mail to the sign-in", async () => {
      const { subject, link } = await invite('ines', { application: 'crm' });
      expect(subject).to.equal('Welcome to the CRM');
      const ines = new PageVisitor(served().url);
      const page = await ines.open(link);
      expect(headingOf(page.text)).to.equal('Make the CRM yours');
      const done = await ines.submit(page, {
        newPassword: 'a ferry leaves at seven',
        repeatPassword: 'a ferry leaves at seven',
      });
      const next = await ines.open(done.headers.location ?? '');
      expect(headingOf((await ines.open(/class="button" href="([^"]+)"/.exec(next.text)?.[1] ?? '')).text)).to.equal(
        'Into the CRM',
      );
    });

    it("are the application's where only the link knows it, and the tenant's elsewhere", async () => {
      const visitor = new PageVisitor(served().url);
      const coded = await invite('noa', { application: 'crm', invitationMethod: 'emailOtp' });
      expect(headingOf((await visitor.open(coded.link)).text)).to.equal('Your CRM code, please');
      const other = await invite('uma', { invitationMethod: 'emailOtp' });
      expect(headingOf((await visitor.open(other.link)).text)).to.equal('Your code, please');
      expect(headingOf((await visitor.open((await invite('eli', { application: 'unheard of' })).link)).text)).to.equal(
        'Make it yours',
      );
    });

    it("are an administrator's in the next message and page, but for what an application has for itself", async () => {
      const change = async (texts: Readonly<Record<string, string | null>>): Promise<number> =>
        (
          await fetch(`${served().url}/admin/v1/messages/words`, {
            method: 'PATCH',
            headers: { authorization: `Bearer ${testToken}`, 'content-type': 'application/json' },
            body: JSON.stringify({ language: 'en', texts }),
          })
        ).status;
      const subject = 'mail.messages.invitation.subject';
      const title = 'pages.setPassword.title';
      expect(await change({ [subject]: 'Ahoy from {{productName}}', [title]: 'Choose your own' })).to.equal(200);
      const mira = await invite('mira', {});
      expect(mira.subject).to.match(/^Ahoy from /);
      expect(headingOf((await new PageVisitor(served().url).open(mira.link)).text)).to.equal('Choose your own');
      expect((await invite('nils', { application: 'crm' })).subject).to.equal('Welcome to the CRM');
      expect(await change({ [subject]: 'Your code is {{code}}' })).to.equal(400);
      expect(await change({ [subject]: null, [title]: null })).to.equal(200);
      const olga = await invite('olga', {});
      expect(olga.subject).to.match(/^Set your password/);
      expect(headingOf((await new PageVisitor(served().url).open(olga.link)).text)).to.equal('Make it yours');
    });
  });
});
