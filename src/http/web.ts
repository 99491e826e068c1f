import express, { type Express, type RequestHandler, type Router } from 'express';
import { addressOf, type IsTrustedHop } from '../caller/address-of.ts';
import { UnauthorizedError } from '../caller/authenticate.ts';
import type { Log } from '../base/log.ts';
import { beginCall, onBehalfOf } from '../domain/present-call.ts';
import { callOf } from './call-of.ts';
import { NotFoundError } from '../scim/model/scim-error.ts';
import type { Client } from '../domain/client.ts';
import type { NoteRefusal } from './calls/refusals.ts';
import { createErrorBoundary } from './error-boundary.ts';
import { expectHost } from './expect-host.ts';
import { createHealthRoutes } from './health.ts';
import { outcomeOf } from './outcome-of.ts';
import { tenantOfRequest } from '../tenancy/request-tenant.ts';
import { splitUrl } from './calls/split-url.ts';

/** Characters of a path that an error repeats. */
const longestTold = 200;

/** What the log tells of it: the path has a place of its own there, where what looks like a secret is hidden. */
const notServed = 'nothing is served there: SCIM begins at /scim/v2';

/** The parts that Express serves. */
export interface WebParts {
  /** Routers that know their own whole paths, such as those of an OpenAPI document. */
  readonly apis: readonly Router[];
  /** The hosted pages, served at the root. */
  readonly pages: Router;
  readonly ready: () => Promise<void>;
  /** Whether an address belongs to a proxy whose X-Forwarded-For is believed. */
  readonly isTrustedHop: IsTrustedHop;
  readonly noteRefusal: NoteRefusal;
  readonly log: Log;
}

/**
 * What a route leaves in `response.locals` for the log of what was turned away: `client`, where one has proved who it
 * is; `signIn`, where a person's sign-in failed; `error`, where the error boundary answered.
 */
interface Left {
  readonly requestId: string;
  readonly client?: Client;
  readonly signIn?: { readonly outcome: string; readonly name: string };
  readonly error?: unknown;
}

/** Puts the JSON APIs, the hooks, the health checks and the pages behind one Express application. */
export function createWeb({ apis, pages, isTrustedHop, ready, noteRefusal, log }: WebParts): Express {
  const web = express();
  web.disable('x-powered-by');
  web.disable('etag');
  web.set('query parser', false);
  web.set('trust proxy', isTrustedHop);
  web.use((request, response, next) => {
    response.locals.requestId = response.getHeader('X-Request-Id');
    // Express would take what a proxy wrote as it is, with a port.
    Object.defineProperty(request, 'ip', { value: addressOf(request, isTrustedHop) || undefined });
    next();
  });
  web.use(notesRefusals(isTrustedHop, noteRefusal));
  web.use((request, _response, next) => {
    expectHost(request);
    next();
  });
  web.use(createHealthRoutes(ready));
  // The audit of every write below tells from where it was asked for.
  web.use((request, response, next) => {
    response.once('close', beginCall());
    onBehalfOf(callOf(request, String(response.locals.requestId), addressOf(request, isTrustedHop)), next);
  });
  for (const api of apis) web.use(api);
  web.use(pages);
  web.use((request, response) => {
    response.locals.notServed = true;
    throw new NotFoundError(`nothing is served at ${request.path.slice(0, longestTold)}: SCIM begins at /scim/v2`);
  });
  web.use(createErrorBoundary(log));
  return web;
}

/** Sees every answer, so that no route can turn anybody away without a trace. */
function notesRefusals(isTrustedHop: IsTrustedHop, noteRefusal: NoteRefusal): RequestHandler {
  return (request, response, next) => {
    const arrived = performance.now();
    // Read while the connection is open: afterwards the address of the request is unknown.
    const address = addressOf(request, isTrustedHop);
    const [path, query] = splitUrl(request.originalUrl);
    response.once('finish', () => {
      const status = response.statusCode;
      const { requestId, client, signIn, error } = response.locals as Left;
      // A probe of readiness is answered 503 by design.
      if (signIn === undefined && (status < 400 || path === '/readyz')) return;
      const outcome = signIn?.outcome ?? outcomeOf(status, error, response.locals.notServed === true);
      const isCall = error instanceof Error && ['notServed', 'forbidden', 'tooMany'].includes(outcome);
      noteRefusal({
        requestId,
        tenant: tenantOfRequest(request),
        method: request.method,
        path,
        query,
        status,
        ms: Math.round((performance.now() - arrived) * 10) / 10,
        address,
        authorization: request.headers.authorization,
        outcome,
        client: client ?? (error instanceof UnauthorizedError ? error.client : undefined),
        ...(signIn === undefined ? {} : { name: signIn.name }),
        ...(error instanceof UnauthorizedError ? { tokenEnd: error.tokenEnd } : {}),
        ...(isCall || error instanceof UnauthorizedError
          ? { detail: response.locals.notServed === true ? notServed : error.message }
          : {}),
      });
    });
    next();
  };
}
