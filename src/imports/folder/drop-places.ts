import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The four folders of a drop. */
export interface DropPlaces {
  /** Where files are dropped; others write here. */
  readonly in: string;
  /** Files in hand; like the other two, Latchkey's own. */
  readonly work: string;
  readonly done: string;
  readonly failed: string;
}

/**
 * Makes what is missing of a drop's folders.
 * @throws Error where one of them is a link or no folder, or where others may write to Latchkey's own: files in hand
 *   could be exchanged there
 */
export async function openPlaces(path: string): Promise<DropPlaces> {
  const places = {
    in: join(path, 'in'),
    work: join(path, 'work'),
    done: join(path, 'done'),
    failed: join(path, 'failed'),
  };
  for (const [name, place] of Object.entries(places)) {
    await mkdir(place, { recursive: true, mode: name === 'in' ? 0o770 : 0o750 });
    const found = await lstat(place);
    if (!found.isDirectory())
      throw new Error(`${place} must be a folder, and is ${found.isSymbolicLink() ? 'a link' : 'none'}`);
    if (name === 'in' || process.getuid === undefined) continue;
    if (found.uid !== process.getuid())
      throw new Error(`${place} must belong to the user that Latchkey runs as: remove it, and it is made again`);
    if ((found.mode & 0o022) !== 0) throw new Error(`others may write to ${place}: take that away (chmod go-w)`);
  }
  return places;
}
