import { expect } from 'chai';
import type { CapturedMail } from '../../src/notify/mail/mailbox.ts';
import { eventually, testToken, type ScimAnswer } from '../support/launch.ts';
import { PageVisitor } from '../support/page-visitor.ts';
import { describeServed } from '../support/served-stores.ts';

const urn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const password = 'seven small boats at dawn';
const other = 'nine tall ships at noon';

describeServed('the page of a dead link tells what ended it', {}, (served) => {
  let count = 0;
  const scim = (method: string, path: string, body?: unknown): Promise<ScimAnswer> => served().scim(method, path, body);
  const admin = async (path: string, body?: object): Promise<void> => {
    const { status } = await fetch(`${served().url}/admin/v1/users/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${testToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(status, path).to.be.oneOf([200, 201]);
  };
  const linkIn = ({ text }: CapturedMail): string => /https?:\/\/\S+token=\S+/.exec(text)?.[0] ?? '';
  const mailsTo = async (address: string) => (await served().mails()).filter(({ to }) => to === address);
  const mailTo = (address: string, least = 1): Promise<CapturedMail> =>
    eventually(`${least} mails to ${address}`, async () => {
      const mails = await mailsTo(address);
      return mails.length >= least ? mails[0] : undefined;
    });
  const made = async (more: object): Promise<{ id: string; address: string }> => {
    const address = `dead${(count += 1)}@x.example`;
    const { status, body } = await scim('POST', '/Users', { userName: address, emails: [{ value: address }], ...more });
    expect(status).to.equal(201);
    return { id: body.id, address };
  };
  const invited = async () => {
    const user = await made({ [urn]: { preRegistration: true } });
    return { ...user, link: linkIn(await mailTo(user.address)) };
  };
  const recovering = async () => {
    const user = await made({ password });
    const visitor = new PageVisitor(served().url);
    await visitor.submit(await visitor.open('/forgot-password'), { userName: user.address });
    return { ...user, link: linkIn(await mailTo(user.address)) };
  };
  const patch = (id: string, ...Operations: object[]) =>
    scim('PATCH', `/Users/${id}`, { schemas: [patchOp], Operations });
  const opened = async (link: string): Promise<{ status: number; title: string; text: string }> => {
    const { status, text } = await new PageVisitor(served().url).open(link);
    return { status, title: /<h1[^>]*>([^<]*)/.exec(text)?.[1]?.trim() ?? '', text };
  };
  const replaced = 'Your password has been changed since';

  const endings: readonly [
    string,
    typeof invited,
    (user: { id: string; address: string }) => Promise<unknown>,
    string,
  ][] = [
    [
      'a client sets the password of who asked for a way back',
      recovering,
      ({ id }) => patch(id, { op: 'replace', path: 'password', value: other }),
      replaced,
    ],
    [
      'the same with PUT',
      recovering,
      ({ id, address }) =>
        scim('PUT', `/Users/${id}`, { userName: address, emails: [{ value: address }], password: other }),
      replaced,
    ],
    [
      'an administrator is shown a new password, after recovery',
      recovering,
      ({ id }) => admin(`${id}/password`, { send: false }),
      replaced,
    ],
    [
      'an administrator is shown a new password, after an invitation',
      invited,
      ({ id }) => admin(`${id}/password`, { send: false }),
      replaced,
    ],
    [
      'an administrator mails a new password',
      invited,
      ({ id }) => admin(`${id}/password`, { send: true }),
      'There is a newer message',
    ],
    ['an administrator sends again', invited, ({ id }) => admin(`${id}/resend`), 'There is a newer message'],
    [
      'the address of who asked for a way back changes',
      recovering,
      ({ id, address }) => patch(id, { op: 'replace', path: 'emails', value: [{ value: `new.${address}` }] }),
      'The address has changed since',
    ],
    [
      'the address of an invited person is taken away',
      invited,
      ({ id }) => patch(id, { op: 'remove', path: 'emails' }),
      'The address has changed since',
    ],
    [
      'the address of an invited person is corrected',
      invited,
      ({ id, address }) => patch(id, { op: 'replace', path: 'emails', value: [{ value: `new.${address}` }] }),
      'There is a newer message',
    ],
    ['the invitation is called off', invited, ({ id }) => admin(`${id}/cancel`), 'This link was withdrawn'],
    [
      'the person is deactivated',
      recovering,
      ({ id }) => patch(id, { op: 'replace', path: 'active', value: false }),
      'This link was withdrawn',
    ],
  ];
  for (const [what, begin, end, title] of endings) {
    it(`${what}: ${title}`, async () => {
      const user = await begin();
      expect((await opened(user.link)).text).to.include('name="newPassword"');
      await end(user);
      const page = await opened(user.link);
      expect(page).to.include({ status: 410, title });
      expect(page.text.includes('invitation'), 'tells of an invitation').to.equal(false);
      if (title === replaced || title.startsWith('The address'))
        expect(page.text).to.include('/sign-in').and.include('/forgot-password');
    });
  }

  it('a password changed by the person themselves ends what they had asked for', async () => {
    const user = await recovering();
    const visitor = new PageVisitor(served().url);
    await visitor.signIn(user.address, password);
    const form = await visitor.open('/change-password');
    await visitor.submit(form, { currentPassword: password, newPassword: other });
    expect(await opened(user.link)).to.include({ status: 410, title: replaced });
  });
});
