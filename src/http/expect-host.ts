import type { IncomingMessage } from 'node:http';
import { InvalidSyntaxError } from '../scim/model/scim-error.ts';

/** `uri-host [ ":" port ]` (RFC 9110 §7.2, RFC 3986 §3.2.2); it may be empty. */
const host = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(?::\d{0,5})?$/i;

/**
 * Refuses a request without a `Host`, with two, or with an invalid one (RFC 9112 §3.2): a proxy in front might choose
 * another host than we do. Node would answer some of these itself, without a body, and pass the others on.
 * @throws InvalidSyntaxError
 */
export function expectHost({ headers, rawHeaders, httpVersion }: IncomingMessage): void {
  if (headers.host === undefined) {
    if (httpVersion === '1.1') throw new InvalidSyntaxError('the header field Host is missing: HTTP/1.1 requires it');
    return;
  }
  let fields = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length === 4 && name.toLowerCase() === 'host') fields += 1;
  }
  if (fields > 1) throw new InvalidSyntaxError('there are two header fields Host: send one alone');
  if (headers.host.length > 300 || !host.test(headers.host))
    throw new InvalidSyntaxError('the header field Host is not a host name with or without a port');
}
