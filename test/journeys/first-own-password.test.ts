import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually, testToken } from '../support/launch.ts';
import { PageVisitor } from '../support/page-visitor.ts';
import { describeServed } from '../support/served-stores.ts';

const urn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const given = 'Given-by-the-client-4711';
const own = 'a heron above the weir';

describe('a password that a client gave', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-notice-'));
  const settings = join(folder, 'settings.json');
  writeFileSync(settings, JSON.stringify({ onboarding: { activationNotice: true } }));
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [title, environment, notices] of [
    ['', {}, []],
    [', where the tenant sends activation notices', { LATCHKEY_SETTINGS: settings }, ['activated']],
  ] as const)
    describeServed(`and the first of one's own${title}`, environment, (served) => {
      const create = async (userName: string, onboarding: object): Promise<string> => {
        const { status, body } = await served().scim('POST', '/Users', {
          userName,
          emails: [{ value: userName, primary: true }],
          password: given,
          [urn]: onboarding,
        });
        expect(status, JSON.stringify(body)).to.equal(201);
        return `/Users/${body.id}`;
      };
      const statusOf = async (path: string) => (await served().scim('GET', path)).body[urn].status;
      const mailsTo = async (address: string) => (await served().mails()).filter(({ to }) => to === address);

      it('who signs in with it is active, on the pages and by verify, and filters agree', async () => {
        const byPage = await create('page@own.example', {});
        const byVerify = await create('verify@own.example', {});
        expect(await statusOf(byPage)).to.equal('none');
        const visitor = new PageVisitor(served().url);
        expect((await visitor.signIn('page@own.example', given)).headers.location).to.equal('/signed-in');
        const verified = await fetch(`${served().url}/auth/v1/verify`, {
          method: 'POST',
          headers: { authorization: `Bearer ${testToken}`, 'content-type': 'application/json' },
          body: JSON.stringify({ userName: 'verify@own.example', password: given }),
        });
        expect(await verified.json()).to.include({ result: 'ok' });
        for (const path of [byPage, byVerify])
          expect(await eventually('a status', async () => (await statusOf(path)) === 'active')).to.equal(true);
        const filter = encodeURIComponent(`userName ew "@own.example" and ${urn}:status eq "active"`);
        expect((await served().scim('GET', `/Users?filter=${filter}`)).body.totalResults).to.equal(2);
        expect(await mailsTo('page@own.example')).to.deep.equal([]);
      });

      it('the first own password after a placeholder is not told as an alarm; the next is', async () => {
        const name = 'invited@first.example';
        const path = await create(name, { preRegistration: true });
        const link = await eventually('the link', async () =>
          (await mailsTo(name)).map(({ text }) => /https?:\S+set-password\?token=\S+/.exec(text)?.[0]).at(0),
        );
        const visitor = new PageVisitor(served().url);
        const set = await visitor.submit(await visitor.open(link), { newPassword: own, repeatPassword: own });
        expect(set.status).to.equal(303);
        const later = async () => (await mailsTo(name)).filter(({ text }) => !text.includes('set-password?token='));
        if (notices.length > 0) await eventually('the notice', async () => (await later()).length === notices.length);
        await visitor.signIn(name, own);
        const form = await visitor.open('/change-password');
        const next = { currentPassword: own, newPassword: 'nine quiet herons by the weir' };
        expect((await visitor.submit(form, next)).status).to.be.below(400);
        const sent = await eventually('the alarm', async () => {
          const { body } = await served().scim('GET', `${path}?attributes=${urn}:deliveries`);
          const templates = (body[urn].deliveries as { template: string }[]).map(({ template }) => template);
          return (await later()).length > notices.length && templates.includes('passwordChanged') && templates;
        });
        expect([...new Set(sent)]).to.have.members(['invitation', ...notices, 'passwordChanged']);
        expect(await later()).to.have.lengthOf(notices.length + 1);
      });
    });
});
