// Starts the built program on an empty folder, creates a user as the start-up text says, and reads the mail: the
// newcomer's path.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const token = 'smoke-test-token-of-enough-characters';
const folder = mkdtempSync(join(tmpdir(), 'latchkey-smoke-'));
const server = spawn(process.execPath, ['bin/latchkey.js', 'serve'], {
  env: { ...process.env, PORT: '0', LATCHKEY_DATA_DIR: folder, LATCHKEY_TOKEN: token },
  stdio: ['ignore', 'pipe', 'inherit'],
});
let output = '';
server.stdout.on('data', (chunk) => {
  output += chunk;
});

async function until(what, attempt) {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = await attempt();
    if (found) return found;
    await pause(50);
  }
  throw new Error(`smoke: ${what} did not happen within ten seconds; output so far:\n${output}`);
}

try {
  const base = await until('the ready line', () => /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0]);
  await until('readiness', async () => (await fetch(`${base}/readyz`).catch(() => undefined))?.ok);
  const created = await fetch(`${base}/scim/v2/Users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
    body: JSON.stringify({
      schemas: [
        'urn:ietf:params:scim:schemas:core:2.0:User',
        'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User',
      ],
      userName: 'smoke@latchkey.example',
      emails: [{ value: 'smoke@latchkey.example', primary: true }],
      'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User': { preRegistration: true },
    }),
  });
  if (created.status !== 201) throw new Error(`smoke: create answered ${created.status} ${await created.text()}`);
  const [mail] = await until('the invitation', async () => {
    const mails = await (await fetch(`${base}/dev/mailbox.json`)).json();
    return mails.length > 0 && mails;
  });
  if (mail.to !== 'smoke@latchkey.example' || !/\/set-password/.test(mail.text))
    throw new Error('smoke: the mail is not the invitation');
  console.log('smoke: a user was created and invited');
} finally {
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  const code = await ended;
  rmSync(folder, { recursive: true, force: true });
  if (code !== 0) {
    console.error(`smoke: SIGTERM ended the server with ${code}`);
    process.exitCode = 1;
  }
}
