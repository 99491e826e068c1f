import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import type { Clock } from '../clock.ts';
import type { Json } from '../json.ts';
import type { Log } from '../log.ts';
import type { ScimEndpoint } from '../scim/endpoint.ts';
import { inTurns } from '../scim/in-turns.ts';
import type { RequestContext } from '../scim/resource-handler.ts';
import type { RequestNotes } from '../scim/request-notes.ts';
import type { ScimError } from '../scim/scim-error.ts';
import type { ScimResponse } from '../scim/scim-request.ts';
import type { Settings } from '../settings.ts';
import type { Client } from '../tenants.ts';
import { requireScope, type Authenticate } from './authenticate.ts';
import { logFailure, scimMediaType, toScimError } from './error-boundary.ts';
import type { HideSecrets } from './hide-secrets.ts';
import { jsonTextSteps } from './json-text.ts';
import { Places } from './places.ts';
import { maxBodyBytes, readBody } from './read-body.ts';
import { requestEntry, type CallBodies } from './request-entry.ts';
import type { RequestRecorder } from './request-recorder.ts';

/** Operations that a line of the log tells of, and characters of a path. */
const mostLogged = 100;
const longestLogged = 500;

/** Bytes from which a body takes much more memory read than it did unread, and how many such are worked at together. */
const largeBytes = 1024 * 1024;
const mostLarge = 8;

/** What the SCIM routes need. */
export interface ScimRouterParts {
  readonly endpoint: ScimEndpoint;
  readonly authenticate: Authenticate;
  readonly settingsOf: (tenant: string) => Settings;
  /** Where the tenant's SCIM base is for this caller, without a slash at the end. */
  readonly baseUrlOf: (request: Request) => string;
  readonly clock: Clock;
  readonly log: Log;
  readonly recorder: RequestRecorder;
  readonly hideSecrets: HideSecrets;
}

/** Joins Express to the protocol: authenticates, reads the body, hands over a ScimRequest, writes what comes back. */
export function createScimRouter(parts: ScimRouterParts): Router {
  const router = express.Router();
  const readBytes = express.raw({ type: () => true, limit: maxBodyBytes });
  const large = new Places(mostLarge);

  router.use(async (request: Request, response: Response, next) => {
    response.locals.arrived = performance.now();
    const client = await parts.authenticate(request.headers.authorization);
    response.locals.client = client;
    requireScope(client, isRead(request) ? 'scim:read' : 'scim:write');
    next();
  });
  router.use(readBytes, async (request: Request, response: Response) => {
    const work = (): Promise<Answer> => answerOf(parts, request, response);
    const isLarge = Buffer.isBuffer(request.body) && request.body.length > largeBytes;
    await conclude(parts, request, response, await (isLarge ? large.run(work) : work()));
  });
  // What goes wrong before the protocol is asked, such as a body that is too large, is a call of the client's too.
  router.use(async (cause: unknown, request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent || response.locals.client === undefined) next(cause);
    else await conclude(parts, request, response, refusalOf(parts, response, cause, undefined));
  });
  return router;
}

/** What a call is answered, with what the logs tell of it. */
interface Answer extends Omit<ScimResponse, 'log'> {
  readonly notes: RequestNotes;
  readonly error?: ScimError;
  /** The body as it came, where it could be read. */
  readonly received?: Json;
}

async function answerOf(parts: ScimRouterParts, request: Request, response: Response): Promise<Answer> {
  const [path, queryText] = splitUrl(request.url);
  const query = new URLSearchParams(queryText);
  let body: Json | undefined;
  try {
    body = Buffer.isBuffer(request.body) ? await inTurns(readBody(request.body, request.headers)) : undefined;
    const { log, ...answer } = await parts.endpoint.handle({
      method: request.method,
      path,
      query,
      headers: request.headers as Record<string, string | undefined>,
      body,
      baseUrl: parts.baseUrlOf(request),
      context: contextOf(parts, response.locals.client as Client, query, response.locals.requestId as string),
    });
    return { ...answer, notes: log, received: body };
  } catch (cause) {
    return refusalOf(parts, response, cause, body);
  }
}

function refusalOf({ log }: ScimRouterParts, response: Response, cause: unknown, received: Json | undefined): Answer {
  const error = toScimError(cause, () => logFailure(log, response.locals.requestId as string, cause));
  return { status: error.status, headers: error.headers, body: { ...error.body() }, notes: error.notes, error, received };
}

