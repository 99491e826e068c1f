import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { eventually, launch, type Launched, testToken } from '../support/launch.ts';
import { program, programEnvironment } from '../support/program.ts';
import { type RecordingSmtp, startRecordingSmtp } from '../support/recording-smtp.ts';
import { type Place, stores } from '../support/served-stores.ts';

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const onboarding = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';

for (const [store, find] of stores)
  describe(`the sender of a tenant's mails, by a mail server, on ${store}`, function () {
    this.timeout(120_000);
    let place: Place | undefined;
    let smtp: RecordingSmtp;
    let server: Launched;
    let environment: Record<string, string>;
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-senders-'));
    const tokens: Record<string, string> = { default: testToken };

    const call = async (method: string, path: string, body: object, token = testToken) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const answered = await fetch(server.url + path, { method, headers, body: JSON.stringify(body) });
      const text = await answered.text();
      return { status: answered.status, body: text === '' ? undefined : JSON.parse(text) };
    };
    /** The operator, beside the data: what another process has changed is in force within ten seconds. */
    const set = async (mail: object) => {
      const file = join(folder, 'settings.json');
      writeFileSync(file, JSON.stringify({ mail }));
      const env = programEnvironment(environment);
      await promisify(execFile)(process.execPath, [program, 'settings', 'apply', file, '--tenant', 'acme'], { env });
      await eventually(
        'the settings',
        async () => {
          const headers = { authorization: `Bearer ${tokens['acme']}` };
          const { settings }: any = await (await fetch(`${server.url}/t/acme/admin/v1/settings`, { headers })).json();
          return Object.entries(mail).every(([name, value]) => settings.mail[name] === value);
        },
        45,
      );
    };
    let people = 0;
    /** The sender on the envelope, the header `From` and the Message-ID's domain of a mail to a new person. */
    const invited = async (tenant: string) => {
      const userName = `person${(people += 1)}@${tenant}.example`;
      const body = {
        schemas: [user, onboarding],
        userName,
        emails: [{ value: userName }],
        [onboarding]: { preRegistration: true },
      };
      const made = await call('POST', `/t/${tenant}/scim/v2/Users`, body, tokens[tenant]);
      expect(made.status, JSON.stringify(made.body)).to.equal(201);
      const { from, raw } = await eventually(
        `the mail to ${userName}`,
        async () => smtp.messages.find(({ to }) => to.includes(userName)),
        45,
      );
      const header = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
      const line = (name: string): string => new RegExp(`^${name}: *(.*)$`, 'mi').exec(header)?.[1] ?? '';
      return {
        from,
        header: line('From'),
        domain: line('Message-ID').replace(/^.*@|>$/g, ''),
        replies: line('Reply-To'),
      };
    };

    before(async function () {
      place = await find();
      if (place === undefined) return this.skip();
      smtp = await startRecordingSmtp();
      environment = {
        ...place.environment,
        LATCHKEY_KEY: randomBytes(32).toString('base64'),
        SMTP_URL: smtp.url,
        MAIL_FROM: 'Latchkey <keys@installation.example>',
      };
      server = await launch(environment);
      for (const id of ['acme', 'harbour']) {
        const { status, body } = await call('POST', '/admin/v1/tenants', { id, name: id });
        expect(status).to.equal(201);
        tokens[id] = body.token;
      }
    });
    after(async () => {
      await server?.end('SIGTERM');
      await smtp?.close();
      await place?.leave();
      rmSync(folder, { recursive: true });
    });

    it('is the installation’s until the operator gives it an address of its own, and no other tenant gets that', async () => {
      expect(await invited('acme')).to.include({
        from: 'keys@installation.example',
        header: 'Latchkey <keys@installation.example>',
        domain: 'installation.example',
      });
      const own = {
        mail: { from: 'welcome@acme.example', fromName: 'Acme, “People” & Co', replyTo: 'help@acme.example' },
      };
      expect((await call('PATCH', '/t/acme/admin/v1/settings', own, tokens['acme'])).status).to.equal(403);
      await set(own.mail);
      const mail = await invited('acme');
      expect(mail).to.include({ from: 'welcome@acme.example', domain: 'acme.example', replies: 'help@acme.example' });
      expect(mail.header)
        .to.match(/<welcome@acme\.example>$/)
        .and.not.include('installation');
      expect((await invited('harbour')).header).to.equal('Latchkey <keys@installation.example>');
    });

    for (const fromName of ['Acme, “People” & Co', 'Äcme 株式会社', 'Acme;'])
      it(`is that one address, whatever the name ${JSON.stringify(fromName)} looks like`, async () => {
        const own = { mail: { from: 'welcome@acme.example', fromName } };
        await set(own.mail);
        const { from, header } = await invited('acme');
        expect(from).to.equal('welcome@acme.example');
        expect(header).to.match(/ <welcome@acme\.example>$/);
        // One mailbox: outside quotes there is neither a comma nor a second address.
        const unquoted = header.replace(/"(?:[^"\\]|\\.)*"/g, '').replace(/ ?<welcome@acme\.example>$/, '');
        expect(unquoted).to.not.match(/[,;<>@]/);
      });

    for (const fromName of [
      'Acme\\',
      '"Acme" <other@else.example>',
      'a@b.example, c',
      'Acme\r\nBcc: other@else.example',
    ])
      it(`has no name that could be read as an address: ${JSON.stringify(fromName)}`, async () => {
        const refused = await set({ fromName }).catch((error: unknown) => String(error));
        expect(refused).to.include('mail.fromName');
      });
  });
