import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../log.ts';

/**
 * The key that seals secrets at rest: the configured one, else one kept in a file beside the embedded store, mode 0600.
 * @param folder of the embedded store
 * @throws Error when the file exists and does not hold 32 bytes
 */
export function sealingKey(configured: Buffer | undefined, folder: string, log: Log): Buffer {
  if (configured !== undefined) return configured;
  const file = join(folder, 'latchkey.key');
  try {
    writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
  }
  chmodSync(file, 0o600);
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length !== 32) throw new Error(`${file} does not hold 32 bytes in base64: restore it, or set LATCHKEY_KEY`);
  log.warn(
    { file },
    'LATCHKEY_KEY is not set: secrets are sealed with the key in this file, which lies beside the data it protects',
  );
  return key;
}
