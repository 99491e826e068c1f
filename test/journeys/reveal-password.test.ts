import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { CapturedMail } from '../../src/notify/mail/mailbox.ts';
import { eventually } from '../support/launch.ts';
import { PageVisitor } from '../support/page-visitor.ts';
import { describeServed } from '../support/served-stores.ts';

const urn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const own = 'a ferry leaves at seven';
const given = 'Given-by-the-admin-1';

describe('a mailed password behind a link', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-reveal-'));
  const settings = join(folder, 'settings.json');
  writeFileSync(settings, JSON.stringify({ onboarding: { mailedPassword: 'reveal' } }));
  after(() => rmSync(folder, { recursive: true, force: true }));

  describeServed('shown once', { LATCHKEY_SETTINGS: settings }, (served) => {
    const visitor = (): PageVisitor => new PageVisitor(served().url);

    async function create(userName: string, address: string, more: object = {}): Promise<string> {
      const { status, body } = await served().scim('POST', '/Users', {
        userName,
        emails: [{ value: address, primary: true }],
        [urn]: { sendPassword: true },
        ...more,
      });
      expect(status, JSON.stringify(body)).to.equal(201);
      return `/Users/${body.id}`;
    }

    const messageTo = (to: string, skip = 0): Promise<CapturedMail> =>
      eventually(
        `a message to ${to}`,
        async () => (await served().mails()).filter((mail) => mail.to === to)[skip] ?? false,
      );
    const linkIn = ({ text }: CapturedMail): string =>
      /https?:\/\/\S+\/reveal-password\?token=\S+/.exec(text)?.[0] ?? '';
    const shownOn = (page: string): string | undefined => /<code[^>]*>([^<]+)<\/code>/.exec(page)?.[1];

    /** All that a mail scanner does: opens the link in every way, and posts every form it finds as it stands. */
    async function scan(link: string): Promise<void> {
      for (const method of ['GET', 'HEAD', 'GET'] as const)
        expect((await visitor().open(link, method)).status).to.equal(200);
      const posts: readonly Record<string, string>[] = [
        {},
        { userName: '' },
        { userName: '', show: 'yes' },
        { userName: '', send: 'code' },
      ];
      for (const fields of posts) {
        const answer = await visitor().submit(await visitor().open(link), fields);
        expect(answer.status).to.equal(422);
        expect(shownOn(answer.text)).to.equal(undefined);
      }
    }

    it('by the user name, once, after the scanners; then it must be changed', async () => {
      const path = await create('io4711', 'ines@reveal.example', { password: given });
      const mail = await messageTo('ines@reveal.example');
      expect(`${mail.subject}${mail.text}${mail.html}`).not.to.include(given).and.not.to.include('io4711');
      await scan(linkIn(mail));
      const ines = visitor();
      const page = await ines.open(linkIn(mail));
      expect((await ines.submit(page, { userName: 'somebody', show: 'yes' })).status).to.equal(422);
      const shown = await ines.submit(page, { userName: 'IO4711', show: 'yes' });
      expect([shown.status, shownOn(shown.text), shown.headers['cache-control']]).to.deep.equal([
        200,
        given,
        'no-store',
      ]);
      const again = await ines.submit(page, { userName: 'io4711', show: 'yes' });
      expect([again.status, shownOn(again.text)]).to.deep.equal([410, undefined]);
      expect((await ines.open(linkIn(mail))).text).to.include('This password has been shown');

      const choice = await ines.signIn('io4711', given);
      expect(choice.text).to.include('action="/change-password"');
      expect((await ines.submit(choice, { newPassword: own, repeatPassword: own })).status).to.equal(303);
      expect((await served().scim('GET', path)).body[urn].status).to.equal('active');
      expect(served().output()).not.to.include(given);
    });

    it('by a code sent to the phone, and the password is made only then', async () => {
      const number = '+4915112345678';
      await create('uma@reveal.example', 'uma@reveal.example', { phoneNumbers: [{ value: number, type: 'mobile' }] });
      const link = linkIn(await messageTo('uma@reveal.example'));
      await scan(link);
      const uma = visitor();
      const asked = await uma.submit(await uma.open(link), { userName: 'uma@reveal.example', send: 'code' });
      expect(asked.text).to.include('autocomplete="one-time-code"');
      const { text } = await messageTo(number);
      const code = /^@\S+ #(\S+)$/m.exec(text)?.[1] ?? '';
      expect(text).to.include('your code to see your password').and.not.include('Enter it here');
      expect(
        (await uma.submit(asked, { userName: 'uma@reveal.example', code: 'WRONG234', show: 'yes' })).status,
      ).to.equal(422);
      expect((await uma.signIn('uma@reveal.example', code)).status, 'as a sign-in code').to.equal(422);
      const password =
        shownOn((await uma.submit(asked, { userName: 'uma@reveal.example', code, show: 'yes' })).text) ?? '';
      expect((await uma.signIn('uma@reveal.example', password)).text).to.include('action="/change-password"');
      expect(served().output()).not.to.include(password).and.not.to.include(code);
    });

    it('is spent by five wrong proofs; a new one goes to the recorded address alone', async () => {
      await create('io4712', 'noa@reveal.example');
      const first = linkIn(await messageTo('noa@reveal.example'));
      const stranger = visitor();
      const page = await stranger.open(first);
      for (let tries = 1; tries <= 5; tries += 1) {
        expect((await stranger.submit(page, { userName: `guess${tries}`, show: 'yes' })).status).to.equal(
          tries < 5 ? 422 : 410,
        );
      }
      const spent = await stranger.open(first);
      expect(spent.text).to.include('Too many wrong tries');
      expect((await stranger.submit(spent, { send: 'new' })).headers.location).to.equal('/forgot-password/sent');
      await messageTo('noa@reveal.example', 1);
      const [newest] = (await served().mails()).filter(({ to }) => to === 'noa@reveal.example');
      const noa = visitor();
      expect(
        shownOn((await noa.submit(await noa.open(linkIn(newest!)), { userName: 'io4712', show: 'yes' })).text),
      ).to.match(/^\S{15,}$/);
    });

    it('stays good while Forgot password sends a link of its own, and ends once that has set a password', async () => {
      await create('io4714', 'ada@reveal.example');
      const shows = linkIn(await messageTo('ada@reveal.example'));
      const ada = visitor();
      await ada.submit(await ada.open('/forgot-password'), { userName: 'io4714' });
      await messageTo('ada@reveal.example', 1);
      const [newest] = (await served().mails()).filter(({ to }) => to === 'ada@reveal.example');
      const sets = /https?:\/\/\S+\/set-password\?token=\S+/.exec(newest?.text ?? '')?.[0] ?? '';
      expect((await ada.open(shows)).status).to.equal(200);
      expect((await ada.submit(await ada.open(sets), { newPassword: own, repeatPassword: own })).status).to.equal(303);
      expect((await ada.open(shows)).text).to.include('shows no password any more');
      expect((await ada.open(sets)).status).to.equal(410);
      expect((await ada.signIn('io4714', own)).headers.location).to.equal('/signed-in');
    });

    it('ends when the user is deactivated, and when they are deleted', async () => {
      const path = await create('io4713', 'eli@reveal.example');
      const link = linkIn(await messageTo('eli@reveal.example'));
      await served().scim('PATCH', path, {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', path: 'active', value: false }],
      });
      expect((await visitor().open(link)).text).to.include('shows no password any more');
      await served().scim('DELETE', path);
      expect((await visitor().open(link)).status).to.equal(404);
    });
  });
});
