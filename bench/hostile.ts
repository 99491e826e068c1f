// npm run build, then node --import tsx bench/hostile.ts: what requests of up to 64 KB that need no credential cost.
// Each is sent alone, over loopback, to a server of its own; measured are the processor time of the whole process
// (all threads, /proc/…/schedstat) and how long its event loop was held up (bench/loop-probe.js). What looks slow is
// sent three times more, and the least counts: what others do on the machine, and garbage that others left, only ever
// add. A part of the names may be given to run some of them; HOSTILE_SHOWN says how many of the slowest are listed,
// HOSTILE_STEP=7 sends each seventh alone. HOSTILE_USERS=100000 fills the store first. With MONGODB_URI the store is
// there, in a database of its own name.
// Ends with 1 when a request took more than 100 ms of processor time, held up the loop for more than 50 ms, or was
// answered with a 500.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request as send } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { hostileRequests, type HostileRequest } from './hostile-requests.ts';
import { freePort, startContestant, type Contestant } from './process.ts';
import { seed } from './seed.ts';

/** Milliseconds. */
const mostProcessor = 100;
const mostHeldUp = 50;
/** From here on a request is measured again. */
const suspiciousShare = 0.25;

interface Cost {
  readonly status: number;
  readonly processor: number;
  readonly heldUp: number;
}

const [wanted = ''] = process.argv.slice(2);
const step = Number(process.env.HOSTILE_STEP ?? 1);
const users = Number(process.env.HOSTILE_USERS ?? 0);
const token = 'bench-token-bench-token-bench-token';
const shown = Number(process.env.HOSTILE_SHOWN ?? 25);
const folder = mkdtempSync(join(tmpdir(), 'latchkey-hostile-'));
const probePort = await freePort();
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let visitor = 0;
let failures = 0;
let server: Contestant | undefined;
try {
  server = await startContestant({
    name: 'Latchkey',
    base: '/scim/v2',
    args: [
      '--max-semi-space-size=8',
      '--heap-growing-percent=40',
      '--import',
      './bench/loop-probe.js',
      'bin/latchkey.js',
      'serve',
    ],
    environment: {
      ...(process.env.MONGODB_URI === undefined
        ? { LATCHKEY_DATA_DIR: folder }
        : { LATCHKEY_KEY: Buffer.alloc(32, 7).toString('base64') }),
      LATCHKEY_TOKEN: token,
      LATCHKEY_TRUST_PROXY: '127.0.0.1,::1',
      LOOP_PROBE_PORT: String(probePort),
    },
  });
  await measureAll(server);
} finally {
  agent.destroy();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failures === 0 ? 0 : 1);

async function measureAll(latchkey: Contestant): Promise<void> {
  const forms = new Map<string, string>();
  for (const path of ['/sign-in', '/set-password', '/forgot-password', '/verify-email'])
    forms.set(path, await formOn(latchkey, path));
  if (users > 0)
    await seed(latchkey, { Authorization: `Bearer ${token}`, 'Content-Type': 'application/scim+json' }, users, []);
  const requests = hostileRequests((path) => forms.get(path) ?? 'x')
    .filter(({ name }) => name.includes(wanted))
    .filter((_, index) => index % step === 0);
  for (const one of requests.slice(0, 20)) await measure(latchkey, one);
  const results: { readonly name: string; readonly cost: Cost }[] = [];
  for (const one of requests) {
    let cost = await measure(latchkey, one);
    for (let again = 0; again < 3 && isSlow(cost, suspiciousShare); again += 1)
      cost = lesser(cost, await measure(latchkey, one));
    results.push({ name: one.name, cost });
  }
  const failed = results.filter(({ cost }) => isSlow(cost, 1) || cost.status === 500 || cost.status === 0);
  failures = failed.length;
  const slowest = results.toSorted((one, other) => other.cost.processor - one.cost.processor).slice(0, shown);
  console.log('| request | status | processor ms | event loop held up ms |\n|---|---|---|---|');
  for (const { name, cost } of new Set([...failed, ...slowest])) {
    console.log(
      `| ${JSON.stringify(name)} | ${cost.status} | ${cost.processor.toFixed(1)} | ${cost.heldUp.toFixed(1)}${failed.some((one) => one.name === name) ? ' FAILED' : ''} |`,
    );
  }
  console.log(
    `\n${results.length} requests, ${failures} failed. Peak memory: ${Math.round(latchkey.peakMemory())} MiB.`,
  );
}

/** The token of a page's form. */
async function formOn({ url }: Contestant, path: string): Promise<string> {
  return /name="form" value="([^"]+)"/.exec(await (await fetch(url + path)).text())?.[1] ?? 'x';
}

function isSlow({ processor, heldUp }: Cost, share: number): boolean {
  return processor > mostProcessor * share || heldUp > mostHeldUp * share;
}

function lesser(one: Cost, other: Cost): Cost {
  return {
    status: one.status,
    processor: Math.min(one.processor, other.processor),
    heldUp: Math.min(one.heldUp, other.heldUp),
  };
}

/** Every request comes from an address of its own: what the pages allow one address is not what is measured. */
async function measure(latchkey: Contestant, one: HostileRequest): Promise<Cost> {
  await longestBlock();
  const before = processorTime(latchkey.pid);
  visitor += 1;
  const address = { 'X-Forwarded-For': `198.51.${Math.floor(visitor / 250) % 250}.${visitor % 250}` };
  const status = await answerTo(latchkey, { ...one, headers: { ...address, ...one.headers } });
  await pause(3);
  return { status, heldUp: await longestBlock(), processor: (processorTime(latchkey.pid) - before) / 1e6 };
}

/** The status; 0 where the connection was cut without an answer. */
function answerTo({ url }: Contestant, { method, path, headers, body }: HostileRequest): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const request = send({ hostname, port, method, path, headers, agent }, (response) => {
      response.resume().once('close', () => resolve(response.statusCode ?? 0));
    });
    request.once('error', () => resolve(0)).end(body);
  });
}

async function longestBlock(): Promise<number> {
  return ((await (await fetch(`http://127.0.0.1:${probePort}`)).json()) as { longest: number }).longest;
}

/** Nanoseconds that all threads have run: the first field of their schedstats. */
function processorTime(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, task) => {
    try {
      return sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ', 1)[0]);
    } catch {
      return sum;
    }
  }, 0);
}
