import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { latchkey, type Commanded } from '../support/command-line.ts';
import { describeServed } from '../support/served-stores.ts';

describeServed('the operator at the command line', {}, (served) => {
  const run = (words: readonly string[], input?: string): Promise<Commanded> => {
    const { key, folder: data, mongodbUri } = served();
    const place: Record<string, string> =
      mongodbUri === undefined ? { LATCHKEY_DATA_DIR: data ?? '' } : { MONGODB_URI: mongodbUri };
    return latchkey({ LATCHKEY_KEY: key, ...place }, words, input);
  };
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-operator-'));
  after(() => rmSync(folder, { recursive: true }));
  it('shows, sets and takes back settings, in force at once', async function () {
    this.timeout(240_000);
    expect((await run(['settings', 'get', 'onboarding.invitationMethod'])).json).to.equal('emailLink');
    expect((await run(['settings', 'set', 'onboarding.invitationMethod', 'emailOtp'])).json).to.equal('emailOtp');
    expect((await run(['settings', 'apply', '-'], '{"productName":"Harbour"}')).json).to.deep.include({
      productName: 'Harbour',
    });
    const shown = await run(['settings', 'show']);
    expect(shown.json.settings.onboarding.invitationMethod).to.equal('emailOtp');
    expect((await run(['settings', 'unset', 'onboarding.invitationMethod'])).json).to.equal('emailLink');
    const wrong = await run(['settings', 'set', 'onboarding.expiryMinutes.emailLink', 'soon']);
    expect(wrong.code).to.equal(1);
    expect(wrong.stderr).to.match(/onboarding\.expiryMinutes\.emailLink/);
    expect((await run(['settings', 'get', 'nothing'])).stderr).to.match(/there is no setting 'nothing'/);
  });

  it('invites an administrator, gives another role, and removes them', async function () {
    this.timeout(240_000);
    const who = 'ana@harbour.example';
    const made = await run(['administrators', 'invite', who, '--name', 'Ana Okoro', '--role', 'helpdesk']);
    expect(made.json, made.stderr).to.deep.include({ email: who, role: 'helpdesk', state: 'invited' });
    expect((await run(['administrators', 'role', who, 'auditor'])).json).to.deep.include({ role: 'auditor' });
    const listed = (await run(['administrators', 'list'])).json.administrators;
    expect(listed.map(({ email }: { email: string }) => email)).to.deep.equal([who]);
    expect((await run(['administrators', 'remove', who])).code).to.equal(0);
    const gone = await run(['administrators', 'sessions', who]);
    expect(gone.code).to.equal(1);
    // Beside MongoDB the command says it itself, and names itself as it was called.
    expect(gone.stderr.replace('node bin/latchkey.js', 'latchkey')).to.equal(
      `latchkey: no administrator has the address or id '${who}'; latchkey administrators list shows them\n`,
    );
  });

  it('exports all of a tenant, and of one person, without secrets; a file appears when it is whole', async function () {
    this.timeout(240_000);
    const { body } = await served().scim('POST', '/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'bo@harbour.example',
      emails: [{ value: 'bo@harbour.example', primary: true }],
      password: 'seven small boats at dawn',
    });
    const lines = (text: string) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    const whole = await run(['export']);
    expect(whole.code, whole.stderr).to.equal(0);
    const people = lines(whole.stdout).filter((one) => one.resourceType === 'User');
    expect(people.map(({ resource }) => resource.userName)).to.include('bo@harbour.example');
    expect(whole.stdout).not.to.match(/seven small boats|argon2/);

    // More calls about them than a page of the request log holds.
    for (let n = 0; n < 130; n += 1) await served().scim('GET', `/Users/${body.id}`);
    const file = join(folder, 'bo.jsonl');
    const one = await run(['export', '--person', 'bo@harbour.example', '--output', file]);
    expect(one.code, one.stderr).to.equal(0);
    const kept = lines(readFileSync(file, 'utf8'));
    expect(kept[0]).to.deep.include({ kind: 'person' });
    expect(JSON.stringify(kept[0])).to.include(body.id);
    const events = kept.filter(({ kind }) => kind === 'auditEvent').map(({ value }) => value.type);
    expect(events).to.include('user.created');
    expect(kept.filter(({ kind }) => kind === 'call')).to.have.length.of.at.least(130);
    expect(JSON.stringify(kept)).not.to.match(/seven small boats|argon2/);

    const nowhere = join(folder, 'missing', 'x.jsonl');
    const refused = await run(['export', '--output', nowhere]);
    expect([refused.code, existsSync(nowhere)]).to.deep.equal([1, false]);
    expect(refused.stderr).to.match(/cannot be written: .*no such/i);
  });

  it('names a tenant that does not exist', async function () {
    this.timeout(240_000);
    for (const words of [['export'], ['settings', 'show'], ['clients', 'add', 'x']]) {
      const { code, stderr } = await run([...words, '--tenant', 'nope']);
      expect(code, words.join(' ')).to.equal(1);
      expect(stderr).to.match(/no tenant .?nope/);
    }
  });

  it('sends no test mail where there is no server to try', async function () {
    this.timeout(240_000);
    const { code, stderr } = await run(['mail', 'send-test', 'ana@harbour.example']);
    expect(code).to.equal(1);
    expect(stderr).to.match(/SMTP_URL is not set/);
    expect((await run(['mail', 'preview', 'invitation'])).stdout).to.match(/^Subject: /);
  });
});
