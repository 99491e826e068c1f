import { parentPort, workerData } from 'node:worker_threads';
import { Connection } from '../database/connection.ts';
import { KeptCounts } from './kept-counts.ts';
import { RecordLists } from './record-lists.ts';
import type { LocatedQuery } from './located-query.ts';
import type { RowPage } from './record-lists.ts';

/** What a scanning thread answers: the page, or why there is none. */
export type ScanAnswer = { readonly page: RowPage } | { readonly failure: string };

const connection = new Connection(workerData as string, { readOnly: true, cacheKiB: 2048 });
const lists = new RecordLists(connection, new KeptCounts(connection));

parentPort?.on('message', (query: LocatedQuery) => {
  parentPort?.postMessage(answer(query));
});

function answer(query: LocatedQuery): ScanAnswer {
  try {
    // Count and records are read from one snapshot, although the main thread goes on writing.
    connection.execute('BEGIN');
    try {
      return { page: lists.page(query) };
    } finally {
      connection.execute('COMMIT');
    }
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
