// Holds the imports in src/ against scripts/layer-rules.json. Fails as well when it saw suspiciously few modules:
// a cruise over nothing finds no fault.
import { readFileSync } from 'node:fs';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const { forbidden, options } = JSON.parse(readFileSync(new URL('./layer-rules.json', import.meta.url), 'utf8'));
const { output } = await cruise(
  ['src'],
  { ...options, validate: true, ruleSet: { forbidden } },
  undefined,
  { tsConfig: extractTSConfig('tsconfig.json') },
);
const own = output.modules.filter((module) => module.source.startsWith('src/'));
const edges = own.reduce((sum, module) => sum + module.dependencies.length, 0);
for (const { rule, from, to } of output.summary.violations) console.error(`${rule.name}: ${from} -> ${to}`);
console.log(`layers: ${own.length} modules, ${edges} imports, ${output.summary.violations.length} violations`);
if (own.length < 40 || edges < 100) {
  console.error('layers: too few modules were seen for the answer to mean anything');
  process.exit(2);
}
process.exit(output.summary.violations.length === 0 ? 0 : 1);
