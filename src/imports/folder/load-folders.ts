import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { escapeSegment, formatFaults, JsonFile, shippedSchema } from '../../base/json-file.ts';
import { packageRoot } from '../../base/package-root.ts';
import type { ImportOptions } from '../batch/import-batch.ts';
import { sentenceOf } from '../../base/schema-sentence.ts';

/** A folder whose files are imported as they arrive. */
export interface FolderOrder extends Partial<ImportOptions> {
  /** What logs, imports and the audit call it. */
  readonly name: string;
  /** Files are dropped in `in` below it. */
  readonly path: string;
  readonly tenant: string;
  /** Id of the client on whose behalf files are imported. */
  readonly client?: string;
  /** `auto`: a plan within its limits is run at once. */
  readonly approve: 'auto' | 'ask';
  /** A file is whole once it has not changed for so many seconds. */
  readonly settleSeconds: number;
}

/** Thrown when the file of folders cannot be used: every fault with its line. */
export class FoldersError extends Error {
  override readonly name = 'FoldersError';
}

/**
 * Reads which folders are watched.
 * @param path of a JSON file (`schemas/import-folders.schema.json`)
 * @throws FoldersError naming file, line and field of every fault
 */
export function loadFolders(path: string): readonly FolderOrder[] {
  const file = new JsonFile(path);
  if (file.faults.length > 0) throw new FoldersError(formatFaults(file.faults));
  const schema = new JsonFile(join(packageRoot, 'schemas/import-folders.schema.json')).value as object;
  const validate = new Ajv({ ...shippedSchema, useDefaults: true, allErrors: true, strict: false, verbose: true });
  const check = validate.compile<{ readonly folders: readonly FolderOrder[] }>(schema);
  const value = structuredClone(file.value);
  if (!check(value)) {
    const faults = (check.errors ?? []).map((error) => {
      const { additionalProperty } = error.params as { readonly additionalProperty?: string };
      const own = error.keyword === 'additionalProperties' ? `/${escapeSegment(String(additionalProperty))}` : '';
      return file.fault(error.instancePath + own, sentenceOf(error));
    });
    throw new FoldersError(formatFaults(faults));
  }
  const folders = value.folders.map((folder) => ({ ...folder, path: resolve(folder.path) }));
  const faults = folders.flatMap(({ name, path: place, approve, invite }, index) => {
    const others = folders.slice(0, index);
    if (others.some((other) => other.name === name))
      return [file.fault(`/folders/${index}/name`, 'is the name of another folder already')];
    if (others.some((other) => isWithin(place, other.path) || isWithin(other.path, place)))
      return [file.fault(`/folders/${index}/path`, 'lies in another of the folders, or holds it')];
    if (approve === 'auto' && invite === undefined)
      return [file.fault(`/folders/${index}`, 'needs "invite": true or false, because nobody is asked')];
    return [];
  });
  if (faults.length > 0) throw new FoldersError(formatFaults(faults));
  return folders;
}

function isWithin(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`);
}
