import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** A secret cannot be read from where a setting says it is. The message never holds it. */
export class SecretPlaceError extends Error {
  override readonly name = 'SecretPlaceError';
}

/** More bytes than any secret has. */
const most = 65_536;

/**
 * Reads the text at the place that a setting refers to: settings say where a secret is, never what it is. What is not
 * a file of at most 64 KiB is refused and not waited for: a pipe or a device would hold up the process.
 * @param reference `env:<variable>` or `file:<path>`
 * @throws SecretPlaceError
 */
export function readSecretPlace(reference: string, environment: Readonly<Record<string, string | undefined>>): string {
  const place = reference.slice(reference.indexOf(':') + 1);
  if (!reference.startsWith('env:')) return readSmallFile(place, reference);
  const text = environment[place];
  if (text === undefined || text === '')
    throw new SecretPlaceError(`${reference} names an environment variable that is not set`);
  return text;
}

function readSmallFile(path: string, reference: string): string {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!fstatSync(file).isFile()) throw new SecretPlaceError(`${reference} names something that is not a file`);
    const bytes = Buffer.alloc(most + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(file, bytes, length, bytes.length - length, null);
    if (length > most) throw new SecretPlaceError(`${reference} names a file of more than 64 KiB`);
    return bytes.toString('utf8', 0, length);
  } catch (cause) {
    if (cause instanceof SecretPlaceError) throw cause;
    throw new SecretPlaceError(`${reference} names a file that cannot be read`, { cause });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
