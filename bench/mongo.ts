// npm run bench:mongo: the processor time that Latchkey itself needs for one call on MongoDB beside what it needs on
// SQLite, in turns, in one run. The database's own time is not counted: MONGODB_URI names a server, else one is started
// as for the tests; reads that have been made before are answered from memory, for a slow server would leave Latchkey cold.
// Ends with an error where the ratio of a line is above BENCH_MOST (3).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOwnMongoServer } from '../test/support/own-mongo-server.ts';
import { startReplayProxy } from './replay-proxy.ts';
import { load, type Call, type Measured } from './load.ts';
import { startContestant, type Contestant } from './process.ts';
import { seed, type Seeded } from './seed.ts';

const token = 'bench-token-bench-token-bench-token';
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
const users = Number(process.argv[2] ?? 1_000);
const options = { seconds: Number(process.env.BENCH_SECONDS ?? 4), connections: 8, headers };
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const most = Number(process.env.BENCH_MOST ?? 3);
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** One kind of call. */
interface Line {
  readonly name: string;
  readonly writes?: true;
  readonly next: (base: string, seeded: Seeded) => () => Call;
}

const any = () => Math.floor(Math.random() * users);
let titles = 0;
const lines: readonly Line[] = [
  {
    name: 'GET /Users/{id}',
    next: (base, made) => () => ({ method: 'GET', path: `${base}/Users/${made.users[any()]}` }),
  },
  {
    name: 'userName eq',
    next: (base) => () => ({
      method: 'GET',
      path: `${base}/Users?filter=userName%20eq%20%22user${any()}%40bench.example%22`,
    }),
  },
  {
    name: 'first page of 100',
    next: (base) => () => ({ method: 'GET', path: `${base}/Users?startIndex=1&count=100` }),
  },
  {
    name: 'PATCH a title',
    writes: true,
    next: (base, made) => () => ({
      method: 'PATCH',
      path: `${base}/Users/${made.users[any()]}`,
      body: JSON.stringify({
        schemas: [patchOp],
        Operations: [{ op: 'replace', path: 'title', value: `Title ${(titles += 1)}` }],
      }),
    }),
  },
];

const own = process.env['MONGODB_URI'] === undefined ? await startOwnMongoServer() : undefined;
const server = process.env['MONGODB_URI'] ?? own?.uri('latchkey-bench');
if (server === undefined) throw new Error('there is no MongoDB server: set MONGODB_URI');
const proxy = await startReplayProxy(server);
const uri = proxy.uri('latchkey-bench?directConnection=true&timeoutMS=60000');
const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
const contestants: Contestant[] = [];
try {
  for (const [name, environment] of [
    ['SQLite', { LATCHKEY_DATA_DIR: folder }],
    ['MongoDB', { MONGODB_URI: uri, LATCHKEY_KEY: Buffer.alloc(32, 1).toString('base64') }],
  ] as const)
    contestants.push(
      await startContestant({
        name,
        base: '/scim/v2',
        args: ['--max-semi-space-size=8', '--heap-growing-percent=40', 'bin/latchkey.js', 'serve'],
        environment: { ...environment, LATCHKEY_TOKEN: token },
      }),
    );
  process.exitCode = (await compare()) > most ? 1 : 0;
} finally {
  for (const contestant of contestants) await contestant.stop();
  rmSync(folder, { recursive: true, force: true });
  await proxy.close();
  await own?.remove();
}

/** @returns the highest ratio */
async function compare(): Promise<number> {
  const seeded = new Map<Contestant, Seeded>();
  for (const contestant of contestants)
    seeded.set(contestant, await seed(contestant, headers, users, [100], { inFlight: 1, chunk: 10 }));
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  for (const contestant of contestants)
    console.log(`${contestant.name} with nothing to do: ${await idleMs(contestant)} ms of processor time a second`);
  console.log(`\n| | SQLite µs | MongoDB µs | ratio | MongoDB /s | failures |\n|---|---|---|---|---|---|`);
  let highest = 0;
  for (const line of lines) {
    proxy.replay(line.writes !== true);
    // Once for each user: afterwards the answers are known.
    for (const contestant of contestants)
      await load(contestant, line.next(contestant.base, seeded.get(contestant)!), options);
    const runs = new Map(contestants.map((contestant) => [contestant, [] as Measured[]]));
    for (let round = 0; round < rounds; round += 1)
      for (const [contestant, done] of runs)
        done.push(await load(contestant, line.next(contestant.base, seeded.get(contestant)!), options));
    const [sqlite, mongo] = [...runs.values()].map(cheapest);
    const ratio = mongo!.cpu / sqlite!.cpu;
    highest = Math.max(highest, ratio);
    const failures = [...runs.values()].flat().reduce((sum, run) => sum + run.failures, 0);
    console.log(
      `| ${[line.name, Math.round(sqlite!.cpu), Math.round(mongo!.cpu), ratio.toFixed(2), Math.round(mongo!.perSecond), failures].join(' | ')} |`,
    );
  }
  return highest;
}

/** The run that others on this machine disturbed least. */
function cheapest(runs: readonly Measured[]): Measured {
  return runs.toSorted((a, b) => a.cpu - b.cpu)[0]!;
}

async function idleMs(contestant: Contestant): Promise<number> {
  const before = contestant.processorTime();
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  return (contestant.processorTime() - before) / 10_000;
}
