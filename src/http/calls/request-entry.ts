import { isJsonObject, type Json } from '../../base/json.ts';
import { JsonText } from '../../base/json-text.ts';
import type { LoggedOperation, RequestLogEntry } from '../../domain/request-log.ts';
import type { OperationNote, RequestNotes } from '../../scim/model/request-notes.ts';
import type { ScimError } from '../../scim/model/scim-error.ts';
import type { HideSecrets } from './hide-secrets.ts';

/** A call that has been answered. */
export interface AnsweredCall extends Pick<
  RequestLogEntry,
  'id' | 'tenant' | 'at' | 'method' | 'path' | 'status' | 'ms'
> {
  readonly client: NonNullable<RequestLogEntry['client']>;
  /** Without the question mark; empty where there was none. */
  readonly query: string;
  readonly error: ScimError | undefined;
  readonly notes: RequestNotes;
}

/** What was sent and answered, with its size on the wire. */
export interface CallBodies {
  readonly request?: { readonly value: Json; readonly bytes: number };
  readonly response?: { readonly value: Json | JsonText; readonly bytes: number };
}

const mostOperations = 100;
const longestText = 2000;

/** The largest body that is kept, in bytes. */
const largestBody = 16 * 1024;

/**
 * What the request log keeps of a call, bounded and without secrets.
 * @param bodies only where the tenant keeps them
 */
export function requestEntry(call: AnsweredCall, hide: HideSecrets, bodies?: CallBodies): RequestLogEntry {
  const {
    id,
    tenant,
    at,
    client,
    method,
    path,
    query,
    status,
    ms,
    error,
    notes: { rules = [], operations = [], dropped = [], skippedMembers },
  } = call;
  // Every call passes here, and most have nothing but this: no object is made for what is absent.
  const entry: { -readonly [Key in keyof RequestLogEntry]: RequestLogEntry[Key] } = {
    id,
    tenant,
    at,
    client,
    method,
    path: hide.path(path.slice(0, longestText)),
    status,
    ms,
  };
  if (query !== '') entry.query = hide.query(query.slice(0, 2 * longestText)).slice(0, longestText);
  if (error?.scimType !== undefined) entry.scimType = error.scimType;
  if (error !== undefined) entry.detail = shownDetail(error, query, entry.query ?? '', hide);
  if (rules.length > 0) entry.rules = rules;
  if (operations.length > 0)
    entry.operations = operations.slice(0, mostOperations).map((operation) => loggedOperation(operation, hide));
  if (skippedMembers !== undefined) entry.skippedMembers = skippedMembers;
  if (dropped.length > 0) entry.dropped = dropped.slice(0, mostOperations);
  if (bodies !== undefined) entry.bodies = keptBodies(bodies, hide, entry.detail);
  return entry;
}

/**
 * The detail of a malformed filter quotes the text at the fault: the quote is left out when the filter holds a secret,
 * or came in a body.
 */
function shownDetail(error: ScimError, query: string, shownQuery: string, hide: HideSecrets): string {
  const detail = hide.prose(error.message.slice(0, 2 * longestText)).slice(0, longestText);
  const mayRepeat = error.scimType === 'invalidFilter' && (query.slice(0, longestText) !== shownQuery || query === '');
  return mayRepeat ? `${detail.split(':', 1)[0]}.` : detail;
}

/** A path is cut before it is searched for secrets: a thousand characters more would be searched for nothing. */
function loggedOperation({ op, path, outcome, rules = [] }: OperationNote, hide: HideSecrets): LoggedOperation {
  return {
    op,
    ...(path === undefined ? {} : { path: hide.text(path.slice(0, longestText)) }),
    outcome,
    ...(rules.length === 0 ? {} : { rules }),
  };
}

/** @param detail of the error that was answered, as it is shown: the answer has the same words */
function keptBodies(
  { request, response }: CallBodies,
  hide: HideSecrets,
  detail: string | undefined,
): NonNullable<RequestLogEntry['bodies']> {
  const answered = response === undefined ? undefined : keptBody(response, hide);
  return {
    ...(request === undefined ? {} : { request: keptBody(request, hide) }),
    ...(answered === undefined
      ? {}
      : { response: detail !== undefined && isJsonObject(answered) ? { ...answered, detail } : answered }),
  };
}

function keptBody({ value, bytes }: NonNullable<CallBodies['response']>, hide: HideSecrets): Json {
  if (bytes > largestBody) return '(too large to be kept)';
  return hide.body(value instanceof JsonText ? value.parse() : value);
}
