import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type Request, type Response, type Router } from 'express';
import type { Log } from '../log.ts';
import type { ScimEndpoint } from '../scim/endpoint.ts';
import type { RequestContext } from '../scim/resource-handler.ts';
import type { RequestNotes } from '../scim/request-notes.ts';
import type { ScimResponse } from '../scim/scim-request.ts';
import type { Settings } from '../settings.ts';
import type { Client } from '../tenants.ts';
import { requireScope, type Authenticate } from './authenticate.ts';
import { logFailure, scimMediaType, toScimError } from './error-boundary.ts';
import { maxBodyBytes, readBody } from './read-body.ts';

/** What the SCIM routes need. */
export interface ScimRouterParts {
  readonly endpoint: ScimEndpoint;
  readonly authenticate: Authenticate;
  readonly settingsOf: (tenant: string) => Settings;
  /** Where the tenant's SCIM base is for this caller, without a slash at the end. */
  readonly baseUrlOf: (request: Request) => string;
  readonly log: Log;
}

/** Joins Express to the protocol: authenticates, reads the body, hands over a ScimRequest, writes what comes back. */
export function createScimRouter(parts: ScimRouterParts): Router {
  const router = express.Router();
  const readBytes = express.raw({ type: () => true, limit: maxBodyBytes });

  router.use(async (request: Request, response: Response, next) => {
    const client = await parts.authenticate(request.headers.authorization);
    requireScope(client, isRead(request) ? 'scim:read' : 'scim:write');
    response.locals.client = client;
    next();
  });
  router.use(readBytes, async (request: Request, response: Response) => {
    const started = performance.now();
    const answer = await answerOf(parts, request, response);
    await send(request, response, answer);
    const line = {
      requestId: response.locals.requestId as string, client: (response.locals.client as Client).name, method: request.method,
      path: request.path, status: answer.status, ms: Math.round((performance.now() - started) * 10) / 10, ...answer.log,
    };
    if (isRead(request) && answer.status < 400) parts.log.debug(line, 'scim');
    else parts.log.info(line, 'scim');
  });
  return router;
}

/** What a call is answered, errors included, so that each call has one line in the log. */
async function answerOf(parts: ScimRouterParts, request: Request, response: Response): Promise<LoggedAnswer> {
  const requestId = response.locals.requestId as string;
  const [path, query] = splitUrl(request.url);
  try {
    return await parts.endpoint.handle({
      method: request.method,
      path,
      query,
      headers: request.headers as Record<string, string | undefined>,
      body: Buffer.isBuffer(request.body) ? readBody(request.body, request.headers) : undefined,
      baseUrl: parts.baseUrlOf(request),
      context: contextOf(parts, response.locals.client as Client, query, requestId),
    });
  } catch (cause) {
    const error = toScimError(cause, () => logFailure(parts.log, requestId, cause));
    return { status: error.status, headers: error.headers, body: { ...error.body() }, log: { refusal: error.scimType ?? 'error' } };
  }
}

type LoggedAnswer = Omit<ScimResponse, 'log'> & { readonly log: RequestNotes & { readonly refusal?: string } };

function contextOf(parts: ScimRouterParts, client: Client, query: URLSearchParams, requestId: string): RequestContext {
  return {
    tenant: client.tenant,
    client: { id: client.id, name: client.name },
    profile: client.profile === 'auto' ? parts.settingsOf(client.tenant).scim.profile : client.profile,
    triggeredBy: 'scim',
    requestId,
    dryRun: query.get('dryRun')?.toLowerCase() === 'true',
  };
}

function isRead(request: Request): boolean {
  return request.method === 'GET' || request.method === 'HEAD' || /\/\.search\/?(\?|$)/i.test(request.url);
}

function splitUrl(url: string): [string, URLSearchParams] {
  const mark = url.indexOf('?');
  return mark < 0 ? [url, new URLSearchParams()] : [url.slice(0, mark), new URLSearchParams(url.slice(mark + 1))];
}

async function send(request: Request, response: Response, { status, headers, body }: LoggedAnswer): Promise<void> {
  response.status(status).set(headers);
  if (body === undefined) {
    response.end();
    return;
  }
  response.set('Content-Type', mediaTypeFor(request.headers.accept));
  if (isStream(body)) {
    if (request.method === 'HEAD') response.end();
    else await pipeline(Readable.from(body), response);
    return;
  }
  const bytes = Buffer.from(JSON.stringify(body));
  response.set('Content-Length', String(bytes.length));
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function isStream(body: ScimResponse['body']): body is AsyncIterable<string> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

/** Some clients (OneLogin) parse only what is labelled application/json, and say so in Accept. */
function mediaTypeFor(accept: string | undefined): string {
  return accept !== undefined && /application\/json/i.test(accept) && !/application\/scim\+json/i.test(accept)
    ? 'application/json; charset=utf-8'
    : scimMediaType;
}
