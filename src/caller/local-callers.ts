import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { operatorActor } from '../domain/actor.ts';
import { allScopes, type Caller } from '../domain/client.ts';
import type { Authenticate } from './authenticate.ts';

/** The credential of those who call through the socket; no credential of a client has this id. */
export const socketCredential = 'socket';

/**
 * Who calls through the socket in the data folder: the operator. The file system has checked them, since the socket is
 * its owner's alone; so they need no token, and may do everything.
 */
export class LocalCallers {
  readonly #sockets = new WeakSet<Socket>();
  readonly #tenantOf: (request: object) => string;

  /** @param tenantOf whose data a request asks for */
  constructor(tenantOf: (request: object) => string) {
    this.#tenantOf = tenantOf;
  }

  /** Takes the connections of a server that listens on such a socket for the operator's. */
  accept(server: Server): void {
    server.on('connection', (socket: Socket) => this.#sockets.add(socket));
  }

  /** Puts the operator before another check: a call through the socket without an Authorization field is theirs. */
  before(authenticate: Authenticate): Authenticate {
    return (request) =>
      this.#sockets.has(request.socket) && request.headers.authorization === undefined
        ? { ...operator, tenant: this.#tenantOf(request) }
        : authenticate(request);
  }
}

const operator: Omit<Caller, 'tenant'> = {
  id: operatorActor.id,
  name: operatorActor.name,
  credential: socketCredential,
  profile: 'auto',
  scopes: allScopes,
  callsPerSecond: null,
  paused: false,
  existing: 'refuse',
  owns: [],
  guard: null,
  createdAt: '2026-01-01T00:00:00.000Z',
};
