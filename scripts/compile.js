// compile.js [tsc arguments …]: runs the native compiler, which takes a fifth of the time of the one in JavaScript; that one stands in
// where the native one has no binary for this machine.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const compilers = ['typescript-native', 'typescript']
  .map((name) => join(root, 'node_modules', name, 'bin', 'tsc'))
  .filter((path) => existsSync(path));
/** The exit status of a compiler that could not start at all is 1 with nothing said of any file. */
const starts = (compiler) => spawnSync(process.execPath, [compiler, '--version'], { stdio: 'ignore' }).status === 0;
const compiler = compilers.find(starts);
if (compiler === undefined) {
  console.error('latchkey: the compiler is not installed: run npm ci first');
  process.exit(1);
}
process.exit(
  spawnSync(process.execPath, [compiler, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' }).status ?? 1,
);
