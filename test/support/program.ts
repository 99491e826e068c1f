import { fileURLToPath } from 'node:url';

const root = import.meta.url.endsWith('.ts') ? '../../' : '../../../';
const path = (relative: string): string => fileURLToPath(new URL(`${root}${relative}`, import.meta.url));

/**
 * What Node is given to run Latchkey in a process of its own. `npm test` has built it; a test that is run from source
 * has it built by the program itself, where the sources are newer.
 */
export const program = import.meta.url.endsWith('.ts') ? path('bin/latchkey.js') : path('dist/main.js');

/** The environment of such a process: coverage is counted in the tests' own processes alone. */
export function programEnvironment(environment: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, NODE_V8_COVERAGE: undefined, ...environment };
}
