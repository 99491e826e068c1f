// try-package.js: packs the package as it would be published, installs it in an empty folder with nothing of the checkout, and runs it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'latchkey-package-'));

function run(command, args, options = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

try {
  const [packed] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder]).replace(/^[^[]*/, ''));
  const paths = packed.files.map(({ path }) => path);
  const strays = paths.filter((path) =>
    /^(?:src|test|bench|scripts|build|data|node_modules)\/|\.map$|^\.env/.test(path),
  );
  if (strays.length > 0) throw new Error(`the package holds what it should not: ${strays.slice(0, 10).join(', ')}`);
  for (const needed of ['dist/main.js', 'bin/latchkey.js', 'schemas/openapi.json', 'LICENSE', 'README.md'])
    if (!paths.includes(needed)) throw new Error(`the package lacks ${needed}`);
  const [archive] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  writeFileSync(join(folder, 'package.json'), '{ "name": "newcomer", "private": true }\n');
  run('npm', ['install', '--no-audit', '--no-fund', '--omit=dev', join(folder, archive)], { cwd: folder });
  const latchkey = join(folder, 'node_modules', '.bin', 'latchkey');
  const version = run(latchkey, ['--version'], { cwd: folder }).trim();
  const made = JSON.parse(run(latchkey, ['users', 'create', 'ines@harbour.example'], { cwd: folder }));
  if (made.user?.userName !== 'ines@harbour.example') throw new Error('the installed package made no user');
  const size = Math.round(packed.size / 1024);
  console.log(`package: ${packed.filename}, ${paths.length} files, ${size} KB; installed and run, version ${version}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
