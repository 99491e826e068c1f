// node --import tsx bench/writes.ts [users]: writes on the embedded store, each durable, in turns with one bare Express 5
// route. BENCH_LINES names some of the lines (bulk,create,active,members); BENCH_SECONDS and BENCH_ROUNDS their length;
// BENCH_FOLDER keeps the data; BENCH_PROFILES is a folder that each thread's CPU profile of the whole run is written to.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchUser } from './bench-user.ts';
import { load, type Call } from './load.ts';
import { startContestant, type Contestant } from './process.ts';
import { seed } from './seed.ts';

const token = 'bench-token-bench-token-bench-token';
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
const size = Number(process.argv[2] ?? 10_000);
const seconds = Number(process.env['BENCH_SECONDS'] ?? 3);
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 2);
const wanted = process.env['BENCH_LINES']?.split(',');
const profiles = process.env['BENCH_PROFILES'];
const kept = process.env['BENCH_FOLDER'];
const folder = kept ?? mkdtempSync(join(tmpdir(), 'latchkey-bench-writes-'));
const isNew = !existsSync(join(folder, 'latchkey.db'));

const patchUrn = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const bulkUrn = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

const bare = await startContestant({ name: 'bare', base: '', args: ['--import', 'tsx', 'bench/bare-express.ts'] });
const profiling = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
const server = await startContestant({
  name: 'Latchkey',
  base: '/scim/v2',
  args: [...profiling, '--max-semi-space-size=8', '--heap-growing-percent=40', 'bin/latchkey.js', 'serve'],
  environment: { LATCHKEY_DATA_DIR: folder, LATCHKEY_TOKEN: token },
});
try {
  if (isNew)
    await seed(
      server,
      headers,
      size,
      [10, 4000].filter((members) => members <= size),
    );
  await measure();
} finally {
  await server.stop();
  await bare.stop();
  if (kept === undefined) rmSync(folder, { recursive: true, force: true });
}

async function read(path: string): Promise<Record<string, unknown>> {
  return (await (await fetch(server.url + server.base + path, { headers })).json()) as Record<string, unknown>;
}

async function measure(): Promise<void> {
  const ids: string[] = [];
  for (let from = 1; from <= size; from += 1000) {
    const page = (await read(`/Users?startIndex=${from}&count=1000&attributes=id`))['Resources'];
    ids.push(...(page as { id: string }[]).map(({ id }) => id));
  }
  const groups = (await read('/Groups?count=10&excludedAttributes=members'))['Resources'] as {
    id: string;
    displayName: string;
  }[];
  const any = (): string => ids[Math.floor(Math.random() * ids.length)]!;
  const run = `${Date.now()}`.slice(-7);
  let created = 0;
  const user = (): object => {
    created += 1;
    return {
      ...benchUser(size + created),
      userName: `u${run}-${created}@bench.example`,
      externalId: `${run}-${created}`,
    };
  };
  let step = 0;
  const lines: Record<string, () => Call> = {
    create: () => ({ method: 'POST', path: `${server.base}/Users`, body: JSON.stringify(user()) }),
    active: () => {
      step += 1;
      const Operations = [{ op: 'replace', path: 'active', value: step % 2 === 0 }];
      return {
        method: 'PATCH',
        path: `${server.base}/Users/${ids[Math.floor(step / 2) % ids.length]}`,
        body: JSON.stringify({ schemas: [patchUrn], Operations }),
      };
    },
    ...Object.fromEntries(
      groups.map(({ id, displayName }) => [
        `members of ${displayName.split(' ').at(-1)}`,
        () => ({
          method: 'PATCH' as const,
          path: `${server.base}/Groups/${id}`,
          body: JSON.stringify({
            schemas: [patchUrn],
            Operations: [
              (step += 1) % 2 === 0
                ? { op: 'add', path: 'members', value: [{ value: any() }] }
                : { op: 'remove', path: `members[value eq "${any()}"]` },
            ],
          }),
        }),
      ]),
    ),
  };
  const isWanted = (name: string): boolean => wanted === undefined || wanted.some((one) => name.startsWith(one));
  console.log('| line | a second | µs CPU | p50 ms | p99 ms | × bare | failures |\n|---|---|---|---|---|---|---|');
  for (const [name, next] of Object.entries(lines)) {
    if (!isWanted(name)) continue;
    const runs = [];
    for (let round = 0; round < rounds; round += 1) {
      await idle();
      const options = { seconds, connections: 8, headers };
      const yardstick = await load(bare, () => ({ method: 'GET', path: '/Users/1' }), options);
      const one = await load(server, next, options);
      runs.push({ ...one, ratio: one.perSecond / yardstick.perSecond });
    }
    const { perSecond, cpu, p50, p99, ratio } = runs.toSorted((a, b) => a.ratio - b.ratio)[Math.floor(rounds / 2)]!;
    const failures = runs.reduce((sum, one) => sum + one.failures, 0);
    console.log(
      `| ${name} | ${Math.round(perSecond)} | ${Math.round(cpu)} | ${p50} | ${p99} | ${ratio.toFixed(3)} | ${failures} |`,
    );
  }
  if (isWanted('bulk')) for (const inFlight of [1, 4]) await bulk(server, user, inFlight);
}

/** Resolves when the server has nothing left to work off. */
async function idle(): Promise<void> {
  for (let before = -1, now = 0; now - before > 100_000;) {
    before = server.processorTime();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    now = server.processorTime();
  }
}

/** Bulk requests of 1,000 creates. */
async function bulk(to: Contestant, user: () => object, inFlight: number): Promise<void> {
  const body = (): string =>
    JSON.stringify({
      schemas: [bulkUrn],
      Operations: Array.from({ length: 1000 }, (_, n) => ({
        method: 'POST',
        path: '/Users',
        bulkId: `${n}`,
        data: user(),
      })),
    });
  const bodies = Array.from({ length: 2 * rounds * 4 }, body);
  await idle();
  const before = to.processorTime();
  const began = performance.now();
  let done = 0;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (let one = bodies.pop(); one !== undefined; one = bodies.pop()) {
        const answer = await fetch(`${to.url + to.base}/Bulk`, { method: 'POST', headers, body: one });
        const { Operations } = (await answer.json()) as { Operations: { status: string }[] };
        done += Operations.filter(({ status }) => status === '201').length;
      }
    }),
  );
  const took = performance.now() - began;
  await to.settled();
  console.log(
    `bulk of 1,000, ${inFlight} at a time: ${Math.round((done / took) * 1000)} users a second, `
      + `${Math.round((to.processorTime() - before) / done)} µs CPU each (${done})`,
  );
}
