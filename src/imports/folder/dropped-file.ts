import { constants } from 'node:fs';
import { lstat, open, opendir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { DropPlaces } from './drop-places.ts';

/** A file in `in`, as it was when it was looked at. */
export interface DroppedFile {
  readonly name: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

/** What lies in `in`. */
export interface Dropped {
  /** The oldest first. */
  readonly files: readonly DroppedFile[];
  /** What is not imported whatever it holds, with why. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
}

/** A file in hand: the import's id is in its name, so that its finder knows how far it is. */
export interface WorkFile {
  readonly id: string;
  /** As it was dropped. */
  readonly name: string;
  readonly path: string;
}

/** Entries that are looked at in one turn. */
const mostEntries = 10_000;
const longestName = 150;
/** Names that programs give to what they have not written to its end. */
const unfinished = /^[.~]|(?:\.(?:part|partial|filepart|tmp|temp|uploading|upload|crdownload|swp)|~)$/i;
const between = '--';

/** Looks at what was dropped. Follows no link, opens nothing. */
export async function lookAt(places: DropPlaces): Promise<Dropped> {
  const files: DroppedFile[] = [];
  const refused: { name: string; reason: string }[] = [];
  let entries = 0;
  for await (const { name } of await opendir(places.in)) {
    if (++entries > mostEntries) break;
    if (unfinished.test(name)) continue;
    const reason = faultOfName(name);
    if (reason !== undefined) {
      refused.push({ name: printable(name), reason });
      continue;
    }
    const found = await lstat(join(places.in, name)).catch(() => undefined);
    if (found === undefined) continue;
    const kind = found.isSymbolicLink() ? 'a link' : found.isDirectory() ? 'a folder' : 'not a plain file';
    if (!found.isFile()) refused.push({ name, reason: `it is ${kind}` });
    else if (found.nlink > 1) refused.push({ name, reason: 'it has a second name (a hard link) elsewhere' });
    else files.push({ name, size: found.size, mtimeMs: found.mtimeMs, ino: found.ino });
  }
  files.sort((one, other) => one.mtimeMs - other.mtimeMs || (one.name < other.name ? -1 : 1));
  return { files, refused };
}

/**
 * Takes a file in hand: from then on nobody else reaches it by its name.
 * @param id of the import to be
 * @returns undefined where it is no longer the file that was looked at: it is put back where that can be done
 */
export async function claim(places: DropPlaces, file: DroppedFile, id: string): Promise<WorkFile | undefined> {
  const taken = { id, name: file.name, path: join(places.work, `${id}${between}${file.name}`) };
  try {
    await rename(join(places.in, file.name), taken.path);
  } catch (cause) {
    if (isGone(cause)) return undefined;
    throw cause;
  }
  if (await isStill(taken.path, file)) return taken;
  await rename(taken.path, join(places.in, file.name));
  return undefined;
}

/** Whether a file in hand is the one that was looked at, unchanged; opened without following a link. */
export async function isStill(path: string, { ino, size, mtimeMs }: DroppedFile): Promise<boolean> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  if (handle === undefined) return false;
  try {
    const found = await handle.stat();
    return found.isFile() && found.nlink === 1 && found.ino === ino && found.size === size && found.mtimeMs === mtimeMs;
  } finally {
    await handle.close();
  }
}

/** A file as it is now; undefined where it is no plain file, or gone. */
export async function whatIs(path: string): Promise<DroppedFile | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined || !found.isFile()) return undefined;
  return { name: path, size: found.size, mtimeMs: found.mtimeMs, ino: found.ino };
}

/** Files in hand, the oldest import first. */
export async function inHand(places: DropPlaces): Promise<readonly WorkFile[]> {
  const found: WorkFile[] = [];
  for await (const { name } of await opendir(places.work)) {
    const at = name.indexOf(between);
    if (at > 0)
      found.push({ id: name.slice(0, at), name: name.slice(at + between.length), path: join(places.work, name) });
  }
  // Ids of imports count down with time.
  return found.sort((one, other) => (one.id > other.id ? -1 : 1));
}

function faultOfName(name: string): string | undefined {
  if (name.includes('\ufffd')) return 'its name is not valid UTF-8';
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name)) return 'its name holds a control character or an invisible one';
  if (name.length > longestName) return `its name is longer than ${longestName} characters`;
  return undefined;
}

function printable(name: string): string {
  return name.slice(0, longestName).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
}

function isGone(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
