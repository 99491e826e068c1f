import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

/**
 * The configured keys, else those kept in a file beside the embedded store, mode 0600, which is made where it is not
 * there.
 * @param folder of the embedded store
 * @throws Error when a line of the file does not hold 32 bytes
 */
export function openKeyring(configured: readonly Buffer[], folder: string, log: Log): Keyring {
  if (configured.length > 0) return new Keyring(configured, undefined);
  const file = join(folder, 'latchkey.key');
  try {
    writeFileSync(file, textOf([randomBytes(32)]), { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
  }
  chmodSync(file, 0o600);
  const keys = readFileSync(file, 'utf8')
    .split(/\s+/)
    .filter((text) => text !== '')
    .map((text) => Buffer.from(text, 'base64'));
  if (keys.length === 0 || keys.some((key) => key.length !== 32))
    throw new Error(`${file} does not hold 32 bytes in base64 on each line: restore it, or set LATCHKEY_KEY`);
  log.warn(
    { file },
    'LATCHKEY_KEY is not set: secrets are sealed with the key in this file, which lies beside the data it protects',
  );
  return new Keyring(keys, file);
}

function textOf(keys: readonly Buffer[]): string {
  return keys.map((key) => `${key.toString('base64')}\n`).join('');
}
