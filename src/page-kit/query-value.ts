import type { Request } from 'express';

/**
 * The value of a query parameter, the first where there are several; undefined when it is absent. Read from the URL
 * itself, so that it does not depend on the query parser of the app around the pages. Only that one parameter is
 * decoded, be there thousands.
 * @param name of ASCII letters, as written in the URL
 */
export function queryValue(request: Request, name: string): string | undefined {
  const { url } = request;
  for (let mark = url.indexOf('?'); mark >= 0; mark = url.indexOf('&', mark + 1)) {
    if (!url.startsWith(name, mark + 1)) continue;
    const after = url[mark + 1 + name.length];
    if (after !== undefined && after !== '=' && after !== '&') continue;
    const end = url.indexOf('&', mark + 1);
    return new URLSearchParams(url.slice(mark + 1, end < 0 ? undefined : end)).get(name) ?? undefined;
  }
  return undefined;
}
