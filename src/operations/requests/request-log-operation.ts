import type { EventOfRequest } from '../../history/events-of-request.ts';
import type { RequestLog, RequestLogEntry, RequestLogQuery } from '../../domain/request-log.ts';
import { ConflictError, NotFoundError } from '../../scim/model/scim-error.ts';
import { findRequest } from '../people/people-lookups.ts';
import { explainRequest } from './request-explanation.ts';
import type { Settings } from '../../config/settings.ts';
import { readMoment } from '../read-moment.ts';
import { operation, type Operation } from '../operation.ts';

type RequestsQuery = {
  readonly client?: string;
  readonly status?: string;
  readonly since?: string;
  readonly path?: string;
  readonly count: number;
  readonly cursor?: string;
};

/** What the operations work with. */
export interface RequestLogParts {
  readonly requests: Pick<RequestLog, 'list'>;
  /** Files what this process has not filed yet, so that a call is seen as soon as it is answered. */
  readonly flush: () => Promise<void>;
  /** What the audit tells of a call: its events with the messages that they led to. */
  readonly eventsOf: (tenant: string, requestId: string) => Promise<readonly EventOfRequest[]>;
  /** Whose time zone a day is local to. */
  readonly settingsOf: (tenant: string) => Settings;
  /** Works a call out once more, and stores and sends nothing. */
  readonly replay: (tenant: string, entry: RequestLogEntry) => Promise<ReplayAnswer>;
}

/** What a call would come to now. */
export interface ReplayAnswer {
  readonly status: number;
  readonly detail?: string | undefined;
  readonly body?: unknown;
}

/** The SCIM calls of the caller's tenant: lists, the newest first, one call explained, and the same as a dry run. */
export function requestLogOperations({
  requests,
  flush,
  eventsOf,
  settingsOf,
  replay,
}: RequestLogParts): Readonly<Record<string, Operation>> {
  const entryOf = async (tenant: string, id: string): Promise<RequestLogEntry> => {
    await flush();
    const entry = await findRequest(requests, tenant, id);
    if (entry === undefined) throw new NotFoundError(`The request log has no call with id "${id.slice(0, 100)}".`);
    return entry;
  };
  return {
    listRequests: operation<unknown, RequestsQuery>(async ({ actor, query }) => {
      await flush();
      const { entries, next } = await requests.list(logQuery(actor.tenant, query, settingsOf(actor.tenant)));
      return {
        body: {
          requests: entries.map((entry) => ({ ...entry, explanation: explainRequest(entry) })),
          nextCursor: next === undefined ? undefined : Buffer.from(next).toString('base64url'),
        },
      };
    }),
    getRequest: operation(async ({ actor: { tenant }, id }) => {
      const entry = await entryOf(tenant, id);
      return { body: { ...entry, explanation: explainRequest(entry), events: await eventsOf(tenant, entry.id) } };
    }),
    replayRequest: operation(async ({ actor: { tenant }, id }) => {
      const entry = await entryOf(tenant, id);
      if (entry.outcome !== undefined && entry.client === undefined)
        throw new ConflictError('The call was turned away before it was read: there is nothing to try again.');
      const needsBody = ['POST', 'PUT', 'PATCH'].includes(entry.method);
      if (needsBody && entry.bodies?.request === undefined)
        throw new ConflictError(
          'The body of this call was not kept, so it cannot be tried again. Set requestLog.bodies to true '
            + 'to keep bodies.',
        );
      return { body: await replay(tenant, entry) };
    }),
  };
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

/** `409` is itself, `4xx` the whole hundred, `failed` whatever was refused or went wrong. */
function statusRange(status: string): NonNullable<RequestLogQuery['status']> {
  if (status === 'failed') return { from: 400, to: 599 };
  if (/^\d+$/.test(status)) return { from: Number(status), to: Number(status) };
  const hundreds = Number(status.charAt(0)) * 100;
  return { from: hundreds, to: hundreds + 99 };
}
