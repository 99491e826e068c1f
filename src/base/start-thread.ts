import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ResourceLimits, WorkerOptions } from 'node:worker_threads';

/** Source and compiled output keep the code of a thread at the same place, under the extension of this file. */
const EXTENSION = extname(import.meta.url);

/** A thread makes little that outlives a call; a small young generation keeps its memory small. */
const resourceLimits = { maxYoungGenerationSizeMb: 4 };

/**
 * Starts a thread; it keeps no process alive until someone calls `ref`.
 * @param module what the thread runs: the URL of a module, without its extension
 * @param workerData what it is given, such as the path of the database file
 * @param limits of its memory, beside the usual ones
 */
export function startThread(module: URL, workerData: string, limits: ResourceLimits = {}): Worker {
  const code = new URL(`${module.href}${EXTENSION}`);
  const options: WorkerOptions = { workerData, resourceLimits: { ...resourceLimits, ...limits } };
  const thread = EXTENSION === '.ts' ? fromSource(code, options) : new Worker(code, options);
  thread.unref();
  return thread;
}

/** Tests run the source through tsx, which each thread must start for itself; compiled output does not need it. */
function fromSource(code: URL, options: WorkerOptions): Worker {
  const tsx = createRequire(import.meta.url).resolve('tsx/cjs/api');
  return new Worker(`require(${JSON.stringify(tsx)}).register(); require(${JSON.stringify(fileURLToPath(code))});`, {
    ...options,
    eval: true,
  });
}
