import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FileFault } from '../../base/json-file.ts';

/**
 * The paths of the `*.json` files of a folder, in the order of their names. @param faults gets what is wrong with it
 */
export function jsonFilesOf(folder: string, faults: FileFault[]): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => join(folder, name));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    faults.push({ file: folder, line: 1, pointer: '', message: `is not a readable folder: ${reason}` });
    return [];
  }
}
