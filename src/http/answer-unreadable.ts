import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { InvalidSyntaxError, ScimError } from '../scim/model/scim-error.ts';
import { scimMediaType } from './error-boundary.ts';

/**
 * The largest request line with its headers, in bytes: the longest accepted filter, percent-encoded, and room for the
 * other parts.
 */
export const maxHeaderBytes = 64 * 1024;

/**
 * Answers a request that Node's HTTP parser could not read, so that no route ever sees it, and closes the connection:
 * the `clientError` listener of a server. Without it the answer would have no body.
 */
export function answerUnreadable(cause: Error & { code?: string }, socket: Duplex): void {
  if (cause.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  send(socket, errorOf(cause.code));
}

/** The status that such a request is answered with. */
export function statusOfUnreadable(code: string | undefined): number {
  return errorOf(code).status;
}

/**
 * Answers CONNECT, which asks for a tunnel, and closes the connection: the `connect` listener of a server. Without it
 * the connection would be closed without a word.
 */
export function refuseConnect(socket: Duplex): void {
  // Who asks for a tunnel may be gone before the answer is.
  socket.on('error', () => socket.destroy());
  send(socket, new ScimError(501, undefined, 'CONNECT is not served: this is not a proxy. Send the request itself.'));
}

function send(socket: Duplex, error: ScimError): void {
  const body = JSON.stringify(error.body());
  socket.end(
    [
      `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
      `Content-Type: ${scimMediaType}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Cache-Control: no-store',
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

function errorOf(code: string | undefined): ScimError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new ScimError(
        431,
        undefined,
        `the URL and the headers are longer than ${maxHeaderBytes} bytes: send a long filter as POST …/.search`,
      );
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ScimError(408, undefined, 'the request did not arrive in time: send it again');
    default:
      return new InvalidSyntaxError(
        'the request is not valid HTTP/1.1: look at its first line, its headers and its Content-Length or chunks',
      );
  }
}
