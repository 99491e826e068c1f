import { systemFault } from '../text/system-fault.ts';
import { linesFrom } from './read-input.ts';

/**
 * Makes the action of a command tell what went wrong: what an operator can mend ends the process with a plain sentence;
 * only our own faults show a stack. The exit code is 1 then.
 */
export function guarded<Arguments extends unknown[]>(
  action: (...args: Arguments) => Promise<void>,
): (...args: Arguments) => Promise<void> {
  return async (...args) => {
    try {
      await action(...args);
    } catch (cause) {
      process.stderr.write(`latchkey: ${faultOf(cause)}\n`);
      process.exitCode = 1;
    }
  };
}

function faultOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (isOfSystem(cause)) {
    const what = typeof cause.path === 'string' ? `${linesFrom(cause.path)} cannot be used: ` : '';
    return `${what}${systemFault(cause)}`;
  }
  const isOurs = cause.name === 'Error' || cause instanceof TypeError || cause instanceof RangeError;
  return isOurs ? (cause.stack ?? cause.message) : cause.message;
}

/** Whether the operating system refused a call, of a file that an operator has named for instance. */
function isOfSystem(cause: Error): cause is NodeJS.ErrnoException {
  return 'code' in cause && typeof cause.code === 'string' && 'syscall' in cause;
}
