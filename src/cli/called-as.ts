import { basename, isAbsolute, relative } from 'node:path';

/**
 * How this program is called again from where the person is: `latchkey` where it is on the path, else Node with the
 * file, so that a command that is shown can be pasted.
 * @param script as `process.argv[1]`
 */
export function calledAs(script = process.argv[1], folder = process.cwd()): string {
  if (script === undefined || basename(script) !== 'latchkey.js') return 'latchkey';
  const path = relative(folder, script);
  const shown = path.startsWith('..') && isAbsolute(script) ? script : path;
  return `node ${/^[\w./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", String.raw`'\''`)}'`}`;
}
