import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Log } from '../base/log.ts';
import { plainAddress } from '../network/plain-address.ts';
import { answerUnreadable, refuseConnect, statusOfUnreadable } from './answer-unreadable.ts';
import { FloodGate } from './calls/flood-gate.ts';
import { refuseExpectation } from './refuse-expectation.ts';

/** The first byte of a TLS connection. */
const tlsHandshake = 0x16;

/**
 * Has a server answer what never becomes a call: what Node's parser cannot read, an unknown expectation, CONNECT. Each
 * leaves one line in the log, so that an administrator sees whether a provider reaches us at all; none holds what was
 * sent. A flood is cut: the next line says how many have been left out (`withheld`).
 * @param now milliseconds
 * @returns takes the log, once there is one
 */
export function refuseUnreadable(server: Server, now: () => number): (log: Log) => void {
  const gate = new FloodGate(now);
  let log: Log | undefined;
  const note = (socket: Duplex, status: number, outcome: string, more: object = {}): void => {
    const peer = ('remoteAddress' in socket && (socket as Socket).remoteAddress) || '';
    const address = plainAddress(peer) ?? peer;
    const { passes, withheld } = gate.admit(`${outcome} ${address}`);
    if (!passes) return;
    log?.info(
      { status, outcome, ...more, ...(address === '' ? {} : { address }), ...(withheld === 0 ? {} : { withheld }) },
      'refused',
    );
  };
  server.on('clientError', (cause: Error & { code?: string; rawPacket?: Buffer }, socket: Duplex) => {
    const isSilent = 'bytesRead' in socket && socket.bytesRead === 0;
    // A connection that is closed or kept for later without a request asks for nothing.
    if (cause.code !== 'ECONNRESET' && !isSilent)
      note(socket, statusOfUnreadable(cause.code), outcomeOf(cause), { code: cause.code });
    answerUnreadable(cause, socket);
  });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    note(request.socket, 417, 'unknownExpectation', { method: request.method });
    refuseExpectation(request, response);
  });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    note(socket, 501, 'notServed', { method: 'CONNECT' });
    refuseConnect(socket);
  });
  return (given) => {
    log = given;
  };
}

function outcomeOf({ code, rawPacket }: { readonly code?: string; readonly rawPacket?: Buffer }): string {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headersTooLong';
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'tooSlow';
  return rawPacket?.[0] === tlsHandshake ? 'tlsOnPlainPort' : 'notHttp';
}
