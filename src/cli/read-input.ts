import { readFileSync } from 'node:fs';
import type { Json } from '../base/json.ts';
import { systemFault } from '../text/system-fault.ts';
import { UsageError } from './usage-error.ts';

/** Longer texts are not passwords, in characters. */
const longestPassword = 1024;

/**
 * Reads a password from standard input: its first line, so that neither the process list nor the shell's history
 * holds it.
 * @throws UsageError where there is none
 */
export async function readPassword(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('Password (it shows as you type; end with Enter): ');
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const part of process.stdin) {
    text += part as string;
    if (text.includes('\n') || text.length > longestPassword) break;
  }
  const [line = ''] = text.split(/\r?\n/, 1);
  if (line === '') throw new UsageError('there is no password on standard input');
  return line;
}

/** A text without what would move a terminal's cursor. */
export function linesFrom(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 200);
}

/** A file of JSON; `-` is standard input. @throws UsageError where the file cannot be read or is not JSON */
export function readJsonFile(file: string): Json {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${systemFault(cause)}`);
  }
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new UsageError(`${file} is not JSON: ${cause instanceof Error ? cause.message : ''}`);
  }
}
