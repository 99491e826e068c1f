import express, { type Express, type Router } from 'express';
import proxyAddr from 'proxy-addr';
import type { Log } from '../log.ts';
import { NotFoundError } from '../scim/model/scim-error.ts';
import { createErrorBoundary } from './error-boundary.ts';
import { expectHost } from './expect-host.ts';
import { createHealthRoutes } from './health.ts';

/** How many addresses of an X-Forwarded-For are looked at, from its end: more proxies than stand in any row. */
const mostHops = 20;

/** Characters of a path that an error repeats. */
const longestTold = 200;

/** What stands behind Express. */
export interface WebParts {
  /** Routers that know their own whole paths, such as those of an OpenAPI document. */
  readonly apis: readonly Router[];
  /** The hosted pages, served at the root. */
  readonly pages: Router;
  readonly ready: () => Promise<void>;
  /** Addresses and CIDR ranges whose X-Forwarded-For is believed. */
  readonly trustProxy: readonly string[];
  readonly log: Log;
}

/** Puts the JSON APIs, the hooks, the health checks and the pages behind one Express application. */
export function createWeb({ apis, pages, trustProxy, ready, log }: WebParts): Express {
  const web = express();
  web.disable('x-powered-by');
  web.disable('etag');
  web.set('query parser', false);
  web.set('trust proxy', trustProxy.length > 0 ? trustedHops(trustProxy) : false);
  web.use((request, response, next) => {
    response.locals.requestId = response.getHeader('X-Request-Id');
    expectHost(request);
    next();
  });
  for (const api of apis) web.use(api);
  web.use(createHealthRoutes(ready));
  web.use(pages);
  web.use((request) => {
    throw new NotFoundError(`nothing is served at ${request.path.slice(0, longestTold)}: SCIM begins at /scim/v2`);
  });
  web.use(createErrorBoundary(log));
  return web;
}

/**
 * Whether an address in an X-Forwarded-For belongs to a trusted proxy. A header may list thousands, each of which
 * takes time to be read: the address of the last proxy in a row that is too long counts as the visitor's.
 */
function trustedHops(trustProxy: readonly string[]): (address: string, hop: number) => boolean {
  const isTrusted = proxyAddr.compile([...trustProxy]);
  return (address, hop) => hop < mostHops && isTrusted(address, hop);
}
