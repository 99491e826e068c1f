import { expect } from 'chai';
import type { CapturedMail } from '../../src/notify/mail/mailbox.ts';
import { eventually, type ScimAnswer } from '../support/launch.ts';
import { PageVisitor } from '../support/page-visitor.ts';
import { describeServed } from '../support/served-stores.ts';

const urn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const bulk = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

describeServed('a key belongs to the address it went to', {}, (served) => {
  const scim = (profile: string, method: string, path: string, body?: unknown): Promise<ScimAnswer> =>
    served().scim(method, path, body, { authorization: `Bearer ${served().token(profile)}` });
  const user = (userName: string, address: string, onboarding?: object) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', ...(onboarding === undefined ? [] : [urn])],
    userName,
    emails: [{ value: address, type: 'work', primary: true }],
    ...(onboarding === undefined ? {} : { [urn]: onboarding }),
  });
  const linkIn = ({ text }: CapturedMail): string => /https?:\/\/\S+/.exec(text)?.[0] ?? '';
  const mailTo = (address: string): Promise<CapturedMail> =>
    eventually(`a mail to ${address}`, async () => (await served().mails()).find(({ to }) => to === address));
  const settled = (path: string, status: string): Promise<unknown> =>
    eventually(status, async () => (await scim('auto', 'GET', path)).body[urn].status === status);
  const patch = (...Operations: object[]) => ({ schemas: [patchOp], Operations });

  const corrections: readonly [string, string, (path: string, name: string, address: string) => Promise<ScimAnswer>][] =
    [
      ['PUT', 'okta', (path, name, address) => scim('okta', 'PUT', path, user(name, address))],
      [
        'PATCH by value path',
        'entra',
        (path, _, address) =>
          scim('entra', 'PATCH', path, patch({ op: 'Replace', path: 'emails[type eq "work"].value', value: address })),
      ],
      [
        'path-less PATCH',
        'strict',
        (path, _, address) =>
          scim(
            'strict',
            'PATCH',
            path,
            patch({ op: 'replace', value: { emails: [{ value: address, type: 'work' }] } }),
          ),
      ],
      [
        'Bulk',
        'auto',
        (path, name, address) =>
          scim('auto', 'POST', '/Bulk', {
            schemas: [bulk],
            Operations: [{ method: 'PUT', path, data: user(name, address) }],
          }),
      ],
    ];

  for (const [way, profile, correct] of corrections) {
    it(`corrected by ${way} (${profile}): the old link and password are worth nothing, the new address gets its own`, async () => {
      const name = `${profile}.link`;
      const invited = await scim(
        profile,
        'POST',
        '/Users',
        user(name, `${name}@tpyo.example`, { preRegistration: true }),
      );
      const path = `/Users/${invited.body.id}`;
      const old = await mailTo(`${name}@tpyo.example`);
      await settled(path, 'invited');
      expect((await correct(path, name, `${name}@right.example`)).status).to.be.oneOf([200, 204]);
      const page = await new PageVisitor(served().url).open(linkIn(old));
      expect(page.text).not.to.include('name="newPassword"');
      expect(page.text).to.match(/newer/i);
      const fresh = await mailTo(`${name}@right.example`);
      expect((await new PageVisitor(served().url).open(linkIn(fresh))).text).to.include('name="newPassword"');
      await settled(path, 'invited');
      await correct(path, name, `${name.toUpperCase()}@right.example`);

      const other = `${profile}.password`;
      const mailed = await scim(
        profile,
        'POST',
        '/Users',
        user(other, `${other}@tpyo.example`, { sendPassword: true }),
      );
      const secret = /^Password:\n(.+)$/m.exec((await mailTo(`${other}@tpyo.example`)).text)?.[1] ?? '';
      await settled(`/Users/${mailed.body.id}`, 'delivered');
      await correct(`/Users/${mailed.body.id}`, other, `${other}@right.example`);
      expect((await new PageVisitor(served().url).signIn(other, secret)).status).to.equal(422);
      const replaced = /^Password:\n(.+)$/m.exec((await mailTo(`${other}@right.example`)).text)?.[1] ?? '';
      expect((await new PageVisitor(served().url).signIn(other, replaced)).text).to.include(
        'action="/change-password"',
      );
      const mails = (await served().mails()).map(({ to }) => to.toLowerCase());
      expect(mails.filter((to) => to.startsWith(`${profile}.`))).to.have.lengthOf(4);
    });

    it(`corrected by ${way} (${profile}): the link that proves the old address says that there is a newer one`, async () => {
      const name = `${profile}.proof`;
      const made = await scim(profile, 'POST', '/Users', user(name, `${name}@tpyo.example`, { verifyEmail: true }));
      const path = `/Users/${made.body.id}`;
      await scim(profile, 'PATCH', path, patch({ op: 'replace', path: 'password', value: 'seven boats at dawn' }));
      const old = linkIn(await mailTo(`${name}@tpyo.example`));
      expect((await new PageVisitor(served().url).open(old)).text).to.include('name="confirm"');
      expect((await correct(path, name, `${name}@right.example`)).status).to.be.oneOf([200, 204]);
      const page = await new PageVisitor(served().url).open(old);
      expect([page.status, page.text.includes('name="confirm"')]).to.deep.equal([410, false]);
      expect(page.text).to.match(/newer/i);
      const visitor = new PageVisitor(served().url);
      const fresh = await visitor.open(linkIn(await mailTo(`${name}@right.example`)));
      expect((await visitor.submit(fresh, { confirm: 'yes' })).headers.location).to.equal('/verify-email/done');
    });
  }
});
