import express, { type Request, type Response, type Router } from 'express';
import { type Authenticate, requireScope } from '../caller/authenticate.ts';
import { maxBodyBytes, readBody } from '../http/json/read-body.ts';
import { sendFile, sendJson } from '../http/send-answer.ts';
import { spoolUpload, type Upload } from '../http/upload/spool-upload.ts';
import { actorOfCaller } from '../caller/actor-of-caller.ts';
import type { Json } from '../base/json.ts';
import { nameCaller } from '../domain/present-call.ts';
import type { Log } from '../base/log.ts';
import type { AdminActor } from '../provisioning/admin/admin-records.ts';
import { inTurns } from '../base/cooperative.ts';
import { ScimError } from '../scim/model/scim-error.ts';
import { expectWithinLimits } from './expect-within-limits.ts';
import type { ApiDocument, DocumentedOperation } from '../operations/api-document.ts';
import type { Answer, Operation } from '../operations/operation.ts';

/** What the router is made of. */
export interface ApiRouterParts {
  readonly document: ApiDocument;
  /** By `operationId`. */
  readonly operations: Readonly<Record<string, Operation>>;
  readonly authenticate: Authenticate;
  readonly log: Log;
}

/**
 * Serves an OpenAPI document: its paths, scopes and schemas are the routes, guards and checks. What it does not know
 * passes through.
 * @throws Error where the document and the operations do not match one another
 */
export function createApiRouter({ document, operations, authenticate, log }: ApiRouterParts): Router {
  const router = express.Router();
  const readBytes = express.raw({ type: () => true, limit: maxBodyBytes });
  const unknown = Object.keys(operations).filter(
    (id) => !document.operations.some((documented) => documented.id === id),
  );
  if (unknown.length > 0) throw new Error(`openapi.json has no operation ${unknown.join(', ')}`);
  for (const path of new Set(document.operations.map((one) => one.path))) {
    const documented = document.operations.filter((one) => one.path === path);
    const route = router.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
    for (const one of documented) {
      const act = operations[one.id];
      if (act === undefined) throw new Error(`openapi.json has the operation ${one.id}, which is not implemented`);
      route[one.method as 'get' | 'post'](
        async (request: Request, response: Response, next) => {
          response.set('Cache-Control', 'no-store');
          response.locals.actor = await actorOf(one, request, response, authenticate);
          next();
        },
        (request: Request, response: Response, next) =>
          isFile(one, request) ? next() : readBytes(request, response, next),
        serve(one, act, log),
      );
    }
    route.all(() => {
      const allowed = documented
        .map(({ method }) => (method === 'get' ? 'GET, HEAD' : method.toUpperCase()))
        .join(', ');
      throw new ScimError(405, undefined, `this path takes ${allowed} only`, { Allow: allowed });
    });
  }
  return router;
}

async function actorOf(
  documented: DocumentedOperation,
  request: Request,
  response: Response,
  authenticate: Authenticate,
): Promise<AdminActor> {
  const requestId = response.locals.requestId as string;
  const { scope } = documented;
  if (scope === undefined) return { tenant: '', client: '', requestId };
  const client = await authenticate(request);
  response.locals.client = client;
  requireScope(client, scope);
  expectWithinLimits(client, documented);
  const actor = actorOfCaller(client);
  nameCaller(actor);
  return { tenant: client.tenant, client: client.name, requestId, actor, rights: client };
}

function serve(
  documented: DocumentedOperation,
  act: Operation,
  log: Log,
): (request: Request, response: Response) => Promise<void> {
  return async (request, response) => {
    const started = performance.now();
    const actor = response.locals.actor as AdminActor;
    response.once('finish', () => {
      const ms = Math.round((performance.now() - started) * 10) / 10;
      log.info(
        { requestId: actor.requestId, client: actor.client, operation: documented.id, status: response.statusCode, ms },
        'api',
      );
    });
    const params = request.params as Readonly<Record<string, string>>;
    const call = { actor, id: params['id'] ?? '', params };
    const { searchParams } = new URL(request.url, 'http://localhost');
    const answer = isFile(documented, request)
      ? await withUpload(request, (file) => {
          // What a form says beside its file is said as in a query.
          for (const [name, value] of Object.entries(file.fields)) searchParams.append(name, value);
          return act({ ...call, query: documented.readQuery(searchParams), body: undefined, file });
        })
      : await act({ ...call, query: documented.readQuery(searchParams), body: await bodyOf(documented, request) });
    response.locals.signIn = answer.signIn;
    if (answer.file !== undefined) return sendFile(request, response, answer.file);
    if (answer.body === undefined) {
      response.status(answer.status ?? 204).end();
      return;
    }
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    await sendJson(request, response, { status: answer.status ?? 200, body: answer.body as Json });
  };
}

/** JSON is a call like any other; everything else is taken for the file, whatever it is labelled. */
function isFile({ takesFile }: DocumentedOperation, { headers }: Request): boolean {
  return takesFile && !/^application\/json\b/i.test(headers['content-type'] ?? '');
}

async function withUpload(request: Request, use: (file: Upload) => Answer | Promise<Answer>): Promise<Answer> {
  const file = await spoolUpload(request);
  try {
    return await use(file);
  } finally {
    await file.done();
  }
}

async function bodyOf(documented: DocumentedOperation, { body, headers }: Request): Promise<Json | undefined> {
  return documented.readBody(Buffer.isBuffer(body) ? await inTurns(readBody(body, headers)) : undefined);
}
