import type { Request } from 'express';

/** A browser sends one cookie of a name, and another where it was set for another path; strangers send thousands. */
const mostCookies = 4;
const longestValue = 2048;

/** The values of the first few cookies of a name that are not longer than any of ours. */
export function cookieValues(request: Request, name: string): string[] {
  const cookies = request.headers.cookie ?? '';
  const values: string[] = [];
  const begin = `${name}=`;
  for (let at = 0; at >= 0 && values.length < mostCookies;) {
    const end = cookies.indexOf(';', at);
    const pair = cookies.slice(at, end < 0 ? undefined : end).trim();
    if (pair.startsWith(begin) && pair.length <= begin.length + longestValue) values.push(pair.slice(begin.length));
    at = end < 0 ? -1 : end + 1;
  }
  return values;
}
