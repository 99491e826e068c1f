// npm test: compiles src and test, then runs mocha over what was compiled: the tests see the code that ships.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

rmSync('build', { recursive: true, force: true });
const run = (args) => {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};
run(['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']);
const patterns = process.argv.slice(2);
run([
  '--enable-source-maps', 'node_modules/mocha/bin/mocha.js', '--no-config', '--timeout', '20000', '--forbid-only', '--reporter', 'dot',
  '--require', './build/test/support/fixed-seed.js',
  ...(patterns.length > 0 ? patterns : ['build/test/**/*.test.js']),
]);
