import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { program, programEnvironment } from '../support/program.ts';
import Database from 'libsql';
import { createConnection } from 'mongoose';
import { eventually } from '../support/launch.ts';
import { describeServed } from '../support/served-stores.ts';

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const folder = mkdtempSync(join(tmpdir(), 'latchkey-audit-'));
const checkpoints = join(folder, 'checkpoints');

describeServed('latchkey audit', { LATCHKEY_AUDIT_CHECKPOINTS: checkpoints }, (served) => {
  /** Runs a command beside the server. @returns its output and exit code */
  const run = async (...args: readonly string[]): Promise<{ code: number; text: string }> => {
    const { folder: data, mongodbUri, key } = served();
    const place: Record<string, string> =
      mongodbUri === undefined ? { LATCHKEY_DATA_DIR: data ?? '' } : { MONGODB_URI: mongodbUri };
    const env = programEnvironment({ ...place, LATCHKEY_KEY: key, LOG_FORMAT: 'json' });
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [program, 'audit', ...args], { env });
      return { code: 0, text: stdout };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, text: stdout + stderr };
    }
  };
  /** Changes a name in the entries, as somebody does who owns the database. */
  const rename = async (from: string, to: string) => {
    const { mongodbUri, folder: data = '' } = served();
    if (mongodbUri === undefined) {
      const database = new Database(join(data, 'latchkey.db'));
      database.exec('PRAGMA busy_timeout = 5000');
      database.exec(`UPDATE audit SET subject = replace(subject, '${from}', '${to}')`);
      database.close();
      return;
    }
    const connection = await createConnection(mongodbUri).asPromise();
    const audit = connection.collection('audit');
    for (const { _id, resource } of await audit.find({}).toArray()) {
      const entry = String(resource.entry).replaceAll(from, to);
      await audit.updateOne({ _id }, { $set: { 'resource.entry': entry } });
    }
    await connection.close();
  };
  /** Changes what filters read of an entry, and nothing that is sealed. */
  const misfile = async (seq: number, isHidden: boolean) => {
    const { mongodbUri, folder: data = '' } = served();
    const [from, to] = isHidden ? ['user.created', 'user.hidden'] : ['user.hidden', 'user.created'];
    if (mongodbUri === undefined) {
      const database = new Database(join(data, 'latchkey.db'));
      database.exec('PRAGMA busy_timeout = 5000');
      database.exec(`UPDATE audit SET search = jsonb(replace(json(search), '${from}', '${to}')) WHERE seq = ${seq}`);
      database.close();
      return;
    }
    const connection = await createConnection(mongodbUri).asPromise();
    await connection.collection('audit').updateOne({ position: seq }, { $set: { 'search.type': to } });
    await connection.close();
  };
  const admin = async (method: string, path: string): Promise<any> => {
    const headers = { authorization: `Bearer ${served().token('auto')}` };
    return (await fetch(`${served().url}/admin/v1${path}`, { method, headers })).json();
  };
  const keys = join(folder, 'keys.json');
  const exported = join(folder, 'export.jsonl');

  before(async () => {
    for (const name of ['ines', 'max', 'zoe'])
      await served().scim('POST', '/Users', { schemas: [user], userName: `${name}@acme.example` });
    await served().scim('GET', '/AuditEvents?count=1');
    const answer = await fetch(`${served().url}/.well-known/latchkey-audit-keys`);
    writeFileSync(keys, await answer.text());
  });
  after(() => {
    for (const file of readdirSync(folder)) rmSync(join(folder, file));
  });

  it('proves the chain beside a running server, with a checkpoint that left it', async () => {
    expect(readFileSync(checkpoints, 'utf8')).to.match(/\/audit\/default\n\d+\n[\w+/]{43}=\n\n— \S+ \S+\n/);
    const { code, text } = await run('verify', '--checkpoint', checkpoints);
    expect(text).to.include('integrity: intact').and.to.include('completeness: complete');
    expect(code).to.equal(0);
  });

  it('exports lines with a receipt, which are proved offline with the public key alone', async function () {
    this.timeout(240_000);
    expect((await run('export', '--out', exported)).code).to.equal(0);
    const lines = readFileSync(exported, 'utf8').trimEnd().split('\n');
    expect(JSON.parse(lines[1] ?? '').event.seq).to.equal(1);
    expect(JSON.parse(lines.at(-1) ?? '').receipt.checkpoint).to.include('/audit/default');
    const whole = await run('verify', '--export', exported, '--key', keys);
    expect(whole.text).to.include('integrity: intact').and.to.include('completeness: complete');
    const cut = join(folder, 'cut.jsonl');
    writeFileSync(cut, `${[...lines.slice(0, 2), ...lines.slice(3)].join('\n')}\n`);
    const broken = await run('verify', '--export', cut, '--key', keys);
    expect(broken.text).to.match(/fault at 2: removed/);
    expect(broken.code).to.equal(1);
    const altered = join(folder, 'altered.jsonl');
    writeFileSync(altered, readFileSync(exported, 'utf8').replaceAll('max@acme.example', 'mia@acme.example'));
    expect((await run('verify', '--export', altered, '--key', keys)).text).to.match(/altered/);
  });

  it('finds an entry that was hidden from filters, of which the chain itself is whole', async function () {
    this.timeout(240_000);
    const created = `/AuditEvents?filter=${encodeURIComponent('type eq "user.created"')}`;
    const [{ id, seq }] = (await served().scim('GET', created)).body.Resources;
    await misfile(seq, true);
    expect((await served().scim('GET', created)).body.Resources[0].id).not.to.equal(id);
    const { code, text } = await run('verify', '--checkpoint', checkpoints, '--json');
    expect(code).to.equal(1);
    expect(JSON.parse(text).faults).to.deep.equal([
      {
        seq,
        id,
        kind: 'misfiled',
        detail: 'what filters read of it was changed: lists do not find it by what it says',
      },
    ]);
    await admin('POST', '/audit/verification');
    const view = await eventually('the verification', async () => {
      const found = await admin('GET', '/audit/verification');
      return found.state === 'running' ? undefined : found;
    });
    expect(view.state).to.equal('broken');
    expect(view.faults[0]).to.equal(
      `${seq}: what filters read of it was changed: lists do not find it by what it says`,
    );
    await misfile(seq, false);
    expect((await run('verify', '--checkpoint', checkpoints)).code).to.equal(0);
  });

  it('names what somebody who owns the database has changed, and believes no checkpoint that was altered', async function () {
    this.timeout(240_000);
    const forged = join(folder, 'forged');
    writeFileSync(forged, readFileSync(checkpoints, 'utf8').replace(/\n(\d+)\n/, '\n999\n'));
    expect((await run('verify', '--checkpoint', forged)).text).to.include('was altered');
    await rename('max', 'mia');
    const { code, text } = await run('verify', '--checkpoint', checkpoints, '--json');
    expect(code).to.equal(1);
    expect(JSON.parse(text).faults).to.have.nested.property('[0].kind', 'altered');
  });
});
