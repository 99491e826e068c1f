import { mkdtempSync, rmSync } from 'node:fs';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeCore } from '../src/composition/core/compose-core.ts';
import { composeJobs } from '../src/composition/compose-jobs.ts';
import { readConfig } from '../src/config/config.ts';
import { createLog } from '../src/base/log.ts';
import { rootTenant } from '../src/tenancy/tenant.ts';

/**
 * How fast a file of people is read, compared and written on the embedded store, and how much memory that takes.
 * `node --import tsx bench/imports.ts [people] [plan]`; with `plan` nothing is written. Memory is
 * told of compiled code: `npx tsc -p . && node build/bench/imports.js`.
 */
const people = Number(process.argv[2] ?? 20_000);
const planOnly = process.argv[3] === 'plan';
const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-imports-'));
let highest = 0;
const watch = setInterval(() => (highest = Math.max(highest, process.memoryUsage.rss())), 20);

const core = await composeCore(
  readConfig({ LATCHKEY_DATA_DIR: folder }).config,
  'http://localhost',
  createLog('silent'),
);
const { imports, runner } = composeJobs(core);
runner.start();
try {
  const path = join(folder, 'people.csv');
  await writePeople(path);
  tell('at rest');
  const first = await timed('read', () =>
    imports.create(rootTenant, 'bench', { name: 'bench', path }, { invite: false }),
  );
  const plan = await timed('compare (all new, each tried)', () => imports.settled(rootTenant, first, 3_600_000));
  if (!planOnly) {
    await timed('check and write', async () => {
      await imports.run(rootTenant, first, 'bench', { plan: plan.plan?.hash ?? '' });
      return imports.settled(rootTenant, first, 3_600_000);
    });
    const second = await timed('read again', () =>
      imports.create(rootTenant, 'bench', { name: 'bench', path }, { invite: false }),
    );
    await timed('compare (all there)', () => imports.settled(rootTenant, second, 3_600_000));
  }
} finally {
  clearInterval(watch);
  await runner.stop();
  await core.close();
  rmSync(folder, { recursive: true });
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const answer = await work();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const busy = (user + system) / 1e6;
  tell(`${what.padEnd(32)} ${Math.round(people / seconds)} a second, ${Math.round(people / busy)} per second of CPU`);
  return answer;
}

function tell(what: string): void {
  process.stdout.write(
    `${what}  (${Math.round(process.memoryUsage.rss() / 1e6)} MB, at most ${Math.round(highest / 1e6)} MB)\n`,
  );
}

async function writePeople(path: string): Promise<void> {
  const file = createWriteStream(path);
  file.write('userName,externalId,givenName,familyName,email,title,department,employeeNumber\n');
  for (let n = 0; n < people; n += 1) {
    const row = `p${n}@bench.example,E${n},Person,Number ${n},p${n}@bench.example,Sailor,Deck,${String(n).padStart(7, '0')}\n`;
    if (!file.write(row)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}
