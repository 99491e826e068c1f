// Loaded into a server before its own code (`node --import ./bench/loop-probe.js …`): tells at LOOP_PROBE_PORT how
// long its event loop was held up since it was last asked, in milliseconds. A timer due every millisecond sees each
// gap, garbage collection included. What the thread spent waiting for a processor is taken off: that is the fault of
// whoever else the machine works for.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setInterval } from 'node:timers';
import { isMainThread } from 'node:worker_threads';

let longest = 0;
let last = performance.now();
let lastWait = waitedMs();

// Threads load what their process was started with.
if (isMainThread) watch();

function watch() {
  setInterval(() => {
    const [now, wait] = [performance.now(), waitedMs()];
    longest = Math.max(longest, now - last - 1 - (wait - lastWait));
    [last, lastWait] = [now, wait];
  }, 1).unref();
  createServer((_request, response) => {
    response.end(JSON.stringify({ longest }));
    longest = 0;
  })
    .listen(Number(process.env.LOOP_PROBE_PORT), '127.0.0.1')
    .unref();
}

/** Time spent ready to run but not running: the second field of the main thread's schedstat. */
function waitedMs() {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
}
