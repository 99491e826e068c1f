import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/** Source and compiled output keep their workers beside this file, under the same extension. */
const EXTENSION = extname(import.meta.url);

/**
 * Starts a thread. Tests run the source through tsx, which must be started anew in each thread; compiled output needs nothing of the kind.
 * @param name of the worker's file
 * @param workerData path of the database file
 */
export function startThread(name: 'scan-worker' | 'commit-worker', workerData: string): Worker {
  const worker = new URL(`./${name}${EXTENSION}`, import.meta.url);
  if (EXTENSION !== '.ts') return new Worker(worker, { workerData });
  const tsx = createRequire(import.meta.url).resolve('tsx/cjs/api');
  return new Worker(`require(${JSON.stringify(tsx)}).register(); require(${JSON.stringify(fileURLToPath(worker))});`, { eval: true, workerData });
}
