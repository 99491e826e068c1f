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
  const error = errorOf(cause.code);
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
