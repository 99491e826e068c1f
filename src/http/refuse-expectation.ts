import type { IncomingMessage, ServerResponse } from 'node:http';
import { ScimError } from '../scim/model/scim-error.ts';
import { scimMediaType } from './error-boundary.ts';

/**
 * Answers a request with an unknown expectation (RFC 9110 §10.1.1): the `checkExpectation` listener of a server.
 * Without it the answer would have no body. The connection is closed: whether the request's body follows is not known.
 */
export function refuseExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const error = new ScimError(417, undefined, 'the only expectation that can be met is `Expect: 100-continue`');
  response
    .writeHead(error.status, { 'Content-Type': scimMediaType, 'Cache-Control': 'no-store', Connection: 'close' })
    .end(JSON.stringify(error.body()));
}
