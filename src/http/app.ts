import type { RequestListener } from 'node:http';
import type { Clock } from '../base/clock.ts';
import { forwardedHeader } from '../network/forwarded-header.ts';
import { visitorOf } from '../caller/address-of.ts';
import { createCommonHeaders, setHeaders } from './common-headers.ts';
import { OverdueCalls } from './overdue-calls.ts';
import type { ScimListener } from './scim-listener.ts';
import { routeToTenant } from '../tenancy/request-tenant.ts';
import { splitUrl } from './calls/split-url.ts';
import { hideSecretShapes } from '../text/hide-secret-shapes.ts';
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

/** How often the log is told what is wrong with a proxy, in milliseconds. */
const warnMs = 3_600_000;

/**
 * Puts the rooms that speak HTTP behind one listener: SCIM straight behind Node's server, everything else behind
 * Express. Decision 0013 says why. What lies below `/t/{tenant}` is the same for that tenant.
 */
export function createApp(parts: AppParts): RequestListener {
  const web = createWeb(parts);
  const warn = createProxyWarning(parts);
  const overdue = new OverdueCalls(parts.waitingMs);
  const commonHeaders = createCommonHeaders(parts.secure);
  return (request, response) => {
    const id = parts.clock.newId();
    const headers = commonHeaders(id);
    warn(request);
    const isRouted = routeToTenant(request);
    const [path, query] = splitUrl(request.url ?? '/');
    const below = path.replace(scimBase, '');
    const end = overdue.watch(request, response, headers);
    if (isRouted && below.length < path.length) {
      parts.scim(request, response, { id, path: below === '' ? '/' : below, query, headers, end });
      return;
    }
    response.once('close', end);
    setHeaders(response, headers);
    web(request, response);
  };
}

/**
 * What is wrong with how visitors are told apart: a proxy that is not trusted makes all of them share its address, and
 * with it their limits, and so does a trusted one that writes something else than addresses.
 */
function createProxyWarning({ isTrustedHop, clock, log }: AppParts): (request: Parameters<RequestListener>[0]) => void {
  const untrusted = hourly(clock);
  const unreadable = hourly(clock);
  return (request) => {
    const header = forwardedHeader(request.headers);
    if (header === undefined || header === 'via') return;
    const peer = request.socket.remoteAddress;
    if (!isTrustedHop(peer ?? '', 0)) {
      if (untrusted())
        log.warn(
          { header, peer },
          'a request came through a proxy that is not trusted, so all its visitors count as one address: if '
            + 'the proxy is yours, name its address in LATCHKEY_TRUST_PROXY',
        );
      return;
    }
    const { address, unread } = visitorOf(request, isTrustedHop);
    if (unread !== undefined && unreadable())
      log.warn(
        { peer, counted: address, field: hideSecretShapes(unread.slice(0, longestTold)) },
        'a trusted proxy wrote something into X-Forwarded-For that is not an address, so the proxy counts as the '
          + 'visitor: have it append the address that the request came from',
      );
  };
}

/** Characters of such a field that the log repeats. */
const longestTold = 60;

/** @returns a function that answers true once in an hour */
function hourly(clock: Pick<Clock, 'now'>): () => boolean {
  let silentUntil = 0;
  return () => {
    const now = clock.now().getTime();
    if (now < silentUntil) return false;
    silentUntil = now + warnMs;
    return true;
  };
}
