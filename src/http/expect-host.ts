import type { IncomingMessage } from 'node:http';
import { InvalidSyntaxError } from '../scim/model/scim-error.ts';

/**
 * Refuses a request that does not say whom it is for (RFC 9112 §3.2). Node would answer it itself, without a body.
 * @throws InvalidSyntaxError
 */
export function expectHost({ headers, httpVersion }: IncomingMessage): void {
  if (headers.host === undefined && httpVersion === '1.1')
    throw new InvalidSyntaxError('the header field Host is missing: HTTP/1.1 requires it');
}
