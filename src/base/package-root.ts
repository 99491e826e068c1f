import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of the package: the nearest one upwards that holds a `package.json`, so that data files (`schemas/`,
 * `locales/`) are found alike from `src/`, `build/src/` and `dist/`. An absolute path without a slash at its end.
 */
export const packageRoot = nearestPackage(dirname(fileURLToPath(import.meta.url)));

/**
 * The absolute path of a file that ships with the package.
 * @param path relative to the package, such as `schemas/settings.schema.json`
 */
export function packageFile(path: string): string {
  return join(packageRoot, path);
}

function nearestPackage(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder)
    throw new Error("Latchkey's files are not inside a package: no package.json was found above them.");
  return nearestPackage(parent);
}

/**
 * The folder of this name that ships, and the operator's own where there is one.
 * @param own path of the operator's folder
 */
export function shippedAndOwn(name: string, own: string | undefined): string[] {
  return [join(packageRoot, name), ...(own === undefined ? [] : [own])];
}
