import type { RequestLog, RequestLogQuery } from '../request-log.ts';
import type { Settings } from '../config/settings.ts';
import { readMoment } from './read-moment.ts';
import { operation, type Operation } from './operation.ts';

type RequestsQuery = {
  readonly client?: string;
  readonly status?: string;
  readonly since?: string;
  readonly path?: string;
  readonly count: number;
  readonly cursor?: string;
};

/**
 * The SCIM calls of the caller's tenant, the newest first.
 * @param settingsOf whose time zone a day is local to
 * @param flush files what this process has not filed yet, so that a call is seen as soon as it is answered
 */
export function requestLogOperation(
  requests: RequestLog,
  flush: () => Promise<void>,
  settingsOf: (tenant: string) => Settings,
): Operation {
  return operation<unknown, RequestsQuery>(async ({ actor, query }) => {
    await flush();
    const { entries, next } = await requests.list(logQuery(actor.tenant, query, settingsOf(actor.tenant)));
    return {
      body: { requests: entries, nextCursor: next === undefined ? undefined : Buffer.from(next).toString('base64url') },
    };
  });
}

function logQuery(
  tenant: string,
  { client, status, since, path, count, cursor }: RequestsQuery,
  { timezone }: Settings,
): RequestLogQuery {
  return {
    tenant,
    count,
    ...(client === undefined ? {} : { client }),
    ...(status === undefined ? {} : { status: statusRange(status) }),
    ...(since === undefined ? {} : { since: readMoment('since', since, timezone).toISOString() }),
    ...(path === undefined ? {} : { path }),
    ...(cursor === undefined ? {} : { after: Buffer.from(cursor, 'base64url').toString('utf8') }),
  };
}

/** `409` is itself, `4xx` the whole hundred. */
function statusRange(status: string): NonNullable<RequestLogQuery['status']> {
  if (/^\d+$/.test(status)) return { from: Number(status), to: Number(status) };
  const hundreds = Number(status.charAt(0)) * 100;
  return { from: hundreds, to: hundreds + 99 };
}
