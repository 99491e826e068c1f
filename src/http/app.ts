import type { RequestListener } from 'node:http';
import type { Clock } from '../clock.ts';
import type { ScimListener } from './scim-listener.ts';
import { splitUrl } from './split-url.ts';
import { createWeb, type WebParts } from './web.ts';

/** What the application is made of. */
export interface AppParts extends WebParts {
  /** Serves what lies below `/scim/v2`. */
  readonly scim: ScimListener;
  readonly clock: Clock;
}

const scimBase = /^\/scim\/v2(?=\/|$)/i;

/**
 * Puts the rooms that speak HTTP behind one listener: SCIM straight behind Node's server, everything else behind
 * Express. Decision 0013 says why.
 */
export function createApp(parts: AppParts): RequestListener {
  const web = createWeb(parts);
  return (request, response) => {
    const id = parts.clock.newId();
    response.setHeader('X-Request-Id', id);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    const [path, query] = splitUrl(request.url ?? '/');
    const below = path.replace(scimBase, '');
    if (below.length < path.length) parts.scim(request, response, { id, path: below === '' ? '/' : below, query });
    else web(request, response);
  };
}
