import type { IncomingMessage, ServerResponse } from 'node:http';
import { ScimError } from '../scim/model/scim-error.ts';
import { scimMediaType } from './error-boundary.ts';

const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>One moment</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><h1>One moment</h1><p>This service is starting. Please try again in a few seconds.</p></body></html>
`;

/**
 * Answers a request that comes while the process starts: 503 with `Retry-After`, a SCIM error (RFC 7644 §3.12) for
 * clients, a small page for browsers. Nothing of the request is read.
 */
export function answerStarting(request: IncomingMessage, response: ServerResponse): void {
  const isPage = /\btext\/html\b/i.test(request.headers.accept ?? '');
  const error = new ScimError(503, undefined, 'Latchkey is starting: try again in a few seconds');
  const body = isPage ? page : JSON.stringify(error.body());
  response
    .writeHead(error.status, {
      'Content-Type': isPage ? 'text/html; charset=utf-8' : scimMediaType,
      'Content-Length': Buffer.byteLength(body),
      'Retry-After': '2',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    })
    .end(request.method === 'HEAD' ? undefined : body);
}
