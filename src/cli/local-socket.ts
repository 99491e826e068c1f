import { chmodSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { LocalCallers } from '../caller/local-callers.ts';

/** The socket by which commands reach the process of a data folder. */
export function socketPathOf(dataDir: string): string {
  return join(dataDir, 'latchkey.sock');
}

/** Whether a process listens there. A socket left behind by a killed process does not answer. */
export function isAnswered(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/**
 * Serves an application on a socket that its owner alone can use; callers are the operator.
 * @param socketPath one that a process before left behind gives way
 * @returns the server, which removes the socket when it is closed
 * @throws Error of Node where the socket cannot be made
 */
export async function serveLocally(app: RequestListener, callers: LocalCallers, socketPath: string): Promise<Server> {
  const server = createServer({ requireHostHeader: false }, app);
  callers.accept(server);
  if (!(await isAnswered(socketPath))) rmSync(socketPath, { force: true });
  // No other user may connect after the socket is made and before its mode is set.
  const before = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socketPath, resolve);
    });
  } finally {
    process.umask(before);
  }
  chmodSync(socketPath, 0o600);
  return server;
}
