import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { eventually, launch, type Launched } from '../support/launch.ts';
import { program, programEnvironment } from '../support/program.ts';
import { rebuildChain } from '../support/rebuild-chain.ts';
import { type RecordingSmtp, startRecordingSmtp } from '../support/recording-smtp.ts';
import { type Place, stores } from '../support/served-stores.ts';

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const auditor = 'auditor@audit.example';
const key = Buffer.alloc(32, 7).toString('base64');

for (const [store, find] of stores)
  describe(`a checkpoint that an auditor has by mail, on ${store}`, function () {
    this.timeout(240_000);
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-mailed-'));
    const mail = join(folder, 'checkpoint.eml');
    const keys = join(folder, 'keys.json');
    let place: Place | undefined;
    let smtp: RecordingSmtp;
    let server: Launched;

    const verify = async (...args: readonly string[]): Promise<{ code: number; text: string }> => {
      const env = programEnvironment({ ...place?.environment, LATCHKEY_KEY: key, LOG_FORMAT: 'json' });
      try {
        const { stdout } = await promisify(execFile)(process.execPath, [program, 'audit', 'verify', ...args], { env });
        return { code: 0, text: stdout };
      } catch (error) {
        const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
        return { code, text: stdout + stderr };
      }
    };

    before(async function () {
      place = await find();
      if (place === undefined) return this.skip();
      smtp = await startRecordingSmtp();
      const settings = join(folder, 'settings.json');
      writeFileSync(settings, JSON.stringify({ audit: { auditors: [auditor] } }));
      server = await launch({
        ...place.environment,
        LATCHKEY_KEY: key,
        LATCHKEY_SETTINGS: settings,
        SMTP_URL: smtp.url,
        MAIL_FROM: 'latchkey@acme.example',
      });
    });
    after(async () => {
      await server?.end('SIGTERM');
      await smtp?.close();
      await place?.leave();
      rmSync(folder, { recursive: true });
    });

    it('leaves soon after the first events, as a mail that the verifier reads as it was saved', async () => {
      await server.scim('POST', '/Users', { schemas: [user], userName: 'ines@acme.example' });
      const raw = await eventually(
        'the mail of the checkpoint',
        async () => smtp.messages.find(({ to }) => to.includes(auditor))?.raw,
        60,
      );
      writeFileSync(mail, raw);
      const answer = await fetch(`${server.url}/.well-known/latchkey-audit-keys`);
      writeFileSync(keys, await answer.text());
      const { code, text } = await verify('--checkpoint', mail, '--key', keys);
      expect(text).to.include('integrity: intact').and.to.include('completeness: complete');
      expect(code).to.equal(0);
    });

    it('says that the owner of the database has worked the whole chain out again', async () => {
      // What the owner can make look right: every hash follows from the one before, and the server goes on with it.
      await rebuildChain(
        { folder: place?.environment['LATCHKEY_DATA_DIR'], mongodbUri: place?.environment['MONGODB_URI'] },
        'Latchkey',
        'Somebody',
      );
      const alone = await verify('--key', keys);
      expect(alone.text).to.include('integrity: intact').and.to.include('completeness: unproved');
      const held = await verify('--checkpoint', mail, '--key', keys, '--json');
      expect(held.code).to.equal(1);
      const { faults, completeness } = JSON.parse(held.text);
      expect(completeness).to.equal('incomplete');
      expect(faults).to.have.length(1);
      expect(faults[0]).to.deep.include({ seq: 1, kind: 'rebuilt' });
    });
  });
