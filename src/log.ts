import { pino, type Logger } from 'pino';

/** The structured logger every room is handed. `error` means that a human must act. */
export type Log = Logger;

const secretKeys = ['authorization', 'cookie', 'password', 'token', 'code', 'secret', 'key', 'to', 'email', 'link'];

/**
 * Makes the logger. Whatever is logged under a key that names a secret or an address is censored, at the top and one level down.
 * @param level a pino level, or `silent`
 */
export function createLog(level: string): Log {
  return pino({
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '(hidden)' },
  });
}
