import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemFault } from '../../text/system-fault.ts';
import type { Log } from '../../base/log.ts';

/** The keys that seal stored secrets, newest first: the newest seals, all of them open. */
export class Keyring {
  readonly #file: string | undefined;
  #keys: readonly Buffer[];

  /** @param file the one that they are kept in, where they are Latchkey's own to change */
  constructor(keys: readonly Buffer[], file: string | undefined) {
    this.#keys = keys;
    this.#file = file;
  }

  get keys(): readonly Buffer[] {
    return this.#keys;
  }

  /** Whether the operator sets the keys, by `LATCHKEY_KEY`. */
  get isConfigured(): boolean {
    return this.#file === undefined;
  }

  /** Makes a new key that seals from now on; does nothing where the operator sets the keys. */
  renew(): void {
    if (this.#file === undefined) return;
    const keys = [randomBytes(32), ...this.#keys];
    // Whole or not at all: a file that lacks a key would lose what it has sealed.
    writeFileSync(`${this.#file}.new`, textOf(keys), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
    this.#keys = keys;
  }
}

/** Thrown where the key file cannot be used: says what to mend. */
export class KeyringError extends Error {
  override readonly name = 'KeyringError';
}

/** The text of the key file, which is made where it is not there. */
function readKeyFile(file: string): string {
  try {
    writeFileSync(file, textOf([randomBytes(32)]), { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'))
      throw new KeyringError(`${file} cannot be written: ${systemFault(cause)}`);
  }
  try {
    chmodSync(file, 0o600);
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new KeyringError(
      `${file} cannot be used: ${systemFault(cause)}. It must belong to the user that Latchkey runs `
        + 'as, and nobody else may read it.',
    );
  }
}

/**
 * The configured keys, else those kept in a file beside the embedded store, mode 0600, which is made where it is not
 * there.
 * @param folder of the embedded store
 * @throws KeyringError when the file cannot be used: it is another user's, or a line of it does not hold 32 bytes
 */
export function openKeyring(configured: readonly Buffer[], folder: string, log: Log): Keyring {
  if (configured.length > 0) return new Keyring(configured, undefined);
  const file = join(folder, 'latchkey.key');
  const keys = readKeyFile(file)
    .split(/\s+/)
    .filter((text) => text !== '')
    .map((text) => Buffer.from(text, 'base64'));
  if (keys.length === 0 || keys.some((key) => key.length !== 32))
    throw new KeyringError(
      `${file} does not hold 32 bytes in base64 on each line: restore it from a copy, or set LATCHKEY_KEY. `
        + 'Without the key nothing that is sealed can be read.',
    );
  log.warn(
    { file },
    'LATCHKEY_KEY is not set: secrets are sealed with the key in this file, which lies beside the data it protects',
  );
  return new Keyring(keys, file);
}

function textOf(keys: readonly Buffer[]): string {
  return keys.map((key) => `${key.toString('base64')}\n`).join('');
}
