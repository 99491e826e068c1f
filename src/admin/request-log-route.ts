import express, { type Router } from 'express';
import type { RequestLog, RequestLogQuery } from '../request-log.ts';
import { InvalidValueError, ScimError } from '../scim/scim-error.ts';
import { adminOf } from './authenticate-admin.ts';

const defaultCount = 100;
const mostCount = 1000;

const parameters: readonly string[] = ['client', 'status', 'since', 'path', 'count', 'cursor'];

/**
 * `GET /`: the SCIM calls of the caller's tenant, the newest first, as `{requests: […], nextCursor}`. Wants `authenticateAdmin` before it.
 * `client` is an id or name; `status` a number such as `409` or a class such as `4xx`; `since` a date and time; `path` what the path
 * begins with, below the SCIM base; `count` up to 1000; `cursor` the `nextCursor` of the page before.
 * @param flush files what this process has not filed yet, so that a call is seen as soon as it is answered
 */
export function createRequestLogRoute(requests: RequestLog, flush: () => Promise<void>): Router {
  const router = express.Router();
  router.get('/', async (request, response) => {
    const { searchParams } = new URL(request.url, 'http://localhost');
    const query = readQuery(searchParams, adminOf(response).tenant);
    await flush();
    const { entries, next } = await requests.list(query);
    response.json({ requests: entries, ...(next === undefined ? {} : { nextCursor: Buffer.from(next).toString('base64url') }) });
  });
  router.all('/', () => {
    throw new ScimError(405, undefined, 'the request log can be read, with GET, and nothing else', { Allow: 'GET, HEAD' });
  });
  return router;
}

function readQuery(query: URLSearchParams, tenant: string): RequestLogQuery {
  const unknown = [...query.keys()].find((name) => !parameters.includes(name));
  if (unknown !== undefined) throw new InvalidValueError(`'${unknown.slice(0, 50)}' is no parameter here: there are ${parameters.join(', ')}`);
  const [client, status, since, path, count, cursor] = parameters.map((name) => query.get(name) ?? undefined);
  return {
    tenant,
    ...(client === undefined ? {} : { client }),
    ...(status === undefined ? {} : { status: readStatus(status) }),
    ...(since === undefined ? {} : { since: readMoment(since) }),
    ...(path === undefined ? {} : { path }),
    count: count === undefined ? defaultCount : readCount(count),
    ...(cursor === undefined ? {} : { after: Buffer.from(cursor, 'base64url').toString('utf8') }),
  };
}

function readStatus(text: string): NonNullable<RequestLogQuery['status']> {
  const [, first, rest] = /^([1-5])(\d\d|xx)$/i.exec(text) ?? [];
  if (first === undefined || rest === undefined) throw new InvalidValueError('status must be a number such as 409 or a class such as 4xx');
  const hundreds = Number(first) * 100;
  return /\d/.test(rest) ? { from: hundreds + Number(rest), to: hundreds + Number(rest) } : { from: hundreds, to: hundreds + 99 };
}

function readMoment(text: string): string {
  const moment = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(moment)) throw new InvalidValueError('since must be a date, or a date and time with an offset, such as 2031-05-06T07:08:09Z');
  return new Date(moment).toISOString();
}

function readCount(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > mostCount) throw new InvalidValueError(`count must be a whole number from 1 to ${mostCount}`);
  return count;
}
