import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { testToken } from '../support/launch.ts';
import { describeServed } from '../support/served-stores.ts';

describeServed('secrets that settings refer to', { TELL_NOTHING: 'plain text' }, (served) => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-secrets-'));
  const fifo = join(folder, 'fifo');
  const good = join(folder, 'good');
  const large = join(folder, 'large');
  before(() => {
    execFileSync('mkfifo', [fifo]);
    writeFileSync(good, `whsec_${Buffer.alloc(32, 7).toString('base64')}\n`);
    writeFileSync(large, 'x');
    truncateSync(large, 200 * 1024);
  });
  after(() => rmSync(folder, { recursive: true }));

  const call = async (
    method: string,
    path: string,
    token: string,
    body: object,
  ): Promise<{ status: number; body: any }> => {
    const answer = await fetch(`${served().url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const webhook = (more: object) => ({ webhooks: [{ id: 'm', url: 'https://hook.example/in', ...more }] });
  const places = (): readonly string[] => [
    `file:${fifo}`,
    'file:/dev/zero',
    `file:${large}`,
    `file:${folder}`,
    'file:/etc/nope',
    'file:/etc/passwd',
    `file:${good}`,
    'env:NOPE',
    'env:TELL_NOTHING',
    'env:LATCHKEY_KEY',
  ];

  it('are not looked for where a tenant names them: whatever is there, the answer is the same', async () => {
    const made = await call('POST', '/admin/v1/tenants', testToken, { id: 'acme', name: 'Acme' });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    const token = String(made.body.token ?? made.body.client?.token ?? made.body.credential?.token);
    const answers = new Map<string, string>();
    for (const place of places())
      for (const [kind, settings] of Object.entries({
        secrets: webhook({ secrets: [place] }),
        siem: webhook({ kind: 'siem', secrets: [place] }),
        push: webhook({ kind: 'push', authorization: place }),
        amiss: { ...webhook({ secrets: [place] }), timezone: 'Nowhere/Land' },
      })) {
        const { status, body } = await call('PATCH', '/t/acme/admin/v1/settings', token, settings);
        answers.set(`${kind} ${place}`, `${status} ${body.detail}`);
      }
    for (const [what, answer] of answers) expect(answer, what).to.match(/^403 webhooks uses secrets or servers/);
    expect((await fetch(`${served().url}/healthz`)).status).to.equal(200);
  });

  it('are read of regular files alone, and of no more than a secret can be, where the operator names them', async () => {
    for (const place of places()) {
      const { status, body } = await call('PATCH', '/admin/v1/settings', testToken, webhook({ secrets: [place] }));
      expect([status, body.detail], place).to.satisfy(
        ([code]: [number]) => code === (place.endsWith('/good') ? 200 : 400),
      );
    }
    expect((await call('PATCH', '/admin/v1/settings', testToken, { webhooks: null })).status).to.equal(200);
  });
});
