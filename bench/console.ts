// What each page of the console costs the server with many people and tenants (PEOPLE, 100,000; TENANTS, 1,000): 95th
// percentile of LOOKS (40) looks, one after another, and processor time a look, which does not depend on what else the
// machine does.   npm run build && node --import tsx bench/console.ts
// CONSOLE_FOLDER keeps what was filled in: the first run fills it and ends, each later one measures what is there.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret, TOTP } from 'otpauth';
import { startContestant } from './process.ts';
import { seed } from './seed.ts';

const people = Number(process.env['PEOPLE'] ?? 100_000);
const tenants = Number(process.env['TENANTS'] ?? 1_000);
const looks = Number(process.env['LOOKS'] ?? 40);
/** What a page may take at the 95th percentile, in milliseconds. */
const limit = 150;
const token = 'console-bench-token-console-bench-token';
const json = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };

/** What a run needs to know of what was filled in. */
interface Filled {
  readonly users: readonly string[];
  readonly group: string;
  readonly cookie: string;
}

const kept = process.env['CONSOLE_FOLDER'];
const folder = kept ?? mkdtempSync(join(tmpdir(), 'latchkey-console-bench-'));
mkdirSync(folder, { recursive: true });
const facts = join(folder, 'bench.json');
const isFilled = existsSync(facts);
const server = await startContestant({
  name: 'latchkey',
  base: '/scim/v2',
  args: ['dist/main.js', 'serve'],
  environment: {
    LATCHKEY_DATA_DIR: folder,
    LATCHKEY_TOKEN: token,
    LATCHKEY_ADMIN_EMAIL: 'ines@bench.example',
    LOG_LEVEL: 'error',
  },
});
let failed = false;
try {
  const { users, group, cookie } = isFilled ? (JSON.parse(readFileSync(facts, 'utf8')) as Filled) : await fill();
  if (kept !== undefined && !isFilled) writeFileSync(facts, JSON.stringify({ users, group, cookie }));
  else await lookAtAll(users, group, cookie);
} finally {
  await server.stop();
  if (kept === undefined) rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;

async function fill(): Promise<Filled> {
  const { users, groups } = await seed(server, json, people, [Math.min(10_000, people)]);
  await inTurns(tenants, 8, async (index) => {
    const body = JSON.stringify({ id: `t-${index}`, name: `Tenant ${index}` });
    const answer = await fetch(`${server.url}/admin/v1/tenants`, { method: 'POST', headers: json, body });
    if (!answer.ok) throw new Error(`no tenant was made: ${answer.status} ${await answer.text()}`);
  });
  // Some are on their way, so that states, messages and counts are not all of one kind.
  await inTurns(Math.min(200, people), 8, async (index) => {
    await fetch(`${server.url}/admin/v1/users/${users[index * 7] ?? ''}/invite`, {
      method: 'POST',
      headers: json,
      body: '{}',
    });
  });
  return { users: users.slice(0, 2_000), group: [...groups.values()][0] ?? '', cookie: await signIn() };
}

async function lookAtAll(users: readonly string[], group: string, cookie: string): Promise<void> {
  const paths = [
    ...['/', '/welcome', '/people', '/people?state=invited', '/people?q=okoro12', '/people?q=user4711@bench.example'],
    ...[
      `/people?group=${group}`,
      '/people?source=default',
      '/people/new',
      '/people/deleted',
      `/people/${users[3] ?? ''}`,
    ],
    ...[`/people/${users[0] ?? ''}/resend`, `/people/${users[5] ?? ''}/erase`, '/groups', `/groups/${group}`],
    ...['/deliveries', '/requests', '/requests?status=all', '/imports', '/clients', '/webhooks', '/messages'],
    ...['/settings', '/administrators', '/tenants', '/tenants?q=777', '/audit', '/account', '/connect'],
  ];
  console.log(`${'page'.padEnd(44)}  p95 ms  processor ms     KB`);
  for (const path of paths) {
    const { p95, processor, size } = await measure(path, cookie);
    failed ||= p95 > limit;
    const cells = [p95.toFixed(0).padStart(7), processor.toFixed(1).padStart(12), (size / 1024).toFixed(0).padStart(7)];
    console.log(`${path.slice(0, 44).padEnd(44)} ${cells.join(' ')}${p95 > limit ? `  over ${limit}` : ''}`);
  }
}

async function measure(path: string, cookie: string): Promise<{ p95: number; processor: number; size: number }> {
  const times: number[] = [];
  let size = 0;
  const look = async (): Promise<void> => {
    const began = performance.now();
    const answer = await fetch(`${server.url}/console${path === '/' ? '' : path}`, {
      headers: { cookie },
      redirect: 'manual',
    });
    size = (await answer.text()).length;
    times.push(performance.now() - began);
    if (answer.status !== 200)
      throw new Error(`${path} answered ${answer.status} ${answer.headers.get('location') ?? ''}`);
  };
  await look();
  times.length = 0;
  const before = server.processorTime();
  for (let count = 0; count < looks; count += 1) await look();
  const processor = (server.processorTime() - before) / 1000 / looks;
  times.sort((one, other) => one - other);
  return { p95: times[Math.ceil(looks * 0.95) - 1] ?? 0, processor, size };
}

/** The first owner, from the mailed link to a session: its cookie. */
async function signIn(): Promise<string> {
  const mails = (await (await fetch(`${server.url}/dev/mailbox.json`)).json()) as { readonly text: string }[];
  const link = mails.map(({ text }) => /http\S+\/console\/start\?token=\S+/.exec(text)?.[0]).find(Boolean);
  let cookie = '';
  const keep = (answer: Response): Response => {
    for (const set of answer.headers.getSetCookie()) {
      const [pair = ''] = set.split(';', 1);
      if (!pair.endsWith('=')) cookie = pair;
    }
    return answer;
  };
  const open = async (url: string): Promise<string> =>
    keep(await fetch(url, { headers: { cookie }, redirect: 'manual' })).text();
  const post = async (url: string, page: string, fields: Readonly<Record<string, string>>): Promise<void> => {
    const hidden = [
      ...(page.split('</form>')[0] ?? '').matchAll(/<input\s+type="hidden"\s+name="(\w+)"\s+value="([^"]*)"/g),
    ];
    const body = new URLSearchParams({
      ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])),
      ...fields,
    });
    keep(await fetch(url, { method: 'POST', headers: { cookie }, body, redirect: 'manual' }));
  };
  const start = (link ?? '').replace(/^http:\/\/[^/]+/, server.url);
  const password = 'seven small boats at dawn';
  await post(start, await open(start), { name: 'Ines Okoro', email: 'ines@bench.example', password });
  const enrol = `${server.url}/console/sign-in/enrol`;
  const page = await open(enrol);
  const secret = /<code[^>]*>([A-Z2-7 ]{16,})<\/code>/.exec(page)?.[1]?.replaceAll(' ', '') ?? '';
  await post(enrol, page, { code: new TOTP({ secret: Secret.fromBase32(secret) }).generate() });
  return cookie;
}

/** Some at a time, until all have had their turn. */
async function inTurns(count: number, atOnce: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(atOnce, count) }, async () => {
      while (next < count) await work((next += 1) - 1);
    }),
  );
}
