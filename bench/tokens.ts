// Access tokens a second from the token endpoint of a running Latchkey on the embedded store, by client secret:
// node --import tsx bench/tokens.ts [seconds] [in flight]
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, testToken } from '../test/support/launch.ts';

const [seconds = 5, inFlight = 16] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'latchkey-tokens-'));
const server = await launch({ LATCHKEY_DATA_DIR: folder });
const headers = { authorization: `Bearer ${testToken}`, 'content-type': 'application/json' };
const post = async (path: string, body: object): Promise<Record<string, string>> =>
  (await (await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) })).json()) as Record<
    string,
    string
  >;
const client = await post('/admin/v1/clients', { name: 'bench' });
const { secret } = await post(`/admin/v1/clients/${client['id']}/credentials`, { kind: 'secret' });
const form = new URLSearchParams({
  grant_type: 'client_credentials',
  client_id: client['id'] ?? '',
  client_secret: secret ?? '',
}).toString();
const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
let done = 0;
let failed = 0;
const until = Date.now() + seconds * 1000;
const one = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const sent = request(
      `${server.url}/oauth/token`,
      { method: 'POST', agent, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      (answer) => {
        if (answer.statusCode === 200) done += 1;
        else failed += 1;
        answer.resume().once('end', resolve);
      },
    );
    sent.once('error', reject);
    sent.end(form);
  });
await Promise.all(
  Array.from({ length: inFlight }, async () => {
    while (Date.now() < until) await one();
  }),
);
process.stdout.write(`${Math.round(done / seconds)} tokens a second, ${failed} failed\n`);
await server.end('SIGTERM');
agent.destroy();
rmSync(folder, { recursive: true });
