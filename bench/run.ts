// npm run bench: Latchkey on SQLite beside one bare Express 5 route and scimmy-routers in memory, in turns, in one
// run. Sizes come from the command line (npm run bench -- 1000 50000), seconds and rounds of each line from
// BENCH_SECONDS and BENCH_ROUNDS; BENCH_KEEP=true keeps the ratios in bench/baseline.json; BENCH_PEERS=none leaves the peer out, which at 50,000 users takes most of an hour.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepRatios, readRatios, slowdowns } from './baseline.ts';
import { benchUser } from './bench-user.ts';
import { load, type Call, type Measured } from './load.ts';
import { startContestant, type Contestant } from './process.ts';
import { memberPatch, seed, type Seeded } from './seed.ts';

/** One kind of request; `next` makes one call after another. */
interface Line {
  readonly name: string;
  next(server: Contestant, seeded: Seeded): () => Call;
}

const token = 'bench-token-bench-token-bench-token';
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
const given = process.argv
  .slice(2)
  .map(Number)
  .filter((size) => size > 0);
const sizes = given.length > 0 ? given : [1000, 10_000, 50_000];
const seconds = Number(process.env.BENCH_SECONDS ?? 4);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const options = { seconds, connections: 16, headers };

/** The ratios that a run is compared with: one that fell by more than a fifth ends the run with an error. */
const baseline = 'bench/baseline.json';
const measured: Record<string, Record<string, number>> = {};

const withPeers = process.env.BENCH_PEERS !== 'none';

if (withPeers && !existsSync('bench/peers/node_modules'))
  execFileSync('npm', ['ci', '--prefix', 'bench/peers'], { stdio: 'inherit' });
const bare = await startContestant({
  name: 'bare Express 5',
  base: '',
  args: ['--import', 'tsx', 'bench/bare-express.ts'],
});
try {
  for (const size of sizes) await compare(size);
} finally {
  await bare.stop();
}
if (process.env.BENCH_KEEP === 'true') keepRatios(baseline, measured);
const slower = slowdowns(measured, readRatios(baseline));
if (slower.length > 0) {
  console.error(`\nSlower by more than a fifth than what is kept in ${baseline}:\n${slower.join('\n')}`);
  process.exitCode = 1;
}

async function compare(size: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  const contestants: Contestant[] = [];
  try {
    console.log(`\n## ${size} users\n`);
    contestants.push(
      await startContestant({
        name: 'Latchkey',
        base: '/scim/v2',
        args: ['--max-semi-space-size=8', '--heap-growing-percent=40', 'bin/latchkey.js', 'serve'],
        environment: { LATCHKEY_DATA_DIR: folder, LATCHKEY_TOKEN: token },
      }),
    );
    if (withPeers)
      contestants.push(
        await startContestant({ name: 'scimmy-routers', base: '/scim', args: ['bench/peers/scimmy.js'] }),
      );
    const groupSizes = [100, 1000, 10_000, 50_000].filter((members) => members <= size);
    const seeded = new Map<Contestant, Seeded>();
    for (const server of contestants) seeded.set(server, await seed(server, headers, size, groupSizes));
    console.log(
      `\n| | ${contestants.map(({ name }) => `${name} /s | p50 ms | p99 ms | µs CPU | × bare | `).join('')}failures |`,
    );
    console.log(`|---|${contestants.map(() => '---|---|---|---|---|').join('')}---|`);
    for (const line of linesFor(size, groupSizes)) {
      const cells: (string | number)[] = [];
      let failures = 0;
      const runs = new Map<Contestant, Measured[]>([bare, ...contestants].map((server) => [server, []]));
      const calls = new Map([...seeded].map(([server, made]) => [server, line.next(server, made)]));
      for (let round = 0; round < rounds; round += 1) {
        for (const [server, done] of runs)
          done.push(await load(server, calls.get(server) ?? (() => ({ method: 'GET', path: '/Users/1' })), options));
      }
      const yardstick = median(runs.get(bare));
      for (const server of contestants) {
        const { perSecond, p50, p99, cpu } = median(runs.get(server));
        cells.push(
          perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond),
          p50,
          p99,
          Math.round(cpu),
          (perSecond / yardstick.perSecond).toFixed(2),
        );
        if (server.name === 'Latchkey')
          (measured[size] ??= {})[line.name] = Number((perSecond / yardstick.perSecond).toFixed(4));
        failures += runs.get(server)?.reduce((sum, run) => sum + run.failures, 0) ?? 0;
      }
      console.log(`| ${line.name} | ${cells.join(' | ')} | ${failures} |`);
    }
    const { perSecond, cpu } = await load(bare, () => ({ method: 'GET', path: '/Users/1' }), options);
    console.log(`\nThe bare route: ${Math.round(perSecond)} a second, ${Math.round(cpu)} µs of processor time each.`);
    console.log(
      `Peak memory: ${contestants.map((server) => `${server.name} ${Math.round(server.peakMemory())} MiB`).join(', ')}.`,
    );
  } finally {
    for (const server of contestants) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function linesFor(size: number, groupSizes: readonly number[]): Line[] {
  const any = () => Math.floor(Math.random() * size);
  const get =
    (path: (seeded: Seeded) => string): Line['next'] =>
    ({ base }, seeded) =>
    () => ({ method: 'GET', path: `${base}${path(seeded)}` });
  let created = size;
  return [
    { name: 'GET /Users/{id}', next: get(({ users }) => `/Users/${users[any()]}`) },
    { name: 'userName eq', next: get(() => `/Users?filter=userName%20eq%20%22user${any()}%40bench.example%22`) },
    { name: 'first page of 100', next: get(() => '/Users?startIndex=1&count=100') },
    { name: 'last page of 100', next: get(() => `/Users?startIndex=${size - 99}&count=100`) },
    ...groupSizes.map((members): Line => ({
      name: `PATCH one of ${members} members`,
      next: ({ base }, { users, groups }) => {
        let step = 0;
        return () => {
          // Out, then in again: always a real change.
          const member = users[Math.floor(step / 2) % members] ?? '';
          const body = memberPatch(step % 2 === 0 ? 'Remove' : 'Add', member);
          step += 1;
          return { method: 'PATCH', path: `${base}/Groups/${groups.get(members)}`, body };
        };
      },
    })),
    {
      name: 'POST /Users',
      next:
        ({ base }) =>
        () => ({ method: 'POST', path: `${base}/Users`, body: JSON.stringify(benchUser((created += 1))) }),
    },
  ];
}

function median(runs: readonly Measured[] = []): Measured {
  const middle = runs.toSorted((a, b) => a.perSecond - b.perSecond)[Math.floor(runs.length / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}
