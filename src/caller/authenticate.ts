import type { IncomingMessage } from 'node:http';
import { soon, type Soon } from '../base/soon.ts';
import { ScimError } from '../scim/model/scim-error.ts';
import type { CallerFinder, FoundCaller } from '../clients/tokens/caller-finder.ts';
import type { Caller, Client } from '../domain/client.ts';

/** Whose routes a request is made on: the credentials of another tenant are worth nothing there. */
export type TenantOf = (request: Credentials) => string;

/** What of a request says who calls: `rawHeaders` has every field as it came, also one that came twice. */
export type Credentials = Pick<IncomingMessage, 'headers' | 'rawHeaders' | 'socket'>;

/** Finds the client behind a request's Authorization field: at once where it was found a moment ago. */
export type Authenticate = (request: Credentials) => Soon<Caller>;

/** How long a look-up is trusted, in milliseconds, as long as no client or credential has changed anywhere. */
const cacheMs = 10_000;
const cacheSize = 1000;

/** A token is at least 32 characters long; of anything much shorter, four characters would give too much away. */
const shortestToken = 16;
const toldCharacters = 4;

/** RFC 6750 §3.1. */
export type CredentialFault = 'invalid_request' | 'invalid_token';

/** 503: who calls cannot be known now, for the keys of their issuer cannot be got. */
export class IssuerUnreachableError extends ScimError {
  /** Whose credential names that issuer. */
  readonly client: Client | undefined;

  constructor(detail: string, client: Client | undefined) {
    super(503, undefined, detail, { 'Retry-After': '10' });
    this.client = client;
  }
}

/** A request that does not prove who calls: 401 with the challenges of RFC 9110 §11.6.1. */
export class UnauthorizedError extends ScimError {
  /** The last four characters of the token that was sent, for the logs; undefined where no token could be read. */
  readonly tokenEnd: string | undefined;

  /** What is wrong with the credentials (RFC 6750 §3.1); undefined where none were sent. */
  readonly fault: CredentialFault | undefined;

  /** Who called with a credential that has ended. */
  readonly client: Client | undefined;

  /** @param challenges every scheme that is understood, the one to try first in front (RFC 7644 §2) */
  constructor(detail: string, challenges: string, fault?: CredentialFault, tokenEnd?: string, client?: Client) {
    super(401, undefined, detail, { 'WWW-Authenticate': challenges });
    this.fault = fault;
    this.tokenEnd = tokenEnd;
    this.client = client;
  }

  /** The same for a caller that takes the first challenge alone and understands only Basic. */
  basicFirst(): UnauthorizedError {
    return new UnauthorizedError(
      this.message,
      'Basic realm="Latchkey", Bearer realm="Latchkey"',
      this.fault,
      this.tokenEnd,
      this.client,
    );
  }
}

/** What the check works with. */
export interface AuthenticateParts {
  readonly callers: CallerFinder;
  readonly now: () => Date;
  /** A client of another tenant is as good as none: nothing tells whether the tenant exists. */
  readonly tenantOf: TenantOf;
  /** Told of each call that has proved who it is. */
  readonly onUse: (caller: Caller, request: Credentials) => void;
}

/**
 * Makes the check of `Authorization: Bearer <token>`, or `Basic` with the token as the password (RFC 6750, RFC 7617).
 * Tokens are looked up by their hash, so no comparison can leak one. What was found is remembered for a while; a change
 * of any client or credential, in any process, ends that at once.
 * @throws UnauthorizedError 401 with WWW-Authenticate, saying what is missing or that the credential has ended
 */
export function createAuthenticate({ callers, now, tenantOf, onUse }: AuthenticateParts): Authenticate {
  const cache = new Map<string, { caller: Caller; epoch: number; until: number }>();
  const find = async (request: Credentials, authorization: string, epoch: number): Promise<Caller> => {
    const token = tokenOf(authorization);
    const found = await callers.find(token);
    if (found === undefined || found.credential.tenant !== tenantOf(request)) throw unknownToken(token);
    const caller = callerOf(found, now().toISOString(), token);
    if (cache.size >= cacheSize) cache.clear();
    cache.set(authorization, { caller, epoch, until: Math.min(now().getTime() + cacheMs, endOf(found)) });
    onUse(caller, request);
    return caller;
  };
  const known = (request: Credentials, authorization: string, epoch: number): Soon<Caller> => {
    // By the header as it came: hashing would cost more than all other checks of a call.
    const cached = cache.get(authorization);
    if (cached !== undefined && cached.epoch === epoch && cached.until > now().getTime()) {
      if (cached.caller.tenant !== tenantOf(request)) throw unknownToken(tokenOf(authorization));
      onUse(cached.caller, request);
      return cached.caller;
    }
    cache.delete(authorization);
    return find(request, authorization, epoch);
  };
  return (request) => {
    const authorization = onlyAuthorization(request);
    return soon(callers.epoch(), (epoch) => known(request, authorization, epoch));
  };
}

