import { rmSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { systemFault } from '../text/system-fault.ts';
import { UsageError } from './usage-error.ts';

/**
 * Writes a file that appears once it is whole, readable for its owner alone. Where it cannot be written to its end, or
 * after Ctrl-C, there is no file, and one of that name stays as it was.
 * @param pieces what it holds, one after another
 * @throws UsageError where the file cannot be written; what `pieces` throws
 */
export async function writeWholeFile(path: string, pieces: AsyncIterable<string> | Iterable<string>): Promise<void> {
  const draft = `${path}.part`;
  const stop = (): void => {
    rmSync(draft, { force: true });
    process.stderr.write('Broken off: no file was written.\n');
    process.exit(130);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const file = await open(draft, 'w', 0o600);
    try {
      // `write` may take a part alone, on a disk that is full for instance; `appendFile` takes all or fails.
      for await (const piece of pieces) await file.appendFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined);
    if (cause instanceof Error && isOf(cause, draft))
      throw new UsageError(`${path} cannot be written: ${systemFault(cause)}`);
    throw cause;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** A connection may break too, which is not this file's fault. */
function isOf(cause: NodeJS.ErrnoException, draft: string): boolean {
  return (
    cause.path === draft || (cause.path === undefined && ['write', 'fsync', 'close'].includes(cause.syscall ?? ''))
  );
}
