import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import type { FileItem } from './file-item.ts';
import { ImportFileError } from './import-file-error.ts';
import { readWorkbook } from './read-workbook.ts';

/** What the thread says: items, at the end none; or why the workbook cannot be read. */
export type WorkbookMessage =
  { readonly items: readonly FileItem[] } | { readonly fault: string; readonly isOfFile: boolean };

const batch = 500;

/** Reads the workbook whose path it was given; after each batch it waits until the next one is asked for. */
async function tell(port: NonNullable<typeof parentPort>): Promise<void> {
  const say = (message: WorkbookMessage): void => port.postMessage(message);
  try {
    let items: FileItem[] = [];
    for await (const item of readWorkbook(workerData as string)) {
      items.push(item);
      if (items.length < batch) continue;
      say({ items });
      items = [];
      await once(port, 'message');
    }
    if (items.length > 0) {
      say({ items });
      await once(port, 'message');
    }
    say({ items: [] });
  } catch (cause) {
    say({ fault: cause instanceof Error ? cause.message : String(cause), isOfFile: cause instanceof ImportFileError });
  }
}

if (parentPort !== null) void tell(parentPort);
