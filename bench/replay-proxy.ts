import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { commandOf } from '../test/support/mongo-faults/command.ts';
import { MessageReader } from '../test/support/mongo-faults/wire-message.ts';
import type { WireMessage } from '../test/support/mongo-faults/wire-message.ts';

/** A proxy that answers what it has been asked before from memory: the database's own time is none of the bench's. */
export interface ReplayProxy {
  uri(database: string): string;
  /** From now on reads are answered from memory; until then everything is the server's. */
  replay(isOn: boolean): void;
  close(): Promise<void>;
}

const reads = new Set(['find', 'aggregate', 'count']);
/** What differs each time and changes nothing of the answer. */
const passing = new Set(['lsid', '$clusterTime', 'txnNumber']);

/** Starts one on a free port. @param serverUri of a single server, without credentials */
export async function startReplayProxy(serverUri: string): Promise<ReplayProxy> {
  const { hostname, port } = new URL(serverUri);
  const answers = new Map<string, Buffer>();
  const sockets = new Set<Socket>();
  let isOn = false;
  const listener = createServer((driver) => {
    const server = connect({ host: hostname, port: Number(port) });
    const asked = new Map<number, string>();
    for (const socket of [driver, server]) {
      sockets.add(socket.setNoDelay(true));
      socket
        .on('error', () => undefined)
        .on('close', () => (driver.destroy(), server.destroy(), sockets.delete(socket)));
    }
    const [requests, replies] = [new MessageReader(), new MessageReader()];
    driver.on('data', (bytes) => {
      for (const request of requests.read(bytes)) {
        const key = isOn ? keyOf(request) : undefined;
        const known = key === undefined ? undefined : answers.get(key);
        if (known !== undefined) driver.write(answerTo(request.requestId, known));
        else {
          if (key !== undefined) asked.set(request.requestId, key);
          server.write(request.bytes);
        }
      }
    });
    server.on('data', (bytes) => {
      for (const reply of replies.read(bytes)) {
        const key = asked.get(reply.responseTo);
        asked.delete(reply.responseTo);
        if (key !== undefined) answers.set(key, Buffer.from(reply.bytes));
        driver.write(reply.bytes);
      }
    });
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const own = (listener.address() as AddressInfo).port;
  return {
    uri: (database) => `mongodb://127.0.0.1:${own}/${database}`,
    replay: (on) => {
      isOn = on;
      answers.clear();
    },
    close: async () => {
      const closed = once(listener, 'close');
      listener.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function keyOf(request: WireMessage): string | undefined {
  const command = commandOf(request);
  if (command === undefined || !reads.has(command.name)) return undefined;
  return JSON.stringify(command.body, (name, value: unknown) => (passing.has(name) ? undefined : value));
}

/** The same bytes, as the answer to another request (the third number of the header says to which). */
function answerTo(requestId: number, bytes: Buffer): Buffer {
  const answer = Buffer.from(bytes);
  answer.writeInt32LE(requestId, 8);
  return answer;
}
