import { destination, pino, type DestinationStream, type Logger } from 'pino';
import { PinoPretty } from 'pino-pretty';
import { hideSecretShapes } from '../text/hide-secret-shapes.ts';

/** The structured logger every room is handed. `error` means that a human must act. */
export type Log = Logger;

const secretKeys: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'password',
  'token',
  'code',
  'secret',
  'key',
  'to',
  'email',
  'link',
]);

/** How deep a line is looked through: what the program logs is flatter. */
const deepest = 3;

/**
 * Makes the logger. Whatever is logged under a key that names a secret or an address is censored, at the top and two
 * levels down.
 * @param level a pino level, or `silent`
 * @param destination where the lines go; standard output without it
 * @see textLines for lines that people read
 */
export function createLog(level: string, destination?: DestinationStream): Log {
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      // pino's own `redact` takes some eighty microseconds for a line of ours, a twelfth of a whole write; this one
      // takes less than one.
      serializers: { err: errorLine },
      formatters: { level: (label) => ({ level: label }), log: (line) => censored(line, 1) },
    },
    destination,
  );
}

/**
 * Standard output for people: the time of day, the level, the sentence, then the fields.
 * @param format `auto` writes so where standard output is a terminal
 * @returns undefined where the lines are to stay JSON
 */
export function textLines(format: 'auto' | 'text' | 'json'): DestinationStream | undefined {
  if (format === 'json' || (format === 'auto' && !process.stdout.isTTY)) return undefined;
  return PinoPretty({
    colorize: process.stdout.isTTY,
    translateTime: 'SYS:HH:MM:ss',
    singleLine: true,
    sync: true,
    errorProps: 'code,cause',
  });
}

/** How long a line of a server waits for others at most, in milliseconds, and how many bytes of lines wait. */
const packMs = 50;
const packBytes = 8192;

let packed: DestinationStream | undefined;

/**
 * Standard output of a server: the lines of many calls are written with one call of the system, which takes as long as
 * a tenth of a whole write. What waits is written when the process ends, but not when it is killed.
 */
export function packedLines(): DestinationStream {
  if (packed !== undefined) return packed;
  const out = destination({ fd: 1, sync: true, minLength: packBytes });
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    timer = undefined;
    out.flushSync();
  };
  process.on('exit', flush);
  packed = {
    write: (line) => {
      out.write(line);
      timer ??= setTimeout(flush, packMs).unref();
    },
  };
  return packed;
}

/** How much of an error's message and of its stack is written, in characters. */
const longestMessage = 1000;
const longestStack = 4000;

/**
 * An error as a line holds it: its other properties (a server's `response`, the `command` that it answers) may quote
 * what was sent, and are left out.
 */
function errorLine(error: unknown): unknown {
  if (!(error instanceof Error))
    return typeof error === 'string' ? hideSecretShapes(error.slice(0, longestMessage)) : error;
  const { name, message, stack = '', cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return {
    type: name,
    message: hideSecretShapes(message.slice(0, longestMessage)),
    ...code,
    stack: hideSecretShapes(stack.slice(0, longestStack)),
    ...(cause instanceof Error
      ? { cause: hideSecretShapes(`${cause.name}: ${cause.message}`.slice(0, longestMessage)) }
      : {}),
  };
}

/** The same object or list where nothing in it is secret; else a copy without that. */
function censored<Part extends object>(part: Part, depth: number): Part {
  let copy: Part | undefined;
  for (const [key, value] of Object.entries(part)) {
    const shown: unknown = secretKeys.has(key)
      ? '(hidden)'
      : hasParts(value) && depth < deepest
        ? censored(value, depth + 1)
        : value;
    if (shown !== value)
      Object.assign((copy ??= (Array.isArray(part) ? [...part] : { ...part }) as Part), { [key]: shown });
  }
  return copy ?? part;
}

/** Errors are pino's to write. */
function hasParts(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Error);
}
