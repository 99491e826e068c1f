import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';

/** A wire between a driver and a server that can be cut. */
export interface Wire {
  /** Where the driver connects instead. */
  readonly port: number;
  /**
   * Lets the next request that holds all these texts through, and breaks the connection instead of bringing back its
   * answer.
   */
  loseAnswerTo(...texts: readonly string[]): void;
  /** How many answers were lost. */
  readonly lost: number;
  /** Breaks every connection; new ones are refused from now on. */
  cut(): Promise<void>;
}

/** Stretches a wire to a server on a port of this machine. */
export async function stretchWire(serverPort: number): Promise<Wire> {
  let wanted: readonly string[] | undefined;
  let lost = 0;
  const sockets = new Set<Socket>();
  const listener = createServer((driver) => {
    const server = connect(serverPort, '127.0.0.1');
    let losesNext = false;
    const end = () => {
      driver.destroy();
      server.destroy();
    };
    for (const socket of [driver, server]) {
      sockets.add(socket);
      socket.on('error', end).on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    driver.on('data', (request) => {
      if (wanted?.every((text) => request.includes(text))) {
        wanted = undefined;
        losesNext = true;
      }
      server.write(request);
    });
    server.on('data', (answer) => {
      if (!losesNext) return void driver.write(answer);
      lost += 1;
      end();
    });
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    loseAnswerTo: (...texts) => {
      wanted = texts;
    },
    get lost() {
      return lost;
    },
    cut: async () => {
      const closed = listener.listening ? once(listener, 'close') : undefined;
      listener.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
