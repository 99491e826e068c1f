import type { RequestListener } from 'node:http';
import type { Clock } from '../base/clock.ts';
import { forwardedHeader } from '../base/forwarded-header.ts';
import { OverdueCalls } from './overdue-calls.ts';
import type { ScimListener } from './scim-listener.ts';
import { routeToTenant } from '../tenancy/request-tenant.ts';
import { splitUrl } from './split-url.ts';
import { createWeb, type WebParts } from './web.ts';

/** What the application is made of. */
export interface AppParts extends WebParts {
  /** Serves what lies below `/scim/v2`, and below `/t/{tenant}/scim/v2`. */
  readonly scim: ScimListener;
  readonly clock: Clock;
  /** How long the store has owed the oldest of its answers, in milliseconds. */
  readonly waitingMs: () => number;
  /** Whether the public URL is one of https. */
  readonly secure: boolean;
}

const scimBase = /^\/scim\/v2(?=\/|$)/i;

/** Of whatever is not a page: a browser that is led to it loads, runs and frames nothing. */
const documentPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** How often the log is told that a proxy is not trusted, in milliseconds. */
const warnMs = 3_600_000;

/**
 * Puts the rooms that speak HTTP behind one listener: SCIM straight behind Node's server, everything else behind
 * Express. Decision 0013 says why. What lies below `/t/{tenant}` is the same for that tenant. No answer may be kept by
 * a cache unless its route says otherwise.
 */
export function createApp(parts: AppParts): RequestListener {
  const web = createWeb(parts);
  const warn = createProxyWarning(parts);
  const overdue = new OverdueCalls(parts.waitingMs);
  return (request, response) => {
    const id = parts.clock.newId();
    response.setHeader('X-Request-Id', id);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Security-Policy', documentPolicy);
    response.setHeader('Referrer-Policy', 'no-referrer');
    if (parts.secure) response.setHeader('Strict-Transport-Security', 'max-age=31536000');
    warn(request);
    overdue.watch(request, response);
    const isRouted = routeToTenant(request);
    const [path, query] = splitUrl(request.url ?? '/');
    const below = path.replace(scimBase, '');
    if (isRouted && below.length < path.length)
      parts.scim(request, response, { id, path: below === '' ? '/' : below, query });
    else web(request, response);
  };
}

/** A proxy that is not trusted makes all visitors share its address, and with it their limits. */
function createProxyWarning({ isTrustedHop, clock, log }: AppParts): (request: Parameters<RequestListener>[0]) => void {
  let silentUntil = 0;
  return ({ headers, socket }) => {
    const header = forwardedHeader(headers);
    if (header === undefined || header === 'via' || isTrustedHop(socket.remoteAddress ?? '', 0)) return;
    const now = clock.now().getTime();
    if (now < silentUntil) return;
    silentUntil = now + warnMs;
    log.warn(
      { header, peer: socket.remoteAddress },
      'a request came through a proxy that is not trusted, so all its visitors count as one address: if '
        + 'the proxy is yours, name its address in LATCHKEY_TRUST_PROXY',
    );
  };
}
