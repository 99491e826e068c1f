import { expect } from 'chai';
import type { CapturedMail } from '../../src/notify/mail/mailbox.ts';
import { eventually, testToken, type ScimAnswer } from '../support/launch.ts';
import { PageVisitor } from '../support/page-visitor.ts';
import { describeServed } from '../support/served-stores.ts';

const urn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const secret = 'a heron above the weir';

describeServed('flags that come late, and ways back in', {}, (served) => {
  const scim = (profile: string, method: string, path: string, body?: unknown): Promise<ScimAnswer> =>
    served().scim(method, path, body, { authorization: `Bearer ${served().token(profile)}` });
  const user = (userName: string, onboarding?: object, more: object = {}) => ({
    userName,
    emails: [{ value: userName, type: 'work', primary: true }],
    ...(onboarding === undefined ? {} : { [urn]: onboarding }),
    ...more,
  });
  const mailsTo = async (address: string, count: number): Promise<CapturedMail[]> => {
    const mails = await eventually(`${count} mails to ${address}`, async () => {
      const found = (await served().mails()).filter(({ to }) => to === address);
      return found.length >= count && found;
    });
    expect(mails).to.have.lengthOf(count);
    return mails;
  };
  const passwordIn = ({ text }: CapturedMail): string => /^Password:\n(.+)$/m.exec(text)?.[1] ?? '';
  const visitor = () => new PageVisitor(served().url);

  it('another method takes a pending invitation along, by each way of saying it', async () => {
    for (const [way, profile, change] of [
      [
        'PUT',
        'okta',
        (path: string, name: string) => scim('okta', 'PUT', path, user(name, { invitationMethod: 'emailOtp' })),
      ],
      [
        'PATCH',
        'entra',
        (path: string) =>
          scim('entra', 'PATCH', path, {
            schemas: [patchOp],
            Operations: [{ op: 'Replace', value: { [`${urn}:invitationMethod`]: 'emailOtp' } }],
          }),
      ],
    ] as const) {
      const name = `${way.toLowerCase()}@method.example`;
      const made = await scim(profile, 'POST', '/Users', user(name, { preRegistration: true }));
      const path = `/Users/${made.body.id}`;
      const [link] = await mailsTo(name, 1);
      expect((await change(path, name)).status, way).to.be.oneOf([200, 204]);
      const [code] = await mailsTo(name, 2);
      expect(code!.text, way).to.match(/^Code:\n/m);
      const old = /https?:\S+set-password\?token=\S+/.exec(link!.text)![0];
      expect((await visitor().open(old)).text, way).to.include('There is a newer message');
      expect((await change(path, name)).status, way).to.be.oneOf([200, 204]);
    }
    await Promise.all(['put@method.example', 'patch@method.example'].map((name) => mailsTo(name, 2)));
  });

  it('a constant that is added to everybody leaves whoever is in alone', async () => {
    for (const [profile, send] of [
      ['okta', (path: string, name: string) => scim('okta', 'PUT', path, user(name, { preRegistration: true }))],
      [
        'entra',
        (path: string) =>
          scim('entra', 'PATCH', path, {
            schemas: [patchOp],
            Operations: [{ op: 'Add', path: `${urn}:preRegistration`, value: 'True' }],
          }),
      ],
      [
        'auto',
        (path: string, name: string) =>
          scim('auto', 'PUT', path, user(name, { sendPassword: true, preRegistration: true })),
      ],
    ] as const) {
      const name = `${profile}@late.example`;
      const made = await scim('auto', 'POST', '/Users', user(name, undefined, { password: secret }));
      const path = `/Users/${made.body.id}`;
      expect((await visitor().signIn(name, secret)).status).to.equal(303);
      expect((await send(path, name)).status).to.be.oneOf([200, 204]);
      expect((await scim('auto', 'GET', path)).body[urn]).to.include({
        preRegistration: true,
        status: 'active',
        locked: false,
      });
      expect((await visitor().signIn(name, secret)).status).to.equal(303);
      await mailsTo(name, 0);
    }
  });

  it('forgot password leaves a mailed password in force, and mails a link', async () => {
    const name = 'mailed@late.example';
    await scim('auto', 'POST', '/Users', user(name, { sendPassword: true }));
    const [first] = await mailsTo(name, 1);
    const person = visitor();
    await person.submit(await person.open('/forgot-password'), { userName: name });
    const [mail] = await mailsTo(name, 2);
    expect(passwordIn(mail!)).to.equal('');
    expect((await visitor().signIn(name, passwordIn(first!))).text).to.include('action="/change-password"');
  });

  it('a new password with sendPassword is mailed again', async () => {
    const name = 'again@late.example';
    const made = await scim('auto', 'POST', '/Users', user(name, { sendPassword: true }, { password: secret }));
    await mailsTo(name, 1);
    await scim('auto', 'PATCH', `/Users/${made.body.id}`, {
      schemas: [patchOp],
      Operations: [{ op: 'replace', value: { password: 'Another-One-2', [urn]: { sendPassword: true } } }],
    });
    const [mail] = await mailsTo(name, 2);
    expect(passwordIn(mail!)).to.equal('Another-One-2');
    expect((await scim('auto', 'GET', `/Users/${made.body.id}`)).body[urn].forcePasswordReset).to.equal(true);
  });

  describe('an administrator who invites', () => {
    const admin = async (path: string, body: object = {}): Promise<any> => {
      const answer = await fetch(`${served().url}/admin/v1/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${testToken}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const text = await answer.text();
      expect(answer.status, `${path}: ${text}`).to.be.below(300);
      return text === '' ? undefined : JSON.parse(text);
    };
    const made = async (name: string, onboarding?: object): Promise<string> =>
      (await scim('auto', 'POST', '/Users', user(name, onboarding, { password: secret }))).body.id;
    const lockOf = async (id: string): Promise<boolean> => (await scim('auto', 'GET', `/Users/${id}`)).body[urn].locked;

    it('somebody with a password that was not used yet mails them and leaves it good, called off or not', async () => {
      const name = 'unused@late.example';
      const id = await made(name);
      await admin(`users/${id}/invite`);
      await mailsTo(name, 1);
      expect(await lockOf(id)).to.equal(false);
      await admin(`users/${id}/cancel`);
      expect(
        (await scim('auto', 'PUT', `/Users/${id}`, user(name, undefined, { title: 'Pilot' }))).body[urn].locked,
      ).to.equal(false);
      expect((await visitor().signIn(name, secret)).status).to.equal(303);
    });

    it('somebody who was created as invited leaves the placeholder locked, called off or not', async () => {
      const name = 'placeholder@late.example';
      const id = await made(name, { preRegistration: true });
      await mailsTo(name, 1);
      await admin(`users/${id}/cancel`);
      expect(await lockOf(id)).to.equal(true);
      expect((await visitor().signIn(name, secret)).status).not.to.equal(303);
    });
  });
});
