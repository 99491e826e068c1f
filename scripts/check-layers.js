// Holds the imports in src/ against the table of rooms in ARCHITECTURE.md: every room is named there, imports only
// what its row allows and only the libraries of its row, and no import is circular. Fails as well when it saw
// suspiciously few modules, for a cruise over nothing finds no fault.
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

/** The rooms that every room may import, and that import each other alone: their rows say so. */
const leaves = readLeaves(readFileSync('ARCHITECTURE.md', 'utf8'));
/** The one file that is in no room. */
const main = 'src/main.ts';

const { output } = await cruise(
  ['src'],
  {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
    validate: true,
    ruleSet: { forbidden: [{ name: 'no-circles', severity: 'error', from: {}, to: { circular: true } }] },
  },
  undefined,
  { tsConfig: extractTSConfig('tsconfig.json') },
);
const rooms = readRooms(readFileSync('ARCHITECTURE.md', 'utf8'));
const modules = output.modules.filter(({ source }) => source.startsWith('src/'));
const imports = modules.flatMap(({ source, dependencies }) =>
  dependencies.map((dependency) => ({ source, ...dependency })),
);
const faults = [
  ...output.summary.violations.map(({ from, to }) => `${from} -> ${to}: circular`),
  ...imports.flatMap((one) => faultsOf(one)),
  ...[...rooms.keys()]
    .filter((room) => !modules.some(({ source }) => roomOf(source) === room))
    .map((room) => `ARCHITECTURE.md names ${room}, which has no file`),
];
for (const fault of new Set(faults)) console.error(fault);
console.log(
  `layers: ${modules.length} modules, ${imports.length} imports, ${rooms.size} rooms, ${faults.length} violations`,
);
if (modules.length < 300 || imports.length < 1_500 || rooms.size < 40) {
  console.error('layers: too few modules, imports or rooms were seen for the answer to mean anything');
  process.exit(2);
}
process.exit(faults.length === 0 ? 0 : 1);

/** Reads the table: room -> the rooms (or `everything`) and the libraries that it may import. */
function readRooms(text) {
  const rows = [...text.matchAll(/^\| (`[^|]+`) \|[^|]*\|([^|]*)\|([^|]*)\|$/gm)];
  return new Map(
    rows.map(([, room, may, libraries]) => [
      room.replaceAll('`', ''),
      {
        everything: may.trim() === 'everything',
        may: new Set([...may.matchAll(/`([^`]+)`/g)].map(([, name]) => name)),
        libraries: new Set(libraries.trim().split(/\s+/)),
      },
    ]),
  );
}

/** Reads which rows of the table are leaves. */
function readLeaves(text) {
  return new Set([...text.matchAll(/^\| `([^|]+)` \| Leaf\. /gm)].map(([, room]) => room));
}

function roomOf(file) {
  return dirname(file).replace(/^src\/?/, '');
}

function faultsOf({ source, module, resolved, couldNotResolve }) {
  if (source === main) return [];
  const room = roomOf(source);
  const rules = rooms.get(room);
  if (rules === undefined) return [`${source}: ARCHITECTURE.md does not name its room ${room}`];
  if (module.startsWith('.')) {
    if (couldNotResolve) return [`${source} -> ${module}: not found`];
    const target = roomOf(resolved);
    if (target === room || leaves.has(target) || rules.everything || rules.may.has(target)) return [];
    return [`${source} -> ${resolved}: ARCHITECTURE.md does not let ${room} import ${target}`];
  }
  if (module.startsWith('node:') || builtinModules.includes(module)) return [];
  const library = module
    .split('/')
    .slice(0, module.startsWith('@') ? 2 : 1)
    .join('/');
  return rules.libraries.has(library)
    ? []
    : [`${source} -> ${library}: ARCHITECTURE.md does not give ${room} this library`];
}
