// npm run bench:reads: what reads take, beside one bare Express 5 route, in turns. Sizes come from the command line
// (npm run bench:reads -- 5000 50000), seconds and rounds of each line from BENCH_SECONDS and BENCH_ROUNDS, a part of a
// line's name from BENCH_ONLY; BENCH_FOLDER names a folder in which seeded stores are kept from one run to the next.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load, type Measured } from './load.ts';
import { startContestant, type Contestant } from './process.ts';
import { seed, type Seeded } from './seed.ts';

const token = 'bench-token-bench-token-bench-token';
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
const given = process.argv
  .slice(2)
  .map(Number)
  .filter((size) => size > 0);
const sizes = given.length > 0 ? given : [5000, 50_000];
const seconds = Number(process.env.BENCH_SECONDS ?? 3);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const only = process.env.BENCH_ONLY ?? '';
const nodeArguments = (process.env.BENCH_NODE ?? '').split(' ').filter((one) => one !== '');
const kept = process.env.BENCH_FOLDER;
const options = { seconds, connections: 8, headers };
const serveArguments = [
  '--max-semi-space-size=8',
  '--heap-growing-percent=40',
  ...nodeArguments,
  'bin/latchkey.js',
  'serve',
];

const bare = await startContestant({
  name: 'bare Express 5',
  base: '',
  args: ['--import', 'tsx', 'bench/bare-express.ts'],
});
try {
  for (const size of sizes) await measure(size);
} finally {
  await bare.stop();
}

async function measure(size: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  const seeded = await seededStore(size, folder);
  const started = performance.now();
  const server = await start(folder);
  const readyMs = performance.now() - started;
  await calm(server);
  try {
    console.log(`\n## ${size} users; ready after ${Math.round(readyMs)} ms\n`);
    console.log('| | /s | × bare | p50 ms | p99 ms | µs CPU | failures |\n|---|---|---|---|---|---|---|');
    for (const [name, path] of await lines(server, size, seeded)) {
      if (!name.includes(only)) continue;
      const runs: { readonly ours: Measured; readonly ratio: number }[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const yardstick = await load(bare, () => ({ method: 'GET', path: '/Users/1' }), options);
        const ours = await load(server, () => ({ method: 'GET', path: `/scim/v2${path()}` }), options);
        runs.push({ ours, ratio: ours.perSecond / yardstick.perSecond });
      }
      const middle = runs.toSorted((a, b) => a.ratio - b.ratio)[Math.floor(runs.length / 2)]!;
      const { perSecond, p50, p99, cpu, failures } = middle.ours;
      console.log(
        `| ${name} | ${Math.round(perSecond)} | ${middle.ratio.toFixed(2)} | ${p50} | ${p99} | ${Math.round(cpu)} | ${failures} |`,
      );
    }
    console.log(`\nPeak memory: ${Math.round(server.peakMemory())} MiB.`);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function start(folder: string): Promise<Contestant> {
  return startContestant({
    name: 'Latchkey',
    base: '/scim/v2',
    args: serveArguments,
    environment: { LATCHKEY_DATA_DIR: folder, LATCHKEY_TOKEN: token },
  });
}

/** Waits until a server has worked off what it had to after its start: what was seeded is sealed. */
async function calm(server: Contestant): Promise<void> {
  for (let before = -1, now = server.processorTime(); now - before > 30_000;) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    [before, now] = [now, server.processorTime()];
  }
}

/** Fills a folder with a seeded store, or copies one that was kept. */
async function seededStore(size: number, folder: string): Promise<Seeded> {
  const store = kept === undefined ? undefined : join(kept, String(size));
  const list = store === undefined ? '' : `${store}.json`;
  if (store === undefined || !existsSync(list)) {
    const server = await start(folder);
    const seeded = await seed(
      server,
      headers,
      size,
      [100, 1000, 10_000].filter((members) => members <= size),
    );
    await server.stop();
    if (store !== undefined) {
      mkdirSync(store, { recursive: true });
      cpSync(folder, store, { recursive: true });
      writeFileSync(list, JSON.stringify({ users: seeded.users, groups: [...seeded.groups] }));
    }
    return seeded;
  }
  cpSync(store, folder, { recursive: true });
  const { users, groups } = JSON.parse(readFileSync(list, 'utf8')) as {
    users: string[];
    groups: (readonly [number, string])[];
  };
  return { users, groups: new Map(groups) };
}

/** Each kind of read with what makes its paths. */
async function lines(
  server: Contestant,
  size: number,
  { users, groups }: Seeded,
): Promise<readonly (readonly [string, () => string])[]> {
  const any = () => Math.floor(Math.random() * size);
  const filtered = (filter: string) => `/Users?filter=${encodeURIComponent(filter)}`;
  const cursor = await cursorAt(server, Math.floor(size / 2));
  const largest = Math.max(...groups.keys());
  return [
    ['GET by id', () => `/Users/${users[any()]}`],
    ['userName eq', () => filtered(`userName eq "user${any()}@bench.example"`)],
    ['externalId eq', () => filtered(`externalId eq "00u${any()}"`)],
    ['page of 100: first', () => '/Users?startIndex=1&count=100'],
    ['page of 100: deep', () => `/Users?startIndex=${size - 99}&count=100`],
    ['page of 100: by cursor', () => `/Users?count=100&cursor=${cursor}`],
    ['page of 100: narrow', () => '/Users?startIndex=1&count=100&attributes=userName,active'],
    ['broad filter', () => `${filtered('active eq true')}&count=100`],
    ['emails.value co', () => filtered(`emails.value co "home${any()}@"`)],
    ['value path', () => filtered(`emails[type eq "work" and value co "user${any()}@"]`)],
    [`whole group of ${largest}`, () => `/Groups/${groups.get(largest)}`],
  ];
}

/** A cursor that many users come before. */
async function cursorAt(server: Contestant, users: number): Promise<string> {
  let cursor = '';
  for (let seen = 0; seen < users; seen += 1000) {
    const answer = await fetch(`${server.url}/scim/v2/Users?count=1000&attributes=userName&cursor=${cursor}`, {
      headers,
    });
    ({ nextCursor: cursor } = (await answer.json()) as { nextCursor: string });
  }
  return encodeURIComponent(cursor);
}