/** Sends the answer, and gives the call its one line in the log and its one entry in the request log. */
async function conclude(parts: ScimRouterParts, request: Request, response: Response, answer: Answer): Promise<void> {
  try {
    await send(request, response, answer);
  } finally {
    if (response.headersSent) note(parts, request, response, answer);
  }
}

function note({ log, clock, recorder, hideSecrets, settingsOf }: ScimRouterParts, request: Request, response: Response, answer: Answer): void {
  const { requestId: id, client, arrived } = response.locals as { requestId: string; client: Client; arrived: number };
  const { status, notes, error } = answer;
  const ms = Math.round((performance.now() - arrived) * 10) / 10;
  const isQuiet = isRead(request) && status < 400;
  const operations = notes.operations?.slice(0, mostLogged)
    .map((operation) => (operation.path === undefined ? operation : { ...operation, path: hideSecrets.text(operation.path.slice(0, longestLogged)) }));
  log[isQuiet ? 'debug' : 'info'](
    {
      requestId: id, client: client.name, method: request.method, path: request.path, status, ms, ...notes, ...(operations === undefined ? {} : { operations }),
      ...(error === undefined ? {} : { refusal: error.scimType ?? 'error' }),
    }, 'scim');
  const { reads, bodies } = settingsOf(client.tenant).requestLog;
  if (isQuiet && !reads) return;
  const [path, query] = splitUrl(request.url);
  recorder.record(requestEntry({
    id, tenant: client.tenant, at: new Date(clock.now().getTime() - ms).toISOString(), client: { id: client.id, name: client.name },
    method: request.method, path, query, status, ms, error, notes,
  }, hideSecrets, bodies ? bodiesOf(request, response, answer) : undefined));
}

function bodiesOf(request: Request, response: Response, { received, body }: Answer): CallBodies {
  const size = Number(response.getHeader('Content-Length'));
  return {
    ...(received === undefined ? {} : { request: { value: received, bytes: (request.body as Buffer).length } }),
    // What is streamed has no length, and is too large to keep.
    ...(body === undefined ? {} : { response: isStream(body) ? { value: null, bytes: Infinity } : { value: body, bytes: size } }),
  };
}

function contextOf(parts: ScimRouterParts, client: Client, query: URLSearchParams, requestId: string): RequestContext {
  return {
    tenant: client.tenant,
    client: { id: client.id, name: client.name, me: client.me },
    profile: client.profile === 'auto' ? parts.settingsOf(client.tenant).scim.profile : client.profile,
    triggeredBy: 'scim',
    requestId,
    dryRun: query.get('dryRun')?.toLowerCase() === 'true',
  };
}

function isRead(request: Request): boolean {
  return request.method === 'GET' || request.method === 'HEAD' || /\/\.search\/?(\?|$)/i.test(request.url);
}

function splitUrl(url: string): [path: string, query: string] {
  // What is sent to a proxy, and by some through one, names the whole address (RFC 9112 §3.2.2).
  const target = url.replace(/^https?:\/\/[^/?]*/i, '');
  const mark = target.indexOf('?');
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

async function send(request: Request, response: Response, { status, headers, body }: Answer): Promise<void> {
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  response.setHeader('Content-Type', mediaTypeFor(request.headers.accept));
  if (isStream(body)) {
    response.writeHead(status, headers);
    if (request.method === 'HEAD') response.end();
    else await flow(body, response);
    return;
  }
  const { pieces, bytes } = await inTurns(jsonTextSteps(body));
  response.setHeader('Content-Length', bytes);
  response.writeHead(status, headers);
  // A text leaves in one piece with the header fields; bytes would be a second one.
  if (request.method === 'HEAD') response.end();
  else if (pieces.length === 1) response.end(pieces[0]);
  else await flow(pieces, response);
}

/** Writes piece by piece, as fast as the client reads; one that goes away in the middle is no fault of anybody's. */
async function flow(pieces: AsyncIterable<string> | Iterable<string>, response: Response): Promise<void> {
  await pipeline(Readable.from(pieces), response).catch((cause: unknown) => {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ERR_STREAM_PREMATURE_CLOSE')) throw cause;
  });
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
