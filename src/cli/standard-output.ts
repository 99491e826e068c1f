import { once } from 'node:events';
import { systemFault } from '../text/system-fault.ts';

/** What a shell tells of a program that wrote to a pipe whose reader has gone: 128 and the number of SIGPIPE. */
const readerHasGone = 141;

/**
 * Ends the process with a sentence where its standard output takes no more: quietly where the reader of a pipe has seen
 * enough (`latchkey users list | head -1`), with 1 and the reason for instance where the disk is full.
 * @param command the word after `latchkey`; a server goes on without its output
 */
export function watchStandardOutput(command: string | undefined): void {
  const isServer = command === 'serve' || command === 'worker';
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    if (isServer) return;
    if (cause.code === 'EPIPE') process.exit(readerHasGone);
    process.stderr.write(`latchkey: standard output cannot be written: ${systemFault(cause)}\n`);
    process.exit(1);
  });
}

/** Writes to standard output as fast as it takes it. */
export async function toStandardOutput(lines: AsyncIterable<string>): Promise<void> {
  for await (const piece of lines) if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
}
