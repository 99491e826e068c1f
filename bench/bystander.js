// A thread that asks a server for something cheap every other millisecond, one connection, one call at a time, and
// tells its parent, when asked, how long the slowest answer took since it was last asked: what another client notices
// of a heavy request.
import { Agent, get } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers';
import { parentPort, workerData } from 'node:worker_threads';

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let slowest = 0;
let sentAt = performance.now();

parentPort.on('message', () => {
  parentPort.postMessage(Math.max(slowest, performance.now() - sentAt));
  slowest = 0;
});
ask();

function ask() {
  sentAt = performance.now();
  get(workerData, { agent }, (response) => {
    response.resume().once('end', () => {
      slowest = Math.max(slowest, performance.now() - sentAt);
      setTimeout(ask, 2);
    });
  }).once('error', () => setTimeout(ask, 2));
}
