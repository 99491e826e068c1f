// npm run bench: Latchkey on SQLite beside one bare Express 5 route, in turns, in one run. Prints a table with ratios.
// Sizes come from the command line: npm run bench -- 1000 50000
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../src/json.ts';
import { benchUser } from './bench-user.ts';
import { load, type Call, type Measured } from './load.ts';
import { startContestant, type Contestant } from './process.ts';

const token = 'bench-token-bench-token-bench-token';
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
const sizes = process.argv.slice(2).map(Number).filter((size) => size > 0);
const seconds = Number(process.env.BENCH_SECONDS ?? 4);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const connections = 16;

const bare = await startContestant('bare Express 5', ['--import', 'tsx', 'bench/bare-express.ts']);
try {
  for (const size of sizes.length > 0 ? sizes : [1000, 50_000]) await measure(size);
} finally {
  await bare.stop();
}

async function measure(size: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  const latchkey = await startContestant('Latchkey', ['bin/latchkey.js'], {
    PORT: '0', LATCHKEY_DATA_DIR: folder, LATCHKEY_TOKEN: token, LOG_LEVEL: 'warn',
  });
  try {
    const ids = await seed(latchkey, size);
    const group = await seedGroup(latchkey, ids);
    let created = size;
    const any = () => Math.floor(Math.random() * size);
    const scim = '/scim/v2';
    const lines: [string, () => Call][] = [
      ['GET /Users/{id}', () => ({ method: 'GET', path: `${scim}/Users/${ids[any()]}` })],
      ['userName eq', () => ({ method: 'GET', path: `${scim}/Users?filter=userName%20eq%20%22user${any()}%40bench.example%22` })],
      ['emails.value eq', () => ({ method: 'GET', path: `${scim}/Users?filter=emails.value%20eq%20%22home${any()}%40bench.example%22` })],
      ['first page of 100', () => ({ method: 'GET', path: `${scim}/Users?startIndex=1&count=100` })],
      ['last page of 100', () => ({ method: 'GET', path: `${scim}/Users?startIndex=${size - 99}&count=100` })],
      [`PATCH one member of ${size}`, () => ({ method: 'PATCH', path: `${scim}/Groups/${group}?attributes=id`, body: memberPatch(ids[any()] ?? '') })],
      ['POST /Users', () => ({ method: 'POST', path: `${scim}/Users`, body: JSON.stringify(benchUser((created += 1))) })],
    ];
    console.log(`\n## ${size} users, a group of all of them\n\n| line | Latchkey/s | p50 ms | p99 ms | bare/s | ratio | failures |\n|---|---|---|---|---|---|---|`);
    for (const [name, next] of lines) {
      const ours: Measured[] = [];
      const yardstick: Measured[] = [];
      for (let round = 0; round < rounds; round += 1) {
        yardstick.push(await load(bare.url, () => ({ method: 'GET', path: '/Users/1' }), { seconds, connections, headers }));
        ours.push(await load(latchkey.url, next, { seconds, connections, headers }));
      }
      const [own, theirs] = [median(ours), median(yardstick)];
      console.log(`| ${name} | ${own.perSecond.toFixed(0)} | ${own.p50} | ${own.p99} | ${theirs.perSecond.toFixed(0)} | ${(own.perSecond / theirs.perSecond).toFixed(2)} | ${ours.reduce((sum, run) => sum + run.failures, 0)} |`);
    }
    console.log(`\nPeak memory of Latchkey: ${latchkey.peakMemory().toFixed(0)} MiB`);
  } finally {
    await latchkey.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Creates users the way an IdP does, one request each, and answers their ids. */
async function seed(server: Contestant, size: number): Promise<string[]> {
  const ids = new Array<string>(size);
  let next = 0;
  const started = performance.now();
  await Promise.all(Array.from({ length: 32 }, async () => {
    while (next < size) {
      const n = next++;
      const answer = await fetch(`${server.url}/scim/v2/Users`, { method: 'POST', headers, body: JSON.stringify(benchUser(n)) });
      if (answer.status !== 201) throw new Error(`seeding failed: ${answer.status} ${await answer.text()}`);
      ids[n] = String(((await answer.json()) as JsonObject).id);
    }
  }));
  console.log(`\nseeded ${size} users over HTTP at ${(size / (performance.now() - started) * 1000).toFixed(0)}/s`);
  return ids;
}

/** Makes one group of everybody, in chunks as an IdP pushes it. */
async function seedGroup(server: Contestant, ids: readonly string[]): Promise<string> {
  const send = async (method: string, path: string, body: JsonObject) => {
    const answer = await fetch(`${server.url}/scim/v2${path}`, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`seeding the group failed: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const created = await send('POST', '/Groups', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'Everybody' });
  const { id } = (await created.json()) as JsonObject;
  for (let start = 0; start < ids.length; start += 1000) {
    await send('PATCH', `/Groups/${String(id)}?attributes=id`, patchOf('add', ids.slice(start, start + 1000)));
  }
  return String(id);
}

function patchOf(op: 'add' | 'remove', members: readonly string[]): JsonObject {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [{ op, path: 'members', value: members.map((value) => ({ value })) }] };
}

/** Takes one member out and puts it back: always a real change. */
function memberPatch(member: string): string {
  const value = [{ value: member }];
  return JSON.stringify({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: Math.random() < 0.5 ? 'remove' : 'add', path: 'members', value }],
  });
}

function median(runs: readonly Measured[]): Measured {
  const sorted = runs.toSorted((a, b) => a.perSecond - b.perSecond);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}
