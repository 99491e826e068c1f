import express, { type Express, type Router } from 'express';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { InvalidSyntaxError, NotFoundError } from '../scim/scim-error.ts';
import { createErrorBoundary } from './error-boundary.ts';
import { createHealthRoutes } from './health.ts';

/** What the application is made of. */
export interface AppParts {
  /** Served below `/scim/v2`. */
  readonly scim: Router;
  /** Routers that know their own whole paths, such as those of an OpenAPI document. */
  readonly apis: readonly Router[];
  /** The hosted pages, served at the root. */
  readonly pages: Router;
  readonly ready: () => Promise<void>;
  /** Addresses and CIDR ranges whose X-Forwarded-For is believed. */
  readonly trustProxy: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Puts the rooms that speak HTTP behind one Express application. */
export function createApp(parts: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.set('trust proxy', parts.trustProxy.length > 0 ? [...parts.trustProxy] : false);
  app.use((request, response, next) => {
    response.locals.requestId = parts.clock.newId();
    response.setHeader('X-Request-Id', response.locals.requestId as string);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    // Node would answer this itself, without a body (RFC 9112 §3.2).
    if (request.headers.host === undefined && request.httpVersion === '1.1') throw new InvalidSyntaxError('the header field Host is missing: HTTP/1.1 requires it');
    next();
  });
  app.use('/scim/v2', parts.scim);
  for (const api of parts.apis) app.use(api);
  app.use(createHealthRoutes(parts.ready));
  app.use(parts.pages);
  app.use((request) => {
    throw new NotFoundError(`nothing is served at ${request.path}: SCIM begins at /scim/v2`);
  });
  app.use(createErrorBoundary(parts.log));
  return app;
}
