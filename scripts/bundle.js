// npm run build: joins the sources and the libraries they use into dist/: one file that starts in half the time that
// loading 2,000 modules takes, one for each kind of thread, and parts that are loaded when they are needed, such as
// the MongoDB driver. Types are not looked at here: `npm run typecheck` does that.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

/** What a process or a thread begins with. A thread's file is named as its module is: `start-thread` finds it so. */
const entries = [
  'src/main.ts',
  'src/store/sqlite/writing/write-worker.ts',
  'src/store/sqlite/search/scan-worker.ts',
  'src/store/sqlite/verify-worker.ts',
  'src/imports/file/workbook-worker.ts',
];

const licencesFile = 'THIRD-PARTY-LICENCES.txt';

/** Libraries that bring machine code or files of their own, or that start a thread from their own files. */
const apart = ['libsql', '@node-rs/argon2', 'pino', 'pino-pretty', 'idiomorph'];

/** Libraries of CommonJS ask for Node's own modules with `require`. */
const requireForLibraries =
  "import { createRequire as createRequireForLibraries } from 'node:module';"
  + 'const require = createRequireForLibraries(import.meta.url);';

/** The licences of the libraries whose code is in the files: they ask to be passed on with it. */
function licences(inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const inPackage = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (inPackage !== null) folders.add(inPackage[1]);
  }
  return [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : `\n${readFileSync(join(root, folder, file), 'utf8').trim()}\n`;
    return `${name} ${version} (${license ?? 'see its page'})\n${text}`;
  });
}

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: Object.fromEntries(entries.map((path) => [basename(path, '.ts'), path])),
  outdir: 'dist',
  chunkNames: 'part-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  external: apart,
  banner: { js: requireForLibraries },
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
});
writeFileSync(join(dist, licencesFile), licences(Object.keys(metafile.inputs)).join('\n\n'));
// A server that runs from here may still load a part: what is old goes after what is new is there.
const made = new Set([licencesFile, ...Object.keys(metafile.outputs).map((path) => basename(path))]);
for (const entry of readdirSync(dist)) if (!made.has(entry)) rmSync(join(dist, entry), { recursive: true });
