import { chmodSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StoreUnavailableError } from '../../provisioning/records/resource-store.ts';
import { systemFault } from '../../text/system-fault.ts';
import { Connection } from './database/connection.ts';

/**
 * Copies the embedded store as it is at one moment, also while a server writes to it. The copy is its owner's alone.
 * @param folder the data folder
 * @param target path of the copy; must not exist
 * @throws StoreUnavailableError where there is no store in the folder, or the copy cannot be made; no part of a copy
 *   is left then
 */
export function backupSqlite(folder: string, target: string): void {
  const source = join(folder, 'latchkey.db');
  if (!existsSync(source)) throw new StoreUnavailableError(`There is no store in ${folder}: check LATCHKEY_DATA_DIR.`);
  if (existsSync(target)) throw new StoreUnavailableError(`${target} is there already: name another file.`);
  const connection = new Connection(source, { readOnly: false });
  try {
    connection.run('VACUUM INTO ?', target);
    chmodSync(target, 0o600);
  } catch (cause) {
    rmSync(target, { force: true });
    throw new StoreUnavailableError(`The copy ${target} cannot be made: ${systemFault(cause)}.`, { cause });
  } finally {
    connection.close();
  }
}
