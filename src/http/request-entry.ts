import type { Json } from '../json.ts';
import type { LoggedOperation, RequestLogEntry } from '../request-log.ts';
import type { OperationNote, RequestNotes } from '../scim/request-notes.ts';
import type { ScimError } from '../scim/scim-error.ts';
import type { HideSecrets } from './hide-secrets.ts';

/** A call that has been answered. */
export interface AnsweredCall extends Pick<RequestLogEntry, 'id' | 'tenant' | 'at' | 'client' | 'method' | 'path' | 'status' | 'ms'> {
  /** Without the question mark; empty where there was none. */
  readonly query: string;
  readonly error: ScimError | undefined;
  readonly notes: RequestNotes;
}

/** What was sent and answered, with its size on the wire. */
export interface CallBodies {
  readonly request?: { readonly value: Json; readonly bytes: number };
  readonly response?: { readonly value: Json; readonly bytes: number };
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
  const { query, error, notes: { rules = [], operations = [], dropped = [] }, ...rest } = call;
  return {
    ...rest,
    path: rest.path.slice(0, longestText),
    ...(query === '' ? {} : { query: hide.query(query).slice(0, longestText) }),
    ...(error?.scimType === undefined ? {} : { scimType: error.scimType }),
    ...(error === undefined ? {} : { detail: error.message.slice(0, longestText) }),
    ...(rules.length === 0 ? {} : { rules }),
    ...(operations.length === 0 ? {} : { operations: operations.slice(0, mostOperations).map((operation) => loggedOperation(operation, hide)) }),
    ...(dropped.length === 0 ? {} : { dropped: dropped.slice(0, mostOperations) }),
    ...(bodies === undefined ? {} : { bodies: keptBodies(bodies, hide) }),
  };
}

function loggedOperation({ op, path, outcome, rules = [] }: OperationNote, hide: HideSecrets): LoggedOperation {
  return {
    op,
    ...(path === undefined ? {} : { path: hide.text(path).slice(0, longestText) }),
    outcome,
    ...(rules.length === 0 ? {} : { rules }),
  };
}

function keptBodies({ request, response }: CallBodies, hide: HideSecrets): NonNullable<RequestLogEntry['bodies']> {
  return {
    ...(request === undefined ? {} : { request: keptBody(request, hide) }),
    ...(response === undefined ? {} : { response: keptBody(response, hide) }),
  };
}

function keptBody({ value, bytes }: NonNullable<CallBodies['request']>, hide: HideSecrets): Json {
  return bytes > largestBody ? '(too large to be kept)' : hide.body(value);
}
