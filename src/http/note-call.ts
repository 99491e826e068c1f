import type { Clock } from '../base/clock.ts';
import type { Json } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import type { RequestNotes, SkippedMembers } from '../scim/model/request-notes.ts';
import type { ScimError } from '../scim/model/scim-error.ts';
import type { ScimResponse } from '../scim/port/scim-request.ts';
import type { Settings } from '../config/settings.ts';
import type { Client } from '../domain/client.ts';
import type { HideSecrets } from './calls/hide-secrets.ts';
import { loggedAttributePath, loggedPath } from './calls/logged-path.ts';
import { hidePresented, presentedSecrets } from './calls/presented-secrets.ts';
import { requestEntry, type CallBodies } from './calls/request-entry.ts';
import { type RefusedCall, refusedCall, refusedPart } from './calls/refusals.ts';
import type { RequestRecorder } from './calls/request-recorder.ts';
import { isStream } from './send-answer.ts';

/** Operations that a line of the log tells of, and characters of a path. */
const mostLogged = 100;
const longestLogged = 500;

/** A call that is known by its client. */
export interface KnownCall {
  readonly id: string;
  readonly client: Client;
  readonly method: string;
  /** Below the SCIM base. */
  readonly path: string;
  readonly query: string;
  /** The field that it proved its client with; it is in none of the logs, not even where the call repeats it. */
  readonly authorization: string | undefined;
  readonly isRead: boolean;
  /** Where it comes from; empty where the connection is gone. */
  readonly address: string;
  /** What `performance.now()` said when it came. */
  readonly arrived: number;
}

/** What a call is answered, with what the logs tell of it. */
export interface Answer extends Omit<ScimResponse, 'log'> {
  readonly notes: RequestNotes;
  readonly error?: ScimError;
  /** The body as it came, where it could be read, and its size in bytes. */
  readonly received?: { readonly value: Json; readonly bytes: number };
}

/** What notes are made with. */
export interface NoteParts {
  readonly settingsOf: (tenant: string) => Settings;
  readonly clock: Clock;
  readonly log: Log;
  readonly recorder: RequestRecorder;
  /** Where the audit is told of calls that would have changed something. */
  readonly trail?: { note(note: RefusedCall): void };
  readonly hideSecrets: HideSecrets;
}

/**
 * Gives a call that has been answered its one line in the log and its one entry in the request log.
 * @param bytes how many the body of the answer has; undefined where it has none or was streamed
 */
export function noteCall(
  { log, clock, recorder, trail, hideSecrets: hideAll, settingsOf }: NoteParts,
  call: KnownCall,
  answer: Answer,
  bytes: number | undefined,
): void {
  const { id, client, method } = call;
  const isQuiet = call.isRead && answer.status < 400;
  const level = isQuiet ? 'debug' : 'info';
  const { reads, bodies } = settingsOf(client.tenant).requestLog;
  // Most calls are reads that no log tells of.
  if (isQuiet && !reads && !log.isLevelEnabled(level)) return;
  const secrets = presentedSecrets(call.authorization);
  // Before anything is cut: the first half of a token would not be known for one.
  const [path, query] = [hidePresented(call.path, secrets), hidePresented(call.query, secrets)];
  // Of a read that is answered, path and query are all that a log tells of what it said.
  const hideSecrets = isQuiet && !bodies ? hideAll : hideAll.presenting(secrets);
  const { status, notes, error } = answer;
  const ms = Math.round((performance.now() - call.arrived) * 10) / 10;
  if (log.isLevelEnabled(level)) {
    const operations = notes.operations
      ?.slice(0, mostLogged)
      .map((operation) =>
        operation.path === undefined
          ? operation
          : { ...operation, path: loggedAttributePath(hideSecrets.text(operation.path.slice(0, longestLogged))) },
      );
    log[level](
      {
        requestId: id,
        client: client.name,
        method,
        path: loggedPath(hideSecrets.path(path.slice(0, longestLogged))),
        status,
        ms,
        ...notes,
        ...(operations === undefined ? {} : { operations }),
        ...(error === undefined ? {} : { refusal: error.scimType ?? 'error' }),
      },
      'scim',
    );
  }
  const skipped = notes.skippedMembers;
  if (!call.isRead && (error !== undefined || skipped !== undefined)) {
    const refused = {
      tenant: client.tenant,
      requestId: id,
      method,
      path: hideSecrets.path(path.slice(0, longestLogged)),
      status,
      address: call.address,
      client,
    };
    const told =
      error === undefined
        ? refusedPart({ ...refused, reason: skipped === undefined ? '' : skippedInWords(skipped) })
        : refusedCall({ ...refused, reason: hideSecrets.prose(error.message).slice(0, longestLogged) });
    if (told !== undefined) trail?.note(told);
  }
  if (isQuiet && !reads) return;
  recorder.record(
    requestEntry(
      {
        id,
        tenant: client.tenant,
        at: new Date(clock.now().getTime() - ms).toISOString(),
        client: { id: client.id, name: client.name },
        method,
        path,
        query,
        status,
        ms,
        error,
        notes,
      },
      hideSecrets,
      bodies ? bodiesOf(answer, bytes) : undefined,
    ),
  );
}

function skippedInWords({ count, ids }: SkippedMembers): string {
  const more = count > ids.length ? ` and ${count - ids.length} more` : '';
  return `These members do not exist and were skipped: ${ids.map((id) => `"${id}"`).join(', ')}${more}.`;
}

/** What is streamed is too large to keep. */
function bodiesOf({ received, body }: Answer, bytes = Infinity): CallBodies {
  return {
    ...(received === undefined ? {} : { request: received }),
    ...(body === undefined
      ? {}
      : { response: isStream(body) ? { value: null, bytes: Infinity } : { value: body, bytes } }),
  };
}
