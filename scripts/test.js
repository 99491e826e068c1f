// npm test [-- file …]: compiles src and test as far as they changed, builds the program, then runs the compiled
// tests: what they start in a process of its own is the code that ships.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

const run = (args) => {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};

/** A test whose source was moved or deleted must not be run any more. */
function removeOrphans() {
  for (const entry of existsSync('build') ? readdirSync('build', { recursive: true, withFileTypes: true }) : []) {
    const compiled = join(entry.parentPath, entry.name);
    const source = relative('build', compiled).replace(/\.js(\.map)?$/, '.ts');
    if (entry.isFile() && source.endsWith('.ts') && !existsSync(source)) rmSync(compiled);
  }
}

removeOrphans();
run(['scripts/compile.js', '-p', 'tsconfig.json', '--incremental', '--tsBuildInfoFile', 'build/tsconfig.tsbuildinfo']);
run(['scripts/bundle.js']);
run(['--enable-source-maps', 'scripts/run-mocha.js', ...process.argv.slice(2)]);
