import type { Request } from 'express';

/**
 * The value of a query parameter, the first where there are several; undefined when it is absent. Read from the URL itself, so
 * that it does not hang on the query parser of the app the pages are mounted in.
 */
export function queryValue(request: Request, name: string): string | undefined {
  const start = request.url.indexOf('?');
  return start < 0 ? undefined : new URLSearchParams(request.url.slice(start)).get(name) ?? undefined;
}