/**
 * The refusal of a token that nobody has on these routes.
 * @param token as it was sent; the logs get its end
 */
export function unknownToken(token = ''): UnauthorizedError {
  return unauthorized(
    'the token is not known: check it for a typo, or make a new one with `latchkey credentials add`',
    'invalid_token',
    token,
  );
}

/** @throws UnauthorizedError naming the client, where the credential, its access token or the client has ended */
function callerOf({ client, credential, tokenEnds, scopes }: FoundCaller, now: string, token: string): Caller {
  const { revokedAt, expiresAt, id } = credential;
  const refuse = (detail: string) => unauthorized(detail, 'invalid_token', token, client);
  if (client === undefined || client.removedAt !== undefined)
    throw refuse('the client that this token was made for has been removed');
  if (revokedAt !== undefined) throw refuse(`the credential was revoked at ${revokedAt}: use another of this client`);
  if (expiresAt !== undefined && expiresAt <= now)
    throw refuse(`the credential expired at ${expiresAt}: make a new one for this client`);
  if (tokenEnds !== undefined && tokenEnds <= now)
    throw refuse(`the access token expired at ${tokenEnds}: get a new one from the token endpoint`);
  const granted = scopes === undefined ? client.scopes : client.scopes.filter((scope) => scopes.includes(scope));
  return { ...client, scopes: granted, credential: id };
}

function endOf({ credential: { expiresAt }, tokenEnds }: FoundCaller): number {
  return Math.min(...[expiresAt, tokenEnds].map((end) => (end === undefined ? Infinity : Date.parse(end))));
}

/** When a paused client is asked to come again: seconds. */
const pausedSeconds = 300;

/** Refuses a client that is paused. @throws ScimError 429 with `Retry-After` */
export function requireActive(client: Client): void {
  if (client.paused)
    throw new ScimError(429, undefined, `client '${client.name}' is paused: nothing is done until it is resumed`, {
      'Retry-After': String(pausedSeconds),
    });
}

/**
 * Refuses a client that is paused or lacks a scope.
 * @param scope one of `allScopes`, such as `scim:read`
 * @throws ScimError 429 with `Retry-After` for a paused client, 403 for one without the scope
 */
export function requireScope(client: Client, scope: string): void {
  requireActive(client);
  if (!client.scopes.includes(scope))
    throw new ScimError(403, undefined, `client '${client.name}' lacks the scope ${scope}`);
}

/** Of two Authorization fields Node keeps the first alone, and a proxy may have checked the other (RFC 9110 §5.3). */
function onlyAuthorization({ headers, rawHeaders }: Credentials): string {
  if (headers.authorization === undefined)
    throw unauthorized('the Authorization header is missing: send `Authorization: Bearer <token>`');
  const fields = rawHeaders.filter(
    (name, index) => index % 2 === 0 && name.length === 13 && name.toLowerCase() === 'authorization',
  );
  if (fields.length > 1) throw unauthorized('there are two Authorization headers: send one alone', 'invalid_request');
  return headers.authorization;
}

/** A scheme and its credentials, nothing before, between or after (RFC 9110 §11.4). */
function tokenOf(authorization: string): string {
  const [scheme = '', credentials = '', ...more] = authorization.trim().split(/[ \t]+/, 4);
  const isBearer = scheme.toLowerCase() === 'bearer';
  if (isBearer && credentials.toLowerCase() === 'bearer' && more.length > 0) {
    throw unauthorized(
      "the Authorization header holds the word 'Bearer' twice: enter the token alone where the client adds the word",
      'invalid_request',
    );
  }
  if (more.length > 0) {
    throw unauthorized(
      'the Authorization header goes on after the credentials: send `Bearer <token>` and nothing else',
      'invalid_request',
    );
  }
  if (isBearer && credentials !== '') return credentials;
  const password = scheme.toLowerCase() === 'basic' ? basicPassword(credentials) : undefined;
  if (password !== undefined && password !== '') return password;
  throw unauthorized(
    'the Authorization header cannot be read: send `Bearer <token>`, or Basic with the token as password',
    'invalid_request',
  );
}

/** The password of Basic credentials; undefined where they are not base64 through and through, or hold no colon. */
function basicPassword(credentials: string): string | undefined {
  if (!/^[\w+/-]+={0,2}$/.test(credentials)) return undefined;
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  return pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : undefined;
}

/** @param error RFC 6750 §3.1; absent where no credentials were sent */
function unauthorized(detail: string, error?: CredentialFault, token = '', client?: Client): UnauthorizedError {
  const bearer = `Bearer realm="Latchkey"${error === undefined ? '' : `, error="${error}"`}`;
  const end = token.length >= shortestToken ? token.slice(-toldCharacters) : undefined;
  return new UnauthorizedError(detail, `${bearer}, Basic realm="Latchkey"`, error, end, client);
}
