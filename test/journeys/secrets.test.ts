import { expect } from 'chai';
import { sendRaw, type RawAnswer } from '../support/journey.ts';
import { keptText } from '../support/kept-text.ts';
import { eventually, testToken } from '../support/launch.ts';
import { PageVisitor } from '../support/page-visitor.ts';
import { startRecordingSmtp, type RecordedMessage, type RecordingSmtp } from '../support/recording-smtp.ts';
import { describeServed } from '../support/served-stores.ts';

const urn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** The text of a message without its transfer encoding. */
function textOf({ raw }: RecordedMessage): string {
  return raw
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

const smtp: { server?: RecordingSmtp; environment: Record<string, string> } = {
  environment: { LOG_LEVEL: 'trace', MAIL_FROM: 'keys@harbour.example' },
};

describe('secrets', () => {
  before(async () => {
    smtp.server = await startRecordingSmtp();
    smtp.environment['SMTP_URL'] = smtp.server.url;
  });
  after(() => smtp.server?.close());

  describeServed("of a day's work", smtp.environment, (served) => {
    it('are in no file, document, log line or error', async () => {
      const server = served();
      const { url } = server;
      smtp.server?.messages.splice(0);
      const secrets = new Map<string, string>([
        ['the token', testToken],
        ["a client's token", server.token('okta')],
      ]);
      const errors: string[] = [];
      const refused = (answer: RawAnswer): void => {
        expect(answer.status).to.be.within(400, 499);
        errors.push(answer.text);
      };
      const raw = async (method: string, path: string, body: string): Promise<void> =>
        refused(
          await sendRaw(
            method,
            `${url}/scim/v2${path}`,
            { Authorization: `Bearer ${testToken}`, 'Content-Type': 'application/scim+json' },
            body,
          ),
        );
      const message = (to: string): Promise<string> =>
        eventually(`a mail to ${to}`, async () => {
          const found = smtp.server?.messages.find((one) => one.to.includes(to));
          return found && textOf(found);
        });
      const remember = (name: string, secret: string | undefined): string => {
        expect(secret, name).to.be.a('string').with.lengthOf.above(5);
        secrets.set(name, secret ?? '');
        return secret ?? '';
      };
      const create = async (userName: string, more: object): Promise<string> => {
        const { status, body } = await server.scim('POST', '/Users', {
          userName,
          emails: [{ value: userName }],
          ...more,
        });
        expect(status).to.equal(201);
        return body.id;
      };

      // Passwords that clients send, in the right places and in wrong ones.
      const kept1 = remember('a password kept', 'Kept-for-ever-4711');
      const id = await create('kept@secret.example', { password: kept1 });
      const patched = remember('a password patched', 'Patched-in-later-4711');
      await server.scim('PATCH', `/Users/${id}`, {
        schemas: [patchOp],
        Operations: [{ op: 'replace', path: 'password', value: patched }],
      });
      const bad = (n: number): string => remember(`a password in error ${n}`, `Misplaced-secret-${n}x`);
      await raw('POST', '/Users', JSON.stringify({ userName: 'kept@secret.example', password: bad(1) }));
      await raw('POST', '/Users', `{"userName":"x","password":"${bad(2)}`);
      await raw('POST', '/Users', JSON.stringify({ userName: 'x', password: { value: bad(3) } }));
      await raw('POST', '/Users', JSON.stringify({ userName: 'x', password: `${bad(4)}\u0000` }));
      await raw('POST', '/Users', JSON.stringify({ userName: 'x', password: [bad(5)] }));
      await raw(
        'PATCH',
        `/Users/${id}`,
        JSON.stringify({ schemas: [patchOp], Operations: [{ op: 'replace', path: 'password.value', value: bad(6) }] }),
      );
      await raw(
        'PATCH',
        `/Users/${id}`,
        JSON.stringify({ schemas: [patchOp], Operations: [{ op: 'replace', path: 'password', value: { a: bad(7) } }] }),
      );
      await raw(
        'PATCH',
        `/Users/${id}`,
        JSON.stringify({ schemas: [patchOp], Operations: [{ op: 'replace', value: { password: [bad(8), 7] } }] }),
      );
      await raw('GET', `/Users?filter=${encodeURIComponent(`password eq "${bad(9)}"`)}`, '');
      await raw(
        'PATCH',
        `/Users/${id}`,
        JSON.stringify({ schemas: [patchOp], Operations: [{ op: 'remove', path: `password[value eq "${bad(10)}"]` }] }),
      );
      await raw('PUT', `/Users/${id}`, `{"userName":"x","password":"${bad(11)}",}`);
      await raw('POST', '/Users', JSON.stringify({ userName: 'x', emails: 'y', password: bad(12) }));
      refused(
        await sendRaw('GET', `${url}/scim/v2/Users`, {
          Authorization: `Bearer ${remember('a token with a typo', `${testToken.slice(0, -6)}typo42`)}`,
        }),
      );
      refused(
        await sendRaw('GET', `${url}/scim/v2/Users`, {
          Authorization: `Basic ${Buffer.from(`me:${remember('a wrong Basic password', 'Basic-secret-4711')}`).toString('base64')}`,
        }),
      );

      // Keys that we mail.
      const given = remember('a password mailed', 'Mailed-by-admin-4711');
      await create('given@secret.example', { password: given, [urn]: { sendPassword: true } });
      expect(await message('given@secret.example')).to.include(given);
      await create('generated@secret.example', { [urn]: { sendPassword: true } });
      const generated = remember(
        'a password generated',
        /^Password:\r?\n(.+?)\r?$/m.exec(await message('generated@secret.example'))?.[1],
      );
      await create('link@secret.example', { [urn]: { preRegistration: true } });
      const link = /https?:\/\/\S+set-password\S+/.exec(await message('link@secret.example'))?.[0] ?? '';
      remember('the token of a link', new URL(link).searchParams.get('token') ?? undefined);
      await create('code@secret.example', { [urn]: { preRegistration: true, invitationMethod: 'emailOtp' } });
      const shown = /^Code:\r?\n(.+?)\r?$/m.exec(await message('code@secret.example'))?.[1];
      remember('a code as it is shown', shown);
      const code = remember('a code', shown?.replace(' ', ''));

      // What people type.
      const chosen = remember('a password chosen', 'chosen by a person at noon');
      const visitor = new PageVisitor(url);
      expect(
        (await visitor.submit(await visitor.open(link), { newPassword: chosen, repeatPassword: chosen })).status,
      ).to.equal(303);
      const wrong = remember('a wrong password', 'typed wrongly at the door');
      refused(await visitor.signIn('link@secret.example', wrong));
      expect((await visitor.signIn('link@secret.example', chosen)).status).to.equal(303);
      const choice = await visitor.signIn('code@secret.example', code);
      remember('a ticket', /name="ticket" value="([^"]+)"/.exec(choice.text)?.[1]);
      // The form is shown again, so it must carry its ticket again.
      const short = remember('a password refused', 'short-secret');
      expect((await visitor.submit(choice, { newPassword: short, repeatPassword: short })).text).not.to.include(short);
      expect((await visitor.signIn('generated@secret.example', generated)).text).to.include(
        'action="/change-password"',
      );
      refused(await visitor.open(`/set-password?token=${remember('an unknown token', 'unknown-token-of-somebody')}`));

      const everywhere = { kept: await keptText(server), log: server.output(), errors: errors.join('\n') };
      expect(everywhere.kept).to.include('kept@secret.example');
      expect(everywhere.log).to.include('"msg":"scim"');
      for (const [name, secret] of secrets) {
        for (const [place, text] of Object.entries(everywhere))
          expect(text.includes(secret), `${name} in ${place}`).to.equal(false);
      }
    });
  });
});
