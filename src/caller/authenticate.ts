import { ScimError } from '../scim/model/scim-error.ts';
import { hashToken, type Client, type ClientStore } from '../tenants.ts';

/** Finds the client behind an Authorization header. */
export type Authenticate = (authorization: string | undefined) => Promise<Client>;

/** How long a look-up is trusted, in milliseconds: a withdrawn token works no longer than this. */
const cacheMs = 10_000;
const cacheSize = 1000;

/**
 * Makes the check of `Authorization: Bearer <token>`, or `Basic` with the token as the password (RFC 6750, RFC 7617).
 * Tokens are looked up by their hash, so no comparison can leak one.
 * @param clients where clients are kept
 * @param now milliseconds, for the short-lived cache
 * @throws ScimError 401 with WWW-Authenticate, saying what is missing
 */
export function createAuthenticate(clients: ClientStore, now: () => number): Authenticate {
  const cache = new Map<string, { client: Client; until: number }>();
  return async (authorization) => {
    // By the header as it came: hashing would cost more than all other checks of a call.
    const cached = authorization === undefined ? undefined : cache.get(authorization);
    if (cached !== undefined && cached.until > now()) return cached.client;
    const client = await clients.byTokenHash(hashToken(tokenOf(authorization)));
    if (authorization === undefined || client === undefined) {
      if (authorization !== undefined) cache.delete(authorization);
      throw unauthorized(
        'the token is not known: check it for a typo, or make a new one with `latchkey clients add`',
        'invalid_token',
      );
    }
    if (cache.size >= cacheSize) cache.clear();
    cache.set(authorization, { client, until: now() + cacheMs });
    return client;
  };
}

/**
 * Refuses a client without a scope.
 * @param scope one of `allScopes`, such as `scim:read`
 * @throws ScimError 403
 */
export function requireScope(client: Client, scope: string): void {
  if (!client.scopes.includes(scope))
    throw new ScimError(403, undefined, `client '${client.name}' lacks the scope ${scope}`);
}

function tokenOf(authorization: string | undefined): string {
  if (authorization === undefined)
    throw unauthorized('the Authorization header is missing: send `Authorization: Bearer <token>`');
  const [scheme = '', credentials = ''] = authorization.trim().split(/\s+/, 2);
  if (scheme.toLowerCase() === 'bearer' && credentials !== '') return credentials;
  if (scheme.toLowerCase() === 'basic') {
    const pair = Buffer.from(credentials, 'base64').toString('utf8');
    const password = pair.slice(pair.indexOf(':') + 1);
    if (pair.includes(':') && password !== '') return password;
  }
  throw unauthorized(
    'the Authorization header cannot be read: send `Bearer <token>`, or Basic with the token as password',
    'invalid_request',
  );
}

/** Names every scheme that is understood (RFC 7644 §2). */
function unauthorized(detail: string, error?: string): ScimError {
  const bearer = `Bearer realm="Latchkey"${error === undefined ? '' : `, error="${error}"`}`;
  return new ScimError(401, undefined, detail, { 'WWW-Authenticate': `${bearer}, Basic realm="Latchkey"` });
}
