import { chmodSync, closeSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ownerOnly = 0o600;

/**
 * Sees to it that a database file, and what SQLite keeps beside it (`-wal`, `-shm`, `-journal`), is its owner's alone,
 * whatever the folder's mode and the umask are. Made beforehand, since SQLite gives its side files the mode of the
 * database.
 * @param name of the file; made where it does not exist
 */
export function makePrivate(folder: string, name: string): void {
  closeSync(openSync(join(folder, name), 'a', ownerOnly));
  for (const file of readdirSync(folder)) if (file.startsWith(name)) restrict(join(folder, file));
}

/** Some mounted folders know no modes: then theirs is all the protection there is. */
function restrict(file: string): void {
  try {
    chmodSync(file, ownerOnly);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOENT') throw cause;
  }
}
