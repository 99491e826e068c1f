// npm run bench:blocking: how long one heavy or hostile request keeps everybody else waiting, each sent alone,
// several times. Two measures: the longest time that the server's event loop was held up (bench/loop-probe.js,
// inside), and the slowest of the cheap calls that another client made meanwhile (bench/bystander.js, outside). Of
// the rounds the least and the middle one are shown: what others do on the machine only ever adds. Users come first
// on the command line, then a part of the names of the cases to be run: npm run bench:blocking -- 50000 'POST a
// group'. BLOCKING_ROUNDS says how often each is sent. Ends with 1 when an answer was wrong or a median is above the
// limit.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Json, JsonObject } from '../src/base/json.ts';
import { heavyCases, type HeavyCall, type HeavyCase } from './heavy-cases.ts';
import { freePort, startContestant, type Contestant } from './process.ts';
import { seed } from './seed.ts';

/** Milliseconds that no request may keep the others waiting. */
const limit = 50;

/** What is done after the answer (logs, checkpoints) is the request's doing as well. */
const afterMs = 120;

const token = 'bench-token-bench-token-bench-token';
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
const [size = '50000', wanted = ''] = process.argv.slice(2);
const rounds = Number(process.env.BLOCKING_ROUNDS ?? 5);
const folder = mkdtempSync(join(tmpdir(), 'latchkey-blocking-'));
const probePort = await freePort();
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
    environment: { LATCHKEY_DATA_DIR: folder, LATCHKEY_TOKEN: token, LOOP_PROBE_PORT: String(probePort) },
  });
  await measureAll(server);
} finally {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failures === 0 ? 0 : 1);

async function measureAll(latchkey: Contestant): Promise<void> {
  const { users } = await seed(latchkey, headers, Number(size), []);
  const bystander = new Worker(new URL('./bystander.js', import.meta.url), { workerData: `${latchkey.url}/healthz` });
  const cases = heavyCases({
    users,
    send: (method, path, body) => sendUnmeasured(latchkey, method, path, body),
  }).filter(({ name }) => name.includes(wanted));
  console.log(
    '| request | status | answered ms | event loop held up ms: least, middle | bystander waited ms: least, middle |\n|---|---|---|---|---|',
  );
  for (const each of cases) await measure(latchkey, bystander, each);
  console.log(`\nPeak memory: ${Math.round(latchkey.peakMemory())} MiB. ${failures} of ${cases.length} failed.`);
  await bystander.terminate();
}

async function measure(latchkey: Contestant, bystander: Worker, { name, status, call }: HeavyCase): Promise<void> {
  const [statuses, times, blocks, waits] = [new Set<number>(), [] as number[], [] as number[], [] as number[]];
  let detail = '';
  for (let round = 0; round < rounds; round += 1) {
    const next = await call();
    await pause(afterMs);
    await Promise.all([longestBlock(), longestWait(bystander)]);
    const began = performance.now();
    const answer = await send(latchkey, next);
    times.push(performance.now() - began);
    await pause(afterMs);
    const [block, wait] = await Promise.all([longestBlock(), longestWait(bystander)]);
    statuses.add(answer.status);
    blocks.push(block);
    waits.push(wait);
    if (answer.status !== status) detail = answer.text.slice(0, 300);
  }
  const right = [...statuses].every((one) => one === status);
  const quick = middle(blocks) <= limit;
  if (!right || !quick) failures += 1;
  console.log(
    `| ${name} | ${[...statuses].join()}${right ? '' : ` instead of ${status}: ${detail}`} | ${middle(times)} | ${least(blocks)}, ${middle(blocks)}${quick ? '' : ' TOO LONG'} | ${least(waits)}, ${middle(waits)} |`,
  );
}

/**
 * The body of the answer goes by unread: it may be as large as the request. A server may answer before all was sent,
 * and hang up: that counts as its answer.
 */
async function send(
  { url }: Contestant,
  { method, path, body, headers: more }: HeavyCall,
): Promise<{ status: number; text: string }> {
  try {
    const { 'transfer-encoding': chunked, ...own } = more ?? {};
    const sent =
      body === undefined
        ? {}
        : { body: chunked === undefined ? body : new Blob([body]).stream(), duplex: 'half' as const };
    const answer = await fetch(url + path, { method, headers: { ...headers, ...own }, ...sent });
    let text = '';
    for await (const chunk of answer.body ?? [])
      if (text.length < 300) text += new TextDecoder().decode(chunk as Uint8Array);
    return { status: answer.status, text };
  } catch (cause) {
    return { status: 0, text: String(cause instanceof Error ? (cause.cause ?? cause) : cause) };
  }
}

async function sendUnmeasured(
  { url, base }: Contestant,
  method: string,
  path: string,
  body?: Json,
): Promise<JsonObject> {
  const answer = await fetch(`${url}${base}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} failed: ${answer.status} ${text.slice(0, 300)}`);
  return (text === '' ? {} : JSON.parse(text)) as JsonObject;
}

async function longestBlock(): Promise<number> {
  return ((await (await fetch(`http://127.0.0.1:${probePort}`)).json()) as { longest: number }).longest;
}

function longestWait(bystander: Worker): Promise<number> {
  return new Promise((resolve) => {
    bystander.once('message', resolve);
    bystander.postMessage('how long?');
  });
}

function least(values: readonly number[]): number {
  return Math.round(Math.min(...values));
}

function middle(values: readonly number[]): number {
  return Math.round(values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN);
}
