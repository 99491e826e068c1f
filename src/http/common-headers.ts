import type { ServerResponse } from 'node:http';

/** Header fields in a row: a name, its value, the next name, … as `writeHead` takes them in one go. */
export type HeaderRow = readonly string[];

/** Of whatever is not a page: a browser that is led to it loads, runs and frames nothing. */
const documentPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Makes the header fields that every answer has: no answer may be kept by a cache unless its route says otherwise, and
 * none is more to a browser than a document.
 * @param secure whether the public URL is one of https
 * @returns the fields of the answer to a request with an id
 */
export function createCommonHeaders(secure: boolean): (requestId: string) => HeaderRow {
  const always = [
    'X-Content-Type-Options',
    'nosniff',
    'Cache-Control',
    'no-store',
    'Content-Security-Policy',
    documentPolicy,
    'Referrer-Policy',
    'no-referrer',
    ...(secure ? ['Strict-Transport-Security', 'max-age=31536000'] : []),
  ];
  return (requestId) => ['X-Request-Id', requestId, ...always];
}

/** Sets header fields one by one, for what goes on to change them. */
export function setHeaders(response: ServerResponse, row: HeaderRow): void {
  for (let index = 0; index < row.length; index += 2) response.setHeader(row[index]!, row[index + 1]!);
}
