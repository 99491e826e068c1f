import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { program, programEnvironment } from '../support/program.ts';
import { eventually, launch, testToken, type Launched } from '../support/launch.ts';
import { startRecordingSmtp, type RecordingSmtp } from '../support/recording-smtp.ts';
import { latchkeyUrn, userUrn } from '../support/resource-types.ts';

const right = 'seven small boats at dawn';

describe('administrators and applications, from outside', function () {
  this.timeout(60_000);
  let folder = '';
  let smtp: RecordingSmtp;
  let latchkey: Launched;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latchkey-admin-'));
    smtp = await startRecordingSmtp();
  });
  after(async () => {
    await latchkey.end('SIGTERM');
    await smtp.close();
    await rm(folder, { recursive: true, force: true });
  });

  const call = async (
    method: string,
    path: string,
    body?: unknown,
    token = testToken,
  ): Promise<{ status: number; body: any }> => {
    const answer = await fetch(latchkey.url + path, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  };

  /** Runs a command of the command line, on the folder of a Latchkey that does not run. */
  const latchkeyCommand = (...args: string[]): Promise<{ code: number; output: string }> => {
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [program, ...args],
        { env: programEnvironment({ LATCHKEY_DATA_DIR: folder }) },
        (error, stdout, stderr) =>
          resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr }),
      );
    });
  };

  it('makes clients that may do what they are told, and refuses scopes that do not exist', async () => {
    const application = await latchkeyCommand('clients', 'add', 'portal', '--scopes', 'auth');
    const provider = await latchkeyCommand('clients', 'add', 'okta', '--profile', 'okta');
    const wrong = await latchkeyCommand('clients', 'add', 'portal', '--scopes', 'auth,everything');
    expect(wrong).to.include({ code: 1 });
    expect(wrong.output).to.match(/not 'everything'/);
    const tokens = [application, provider].map(({ output }) => /lk_[\w-]+/.exec(output)?.[0] ?? '');
    latchkey = await launch({ LATCHKEY_DATA_DIR: folder, SMTP_URL: smtp.url, MAIL_FROM: 'keys@latchkey.example' });
    const statuses = async (token: string) => [
      (await call('POST', '/auth/v1/verify', { userName: 'nobody', password: 'wrong' }, token)).status,
      (await call('GET', '/admin/v1/onboarding', undefined, token)).status,
      (await call('GET', '/scim/v2/Users', undefined, token)).status,
    ];
    expect(await statuses(tokens[0]!)).to.deep.equal([200, 403, 403]);
    expect(await statuses(tokens[1]!)).to.deep.equal([403, 403, 200]);
    expect(await statuses(testToken)).to.deep.equal([200, 200, 200]);
  });

  it("sees why somebody is not in, sends again, and lets them in over an application's own form", async () => {
    smtp.script.rcptTo = () => ({ code: 554, text: '5.7.1 not today' });
    const { body: user } = await latchkey.scim('POST', '/Users', {
      schemas: [userUrn],
      userName: 'ines',
      emails: [{ value: 'ines@mail.example' }],
      [latchkeyUrn]: { sendPassword: true },
    });
    const person = () => call('GET', `/admin/v1/users/${user.id}/onboarding`);
    await eventually('the refusal', async () => (await person()).body.status === 'failed');
    expect((await person()).body).to.include({ hindrance: 'deliveryFailed' });
    const {
      body: {
        deliveries: [dead],
      },
    } = await call('GET', '/admin/v1/deliveries?state=dead');
    expect(dead).to.include({ userId: user.id, template: 'password' });

    delete smtp.script.rcptTo;
    expect((await call('POST', `/admin/v1/deliveries/${dead.id}/requeue`)).body.state).to.equal('queued');
    await eventually('the mail', async () => smtp.messages.length === 1, 3);
    const mailed = /\b[\w]{4}(?:-[\w]{4}){4}\b/.exec(smtp.messages[0]!.raw)?.[0];
    await eventually('the news of it', async () => (await person()).body.hindrance === 'passwordUnused');
    const verified = (await call('POST', '/auth/v1/verify', { userName: 'ines', password: mailed })).body;
    expect(verified.result).to.equal('changeRequired');
    expect(
      (await call('POST', '/auth/v1/password', { ticket: verified.ticket, password: right })).body.result,
    ).to.equal('done');
    expect((await call('POST', '/auth/v1/verify', { userName: 'ines', password: right })).body.result).to.equal('ok');
    expect((await person()).body)
      .to.include({ status: 'active' })
      .and.not.have.property('hindrance');
    expect((await call('GET', '/admin/v1/onboarding')).body.totalResults).to.equal(0);
    for (const secret of [right, mailed!, verified.ticket]) expect(latchkey.output()).not.to.include(secret);
  });

  it('does over SCIM what SCIM has a word for: locked is readOnly', async () => {
    const {
      body: {
        Resources: [user],
      },
    } = await latchkey.scim('GET', '/Users');
    const answer = await latchkey.scim('PATCH', `/Users/${user.id}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: `${latchkeyUrn}:locked`, value: false }],
    });
    expect([answer.status, answer.body.scimType]).to.deep.equal([400, 'mutability']);
  });
});
