import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
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
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      makePrivate(folder, 'latchkey.lock');
      makePrivate(folder, 'latchkey.db');
      this.#database = new Database(join(folder, 'latchkey.lock'));
    } catch (cause) {
      throw new StoreUnavailableError(`The data folder ${folder} cannot be used.`, { cause });
    }
    try {
      this.#database.exec('BEGIN EXCLUSIVE');
    } catch (cause) {
      this.#database.close();
      throw new StoreUnavailableError(
        `The data folder ${folder} is in use by another Latchkey process. Stop it first, or set LATCHKEY_DATA_DIR to another folder.`,
        { cause },
      );
    }
  }

  /** Lets others have the folder. */
  release(): void {
    this.#database.close();
  }
}
