import express, { type Express, type Router } from 'express';
import type { Log } from '../log.ts';
import { NotFoundError } from '../scim/scim-error.ts';
import { createErrorBoundary } from './error-boundary.ts';
import { expectHost } from './expect-host.ts';
import { createHealthRoutes } from './health.ts';

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
  web.set('trust proxy', trustProxy.length > 0 ? [...trustProxy] : false);
  web.use((request, response, next) => {
    response.locals.requestId = response.getHeader('X-Request-Id');
    expectHost(request);
    next();
  });
  for (const api of apis) web.use(api);
  web.use(createHealthRoutes(ready));
  web.use(pages);
  web.use((request) => {
    throw new NotFoundError(`nothing is served at ${request.path}: SCIM begins at /scim/v2`);
  });
  web.use(createErrorBoundary(log));
  return web;
}
