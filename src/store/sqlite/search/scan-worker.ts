import { parentPort, workerData } from 'node:worker_threads';
import { Connection } from '../database/connection.ts';
import { KeptCounts } from './kept-counts.ts';
import { RecordLists } from './record-lists.ts';
import type { LocatedQuery } from './located-query.ts';
import type { RowPage, TextPage } from './place-page.ts';
import type { TextFrame } from '../../../scim/port/text-frame.ts';

/** What is asked of a scanning thread: a page, with texts where there is a frame. */
export interface ScanRequest {
  readonly query: LocatedQuery;
  readonly frame?: TextFrame;
}

/** What a scanning thread answers: the page, or why there is none. */
export type ScanAnswer = { readonly page: RowPage | TextPage } | { readonly failure: string };

const connection = new Connection(workerData as string, { readOnly: true, cacheKiB: 2048 });
const lists = new RecordLists(connection, new KeptCounts(connection));

parentPort?.on('message', (asked: ScanRequest) => {
  parentPort?.postMessage(answer(asked));
});

function answer({ query, frame }: ScanRequest): ScanAnswer {
  try {
    // Count and records are read from one snapshot, although the main thread goes on writing.
    connection.execute('BEGIN');
    try {
      return { page: frame === undefined ? lists.page(query) : lists.text(query, frame) };
    } finally {
      connection.execute('COMMIT');
    }
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
