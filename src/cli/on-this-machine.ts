import { farUrl } from './far-url.ts';
import { UsageError } from './usage-error.ts';

/**
 * Keeps a command that works on the store of this machine from answering for another one.
 * @param what the command does, as the beginning of a sentence
 * @throws UsageError where LATCHKEY_URL names a Latchkey far away
 */
export function onThisMachine(what: string): void {
  const url = farUrl();
  if (url === undefined) return;
  throw new UsageError(`${what}, and LATCHKEY_URL names ${url}: run it there, or unset LATCHKEY_URL`);
}
