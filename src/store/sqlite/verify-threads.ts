import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import type { CheckedRange } from '../../history/verify/checked-stretch.ts';
import { StoreUnavailableError } from '../../provisioning/records/resource-store.ts';
import { Connection } from './database/connection.ts';
import { startThread } from '../../base/start-thread.ts';
import { rangesOf } from './read-range.ts';

const rowsOfRange = 4_096;
const mostThreads = 4;
/** Rows live as long as a hundred of them are looked at: with less room many would be taken for old ones. */
const youngMiB = 16;

/**
 * Reads a tenant's chain after a place, in its order, on as many threads as there are processors: each reads and checks
 * a range of it.
 * @param file path of the database file
 * @throws StoreUnavailableError when a thread cannot read
 */
export async function* checkedRanges(file: string, tenant: string, base: number): AsyncGenerator<CheckedRange> {
  const connection = new Connection(file, { readOnly: true, cacheKiB: 1024 });
  const threads = Array.from({ length: Math.min(availableParallelism(), mostThreads) }, () =>
    startThread(new URL('./verify-worker', import.meta.url), file, { maxYoungGenerationSizeMb: youngMiB }),
  );
  try {
    const ranges = rangesOf(connection, tenant, base, rowsOfRange);
    const underWay: Promise<CheckedRange>[] = [];
    const begin = (thread: Worker): void => {
      const next = ranges.next();
      if (next.done === true) return;
      thread.ref();
      const answer = once(thread, 'message').then(([message]: unknown[]) => {
        begin(thread);
        return answered(message as CheckedRange | { readonly failure: string });
      });
      // A fault is told where its range is waited for.
      answer.catch(() => undefined);
      underWay.push(answer);
      thread.postMessage({ tenant, range: next.value });
    };
    for (const thread of threads) begin(thread);
    for (let next = underWay.shift(); next !== undefined; next = underWay.shift()) yield await next;
  } finally {
    for (const thread of threads) await thread.terminate();
    connection.close();
  }
}

function answered(answer: CheckedRange | { readonly failure: string }): CheckedRange {
  if ('failure' in answer) throw new StoreUnavailableError(`SQLite: ${answer.failure}`);
  return answer;
}
