import type { Request } from 'express';
import { queryValue } from '../../page-kit/query-value.ts';

/** Tokens of links are 32 bytes in base64url, see `newToken`. */
const tokenLength = 43;
/** What is looked at of a token as it came: far more than any mail program adds to one. */
const longestGiven = 400;

/**
 * The token of a link as the address has it, undefined when it has none. Mail programs and people escape addresses
 * once too often: `&amp;token=` and `token%3D` are understood.
 */
export function givenToken(request: Request): string | undefined {
  const own = queryValue(request, 'token') ?? queryValue(request, 'amp;token');
  if (own !== undefined) return own;
  const [, escaped] = /[?&]token%3D([^&#]{0,400})/i.exec(request.url.slice(0, 2_000)) ?? [];
  return escaped;
}

/**
 * The tokens that a damaged one may have been, the likeliest first, at most three: mail programs add the full stop,
 * bracket, quote or words behind a link, break it over lines, and leave the `3D` of quoted-printable in front. What is
 * too short to be one of our tokens is left as it is.
 */
export function tokensIn(given: string): readonly string[] {
  const letters = given.slice(0, longestGiven).replace(/[^A-Za-z0-9_-]+/g, '');
  if (letters.length < tokenLength) return [given];
  const starts = [0, ...(letters.startsWith('3D') ? [2] : []), letters.length - tokenLength];
  return [...new Set(starts.map((start) => letters.slice(start, start + tokenLength)))].filter(
    ({ length }) => length === tokenLength,
  );
}

/**
 * Looks up a token as it came, and what it may have been.
 * @returns the token that is known, with what it is worth; the likeliest where none is
 */
export async function lookUpLink<Right extends { readonly state: string }>(
  given: string,
  lookUp: (token: string) => Promise<Right>,
): Promise<{ readonly token: string; readonly right: Right }> {
  const [token = given, ...others] = tokensIn(given);
  const right = await lookUp(token);
  if (right.state !== 'unknown') return { token, right };
  for (const other of others) {
    const found = await lookUp(other);
    if (found.state !== 'unknown') return { token: other, right: found };
  }
  return { token, right };
}
