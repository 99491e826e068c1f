import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { JsonObject } from '../base/json.ts';

/** How a module took an event: `fault` is its error in one line, where it threw or took too long. */
export type ModuleAnswer = { readonly outcome: 'taken' } | { readonly outcome: 'failed'; readonly fault: string };

/** Hands an event to a module's default export and waits for it. Never rejects. */
export type RunModule = (module: string, event: JsonObject) => Promise<ModuleAnswer>;

/** A module gets this long for one event, loading included; in milliseconds. */
const timeLimitMs = 15_000;
const memoryLimitMb = 128;
const longestFault = 200;

/** Names of variables that hold our secrets, or say where they are: a module does not see them. */
const ours = /^(?:LATCHKEY_|SMTP_|MONGODB_)/;

/** The thread's code: it imports the module, calls it with the event and says how that ended. */
const threadCode = `
  import { parentPort, workerData } from 'node:worker_threads';
  const { default: take } = await import(workerData.module);
  if (typeof take !== 'function') throw new Error('the module has no default export that is a function');
  await take(workerData.event);
  parentPort.postMessage('taken');
`;

/**
 * Makes the way to modules in an operator's folder. Each event has a thread of its own, which ends with it: a module
 * that never answers, or fills its memory, holds up nothing else. It sees neither our secrets nor our store.
 * @param folder the operator's folder of modules
 * @param limitMs the time limit for one event
 */
export function createRunModule(folder: string, limitMs = timeLimitMs): RunModule {
  return (module, event) =>
    new Promise((resolve) => {
      const code = new URL(`data:text/javascript,${encodeURIComponent(threadCode)}`);
      const thread = new Worker(code, {
        workerData: { module: new URL(`file://${join(folder, module)}`).href, event },
        env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name))),
        resourceLimits: { maxOldGenerationSizeMb: memoryLimitMb },
        stdin: false,
      });
      const end = (answer: ModuleAnswer): void => {
        clearTimeout(timer);
        resolve(answer);
        void thread.terminate();
      };
      const timer = setTimeout(() => {
        end({ outcome: 'failed', fault: `The module took longer than ${limitMs / 1000} seconds.` });
      }, limitMs);
      thread.once('message', () => end({ outcome: 'taken' }));
      thread.once('error', (error) => end({ outcome: 'failed', fault: `The module failed: ${inOneLine(error)}` }));
      thread.once('exit', () => end({ outcome: 'failed', fault: 'The module ended before it had taken the event.' }));
    });
}

function inOneLine(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replaceAll(/[\p{Cc}\s]+/gu, ' ').slice(0, longestFault);
}
