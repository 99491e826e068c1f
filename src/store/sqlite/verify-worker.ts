import { parentPort, workerData } from 'node:worker_threads';
import { type CheckedRange, checkStretch } from '../../history/verify/checked-stretch.ts';
import type { Misfiled } from '../../history/event-log.ts';
import { Connection } from './database/connection.ts';
import { readRange, type Range } from './read-range.ts';

const connection = new Connection(workerData as string, { readOnly: true, cacheKiB: 4096 });

parentPort?.on('message', ({ tenant, range }: { readonly tenant: string; readonly range: Range }) => {
  const answer = check(tenant, range);
  parentPort?.postMessage(answer, 'stretch' in answer ? [answer.stretch.hashes.buffer as ArrayBuffer] : []);
});

function check(tenant: string, range: Range): CheckedRange | { readonly failure: string } {
  try {
    const misfiled: Misfiled[] = [];
    const stretch = checkStretch(
      tenant,
      readRange(connection, tenant, range, (odd) => misfiled.push(odd)),
    );
    if (stretch !== undefined) return { stretch, misfiled };
    misfiled.length = 0;
    return { entries: [...readRange(connection, tenant, range, (odd) => misfiled.push(odd))], misfiled };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
