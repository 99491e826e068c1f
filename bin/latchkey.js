#!/usr/bin/env node
// Runs the compiled program. In a checkout it compiles the sources first where they are newer; an image or package has dist/ alone.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import nodeModule from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(root, 'dist', 'main.js');
const newest = (folder) =>
  Math.max(...readdirSync(folder, { recursive: true }).map((name) => statSync(join(folder, name)).mtimeMs));

if (existsSync(join(root, 'src')) && (!existsSync(main) || newest(join(root, 'src')) > statSync(main).mtimeMs)) {
  if (process.argv[2] === 'serve') await checkPort(process.env.HOST, process.env.PORT);
  checkCompiler();
  process.stderr.write('Latchkey compiles its sources, as they are new here: a few seconds … ');
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'bundle.js')], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
  process.stderr.write('done.\n');
}
// Node 22 and later keep what they have compiled: the next start is shorter by that.
nodeModule.enableCompileCache?.();
await import(main);

/** Ends with a sentence where another program has the port: nobody should wait for the compiler to hear that. */
async function checkPort(host = '127.0.0.1', port = '8080') {
  const number = Number(port);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) return;
  const taken = await new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', ({ code }) => resolve(code === 'EADDRINUSE'));
    probe.listen(number, host, () => probe.close(() => resolve(false)));
  });
  if (!taken) return;
  console.error(
    `Port ${port} is already in use. Stop the program that has it, or choose another port: PORT=8081 npm start`,
  );
  process.exit(1);
}

/** Ends with a sentence where `npm ci` has not run, or `npm prune` has taken the compiler away. */
function checkCompiler() {
  try {
    import.meta.resolve('esbuild');
  } catch {
    console.error(
      existsSync(main)
        ? 'The sources are newer than dist/, and the compiler is not installed: npm ci && npm run build'
        : 'The libraries of Latchkey are not installed yet: npm ci',
    );
    process.exit(1);
  }
}
