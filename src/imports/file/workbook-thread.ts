import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { Semaphore } from '../../base/semaphore.ts';
import { startThread } from '../../base/start-thread.ts';
import type { FileItem } from './file-item.ts';
import { ImportFileError } from './import-file-error.ts';
import type { WorkbookMessage } from './workbook-worker.ts';

/** How long a batch of rows may take, in milliseconds: the first has the whole workbook unpacked and read. */
const longestMs = 60_000;
/** What a workbook may take of memory while it is read, in megabytes. */
const memory = { maxOldGenerationSizeMb: 1_024 };
/** Workbooks that are read at the same time; the others wait. */
const places = new Semaphore(2);

const tooMuch =
  'The workbook takes more time or memory than a sheet of people should. Save the sheet as "CSV UTF-8", which may '
  + 'be of any size.';

/**
 * Reads a workbook as `readWorkbook` does, in a thread of its own: a workbook is read as a whole, which may take long,
 * and no request waits for it. What takes too long, or too much memory, is given up.
 * @param ms how long a batch of rows may take, in milliseconds
 * @throws ImportFileError as `readWorkbook` does, and where it is given up
 */
export async function* readWorkbookApart(path: string, ms = longestMs): AsyncGenerator<FileItem> {
  const { thread, release } = await threadOf(path);
  try {
    for (;;) {
      const items = await nextItems(thread, ms);
      if (items.length === 0) return;
      yield* items;
      thread.postMessage('next');
    }
  } finally {
    await thread.terminate();
    release();
  }
}

/** A thread in one of the places; to be released when it has ended. */
function threadOf(path: string): Promise<{ readonly thread: Worker; readonly release: () => void }> {
  return new Promise((resolve, reject) => {
    void places
      .run(
        () =>
          new Promise<void>((release) => {
            const thread = startThread(new URL('./workbook-worker', import.meta.url), path, memory);
            thread.ref();
            resolve({ thread, release });
          }),
      )
      .catch(reject);
  });
}

async function nextItems(thread: Worker, ms: number): Promise<readonly FileItem[]> {
  const over = new AbortController();
  try {
    const message = await Promise.race([
      once(thread, 'message', { signal: over.signal }).then(([said]: unknown[]) => said as WorkbookMessage),
      once(thread, 'exit', { signal: over.signal }).then(() => undefined),
      pause(ms, undefined, { signal: over.signal, ref: false }),
    ]);
    if (message === undefined) throw new ImportFileError(tooMuch);
    if ('items' in message) return message.items;
    throw message.isOfFile ? new ImportFileError(message.fault) : new Error(message.fault);
  } catch (cause) {
    if (isOutOfMemory(cause)) throw new ImportFileError(tooMuch);
    throw cause;
  } finally {
    over.abort();
  }
}

function isOutOfMemory(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
