import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { Connection } from '../database/connection.ts';
import { GroupCommit } from './group-commit.ts';
import type { WriteRequest } from './group-commit.ts';

/** What the thread is told: writes to carry out, or to end after them. */
type WriteMessage = readonly WriteRequest[] | 'close';

const port = parentPort;
if (port === null) throw new Error('the writing thread was started as a program');
const groups = new GroupCommit(new Connection(workerData as string, { readOnly: false }));

let isClosing = false;

port.on('message', (first: WriteMessage) => {
  take(first);
  do {
    // What came while the last transaction was on its way to the disk shares the next one.
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
      take(next.message as WriteMessage);
    if (groups.hasWork) port.postMessage(groups.commitSome());
  } while (groups.hasWork);
  if (!isClosing) return;
  groups.close();
  port.close();
});

function take(message: WriteMessage): void {
  if (message === 'close') isClosing = true;
  else groups.add(message);
}
