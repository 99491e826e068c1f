import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import Database from 'libsql';
import { systemFault } from '../../../text/system-fault.ts';
import { makePrivate } from './private-file.ts';
import { StoreUnavailableError } from '../../../provisioning/records/resource-store.ts';

/**
 * The right to be the only process on a data folder. It is an exclusive SQLite transaction on a file of its own, held
 * until `release`: the operating system takes it back from a process that dies in any way, `kill -9` included.
 */
export class FolderLock {
  readonly #database: InstanceType<typeof Database>;

  /**
   * Makes the folder when it does not exist and takes the lock, or fails at once.
   * @throws StoreUnavailableError when another process, or another store in this one, holds the folder
   */
  constructor(folder: string) {
    try {
      makeFolder(resolve(folder));
      makePrivate(folder, 'latchkey.lock');
      makePrivate(folder, 'latchkey.db');
      this.#database = new Database(join(folder, 'latchkey.lock'));
    } catch (cause) {
      throw unusable(folder, cause);
    }
    try {
      this.#database.exec('BEGIN EXCLUSIVE');
    } catch (cause) {
      this.#database.close();
      if (!isHeld(cause)) throw unusable(folder, cause);
      throw new StoreUnavailableError(
        `The data folder ${folder} is in use by another Latchkey process. Stop it first, or set `
          + 'LATCHKEY_DATA_DIR to another folder.',
        { cause },
      );
    }
  }

  /** Lets others have the folder. */
  release(): void {
    this.#database.close();
  }
}

/** Whether another process has the lock; a disk that is full keeps it from being taken as well. */
function isHeld(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && /^SQLITE_(?:BUSY|LOCKED)/.test(String(cause.code));
}

function unusable(folder: string, cause: unknown): StoreUnavailableError {
  return new StoreUnavailableError(
    `LATCHKEY_DATA_DIR: the data folder ${folder} cannot be used: ${systemFault(cause)}.`,
    { cause },
  );
}

/** Folder by folder: below /proc, Node's own `recursive` never comes to an end. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  mkdirSync(folder, { mode: 0o700 });
}
