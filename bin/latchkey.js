#!/usr/bin/env node
// Runs the compiled program, compiling it first when the sources are newer (a checkout) and never in an image that ships dist/ alone.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(root, 'dist', 'main.js');
const newest = (folder) =>
  Math.max(...readdirSync(folder, { recursive: true }).map((name) => statSync(join(folder, name)).mtimeMs));

if (existsSync(join(root, 'src')) && (!existsSync(main) || newest(join(root, 'src')) > statSync(main).mtimeMs)) {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(compiler)) {
    console.error('latchkey: dist/ is missing or older than src/, and the compiler is not installed: run npm ci first');
    process.exit(1);
  }
  execFileSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], { cwd: root, stdio: 'inherit' });
}
await import(main);
