// Runs the compiled tests, several files side by side, each process with a MongoDB stand-in of its own, and counts
// them in one line. Arguments choose files: a folder, a path or a pattern, of the source or of the compiled file, or
// a part of a path; without any, all run but those of long-tests.js. `--grep` chooses tests by title; `TEST_JOBS` says
// how many processes run them. In CI a file that failed beside others runs once more, alone: what fails again fails
// the run, what passes is named as unsteady.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import Mocha from 'mocha';
import { longTests } from './long-tests.js';

const setup = './build/test/support/fixed-seed.js';
const {
  values: { grep },
  positionals,
} = parseArgs({ allowPositionals: true, options: { grep: { type: 'string', short: 'g' } } });

/**
 * What makes a file slow is what it starts, by these imports. The slowest run first, so that the last file to end is
 * a short one.
 */
const slowFirst = ['/support/mongo-server-suite.js', '/support/served-stores.js', '/support/launch.js'];

function byExpectedTime(files) {
  const weigh = (file) => {
    const text = readFileSync(file, 'utf8');
    const kind = slowFirst.findIndex((support) => text.includes(support));
    return { file, kind: kind < 0 ? slowFirst.length : kind, size: statSync(file).size };
  };
  return files
    .map(weigh)
    .sort((a, b) => a.kind - b.kind || b.size - a.size)
    .map(({ file }) => file);
}

/**
 * The compiled test files that an argument means: those below a folder, those that match a pattern, or those with
 * that in their path.
 */
function filesOf(argument, all) {
  const path = argument
    .replace(/^\.\//, '')
    .replace(/^test(?=\/|$)/, 'build/test')
    .replace(/\.ts$/, '.js')
    .replace(/\/$/, '');
  const parts = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' };
  const pattern = path.replaceAll(/\*\*\/|\*\*|[*?]|[.+^$()|[\]{}\\]/g, (sign) => parts[sign] ?? `\\${sign}`);
  const found = all.filter((file) => new RegExp(`^${pattern}(?:/|$)`).test(file));
  return found.length > 0 ? found : all.filter((file) => file.includes(argument));
}

/** A dot for each test, the failures, and one line of totals; what each file took is left in build/test-times.json. */
class TotalsReporter extends Mocha.reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    const begun = Date.now();
    const times = {};
    const add = ({ file, duration }) => {
      if (file === undefined) return;
      const name = relative('.', file);
      times[name] = (times[name] ?? 0) + (duration ?? 0);
    };
    runner.on('test end', add).on('hook end', add);
    runner.on('fail', ({ file }) => failed.add(file === undefined ? 'no file' : relative('.', file)));
    runner.once('end', () => {
      const sorted = Object.entries(times).sort(([, a], [, b]) => b - a);
      if (process.env.TEST_AGAIN === undefined)
        writeFileSync('build/test-times.json', `${JSON.stringify(Object.fromEntries(sorted), undefined, 1)}\n`);
      const { passes, failures, pending } = this.stats;
      const skipped = pending > 0 ? `, ${pending} skipped` : '';
      const seconds = Math.round((Date.now() - begun) / 1000);
      console.log(`${passes} passed, ${failures} failed${skipped} (${sorted.length} files in ${seconds} s)`);
      if (passes + failures === 0) {
        console.error('No test was run.');
        process.exitCode = 1;
      }
    });
  }
}

/** The files in which something failed. */
const failed = new Set();
/** So many failed files are not chance any more. */
const mostUnsteady = 5;

/** Runs the failed files once more, alone. @returns true when all of them pass now */
function passAlone() {
  const files = [...failed];
  console.error(`Once more, alone: ${files.join(' ')}`);
  const args = ['--enable-source-maps', 'scripts/run-mocha.js', ...files];
  const env = { ...process.env, TEST_JOBS: '1', TEST_AGAIN: 'true' };
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env });
  if (status === 0) console.error(`Unsteady: failed beside others and passed alone: ${files.join(' ')}`);
  return status === 0;
}

const all = readdirSync('build/test', { recursive: true })
  .filter((file) => file.endsWith('.test.js'))
  .map((file) => `build/test/${file}`);
const long = new Set(longTests.flatMap((file) => filesOf(file, all)));
const chosen =
  positionals.length === 0
    ? all.filter((file) => !long.has(file))
    : [
        ...new Set(
          positionals.flatMap((argument) => {
            const files = filesOf(argument, all);
            if (files.length === 0) {
              console.error(`No test file matches ${argument}.`);
              process.exit(1);
            }
            return files;
          }),
        ),
      ];
const jobs = Math.min(chosen.length, Number(process.env.TEST_JOBS ?? availableParallelism() + 1));
const mocha = new Mocha({
  timeout: 20_000,
  forbidOnly: true,
  reporter: TotalsReporter,
  require: [setup],
  parallel: jobs > 1,
  jobs,
  ...(grep === undefined ? {} : { grep }),
});
for (const file of byExpectedTime(chosen)) mocha.addFile(file);
if (jobs === 1) {
  await import(new URL(`../${setup}`, import.meta.url).href);
  await mocha.loadFilesAsync();
}
const mayRunAgain = process.env.CI === 'true' && jobs > 1 && grep === undefined;
mocha.run((failures) => {
  if (failures === 0) return;
  if (mayRunAgain && failed.size <= mostUnsteady && !failed.has('no file') && passAlone()) return;
  process.exitCode = 1;
});
