import type { HeaderRow } from './common-headers.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isRead } from '../scim/endpoint/route.ts';
import type { Caller } from '../domain/client.ts';
import { addressOf } from '../caller/address-of.ts';
import type { CallRates } from '../caller/call-rates.ts';
import { requireActive, requireScope, UnauthorizedError, type Authenticate } from '../caller/authenticate.ts';
import type { NoteRefusal } from './calls/refusals.ts';
import { outcomeOf } from './outcome-of.ts';
import { logFailure } from './error-boundary.ts';
import { expectHost } from './expect-host.ts';
import { noteCall, type Answer, type NoteParts } from './note-call.ts';
import { FairTurns } from './calls/fair-turns.ts';
import { Semaphore } from '../base/semaphore.ts';
import { soon, soonOr, type Soon } from '../base/soon.ts';
import { requestBytes } from './request-bytes.ts';
import { unclearDryRun, wantsDryRun } from '../scim/port/dry-run.ts';
import { tenantOfRequest } from '../tenancy/request-tenant.ts';
import {
  answerOf,
  readsAudit,
  refusalOf,
  type AskedCall,
  type Call,
  type ReadCall,
  type ScimAnswerParts,
} from './scim-answer.ts';
import { sendAnswer } from './send-answer.ts';

/** Bytes from which a body takes much more memory read than it did unread, and how many such are worked at together. */
const largeBytes = 1024 * 1024;
const mostLarge = 8;

/** Calls that are worked at together, and those of one tenant: enough for the store to write many in one go. */
const mostAtOnce = 128;
const mostOfTenant = 96;

/** What the SCIM calls need. */
export interface ScimListenerParts extends NoteParts, ScimAnswerParts {
  readonly authenticate: Authenticate;
  readonly noteRefusal: NoteRefusal;
  readonly rates: Pick<CallRates, 'countCall'>;
}

/** A call with what its answer needs. */
export interface IncomingCall extends Call {
  /** The header fields of every answer. */
  readonly headers: HeaderRow;
  /** To be called when the call is over. */
  readonly end: () => void;
}

/** Answers a SCIM call, whatever becomes of it. */
export type ScimListener = (request: IncomingMessage, response: ServerResponse, call: IncomingCall) => void;

/**
 * Joins Node's HTTP server to the protocol: authenticates, reads the body, hands over a ScimRequest, writes what
 * comes back.
 */
export function createScimListener(parts: ScimListenerParts): ScimListener {
  const large = new Semaphore(mostLarge);
  const turns = new FairTurns(mostAtOnce, mostOfTenant);
  return (request, response, call) => {
    const served = soonOr(
      () => serve(parts, { large, turns }, request, response, call),
      (cause) => {
        logFailure(parts.log, call.id, cause);
        response.destroy();
      },
    );
    if (served instanceof Promise) void served.finally(call.end);
    else call.end();
  };
}

/** Of most calls; nobody changes it. */
const noParameters = new URLSearchParams();

interface Places {
  readonly large: Semaphore;
  readonly turns: FairTurns;
}

/**
 * Serves a call: within the turn of the event loop in which it came, where nothing has to be waited for, as in most
 * reads.
 */
function serve(
  parts: ScimListenerParts,
  places: Places,
  request: IncomingMessage,
  response: ServerResponse,
  { id: requestId, path, query, headers }: IncomingCall,
): Soon<void> {
  const method = request.method ?? 'GET';
  const parameters = query === '' ? noParameters : new URLSearchParams(query);
  const wanted = parameters === noParameters ? false : wantsDryRun(parameters);
  const isDryRun = wanted === true;
  const call = { id: requestId, path, query, method, parameters, isDryRun, arrived: performance.now() };
  const reads = isRead(method, path);
  let client: Caller | undefined;
  const answered = soonOr(
    () => {
      expectHost(request);
      return soon(parts.authenticate(request), (caller) => {
        client = caller;
        requireActive(caller);
        parts.rates.countCall(caller);
        if (!readsAudit(caller, reads, path)) requireScope(caller, reads ? 'scim:read' : 'scim:write');
        // A dry run tells what a change would come to, which depends on all that is stored.
        if (isDryRun) requireScope(caller, 'scim:read');
        if (wanted === 'unclear') throw unclearDryRun();
        return soon(requestBytes(request, response), (bytes) =>
          inTurn(parts, places, request, { call, client: caller, bytes }),
        );
      });
    },
    // What goes wrong before the protocol is asked, such as a body that is too large, is a call of the client's too.
    (cause) => refusalOf(parts, requestId, cause),
  );
  return soon(answered, (answer) =>
    soon(conclude(parts, request, response, { id: requestId, answer, headers }), (sent) => {
      if (client === undefined) noteStranger(parts, request, call, sent.answer);
      else
        noteCall(
          parts,
          {
            ...call,
            client,
            isRead: reads,
            address: addressOf(request, parts.isTrustedHop),
            authorization: request.headers.authorization,
          },
          sent.answer,
          sent.bytes,
        );
    }),
  );
}

function inTurn(
  parts: ScimListenerParts,
  { large, turns }: Places,
  request: IncomingMessage,
  asked: AskedCall,
): Soon<Answer> {
  const { client, bytes } = asked;
  const isLarge = bytes !== undefined && bytes.length > largeBytes;
  return turns.run(client.tenant, client.id, () =>
    isLarge ? large.run(async () => answerOf(parts, request, asked)) : answerOf(parts, request, asked),
  );
}

/** A call whose caller is unknown. */
function noteStranger(
  { noteRefusal, isTrustedHop }: ScimListenerParts,
  request: IncomingMessage,
  { id, method, path, query, arrived }: ReadCall,
  { status, error }: Answer,
): void {
  noteRefusal({
    requestId: id,
    tenant: tenantOfRequest(request),
    method,
    path,
    query,
    status,
    ms: Math.round((performance.now() - arrived) * 10) / 10,
    address: addressOf(request, isTrustedHop),
    authorization: request.headers.authorization,
    outcome: outcomeOf(status, error, false),
    ...(error instanceof UnauthorizedError ? { tokenEnd: error.tokenEnd, client: error.client } : {}),
    ...(error === undefined ? {} : { detail: error.message }),
  });
}

/** Sends an answer, or that it could not be made. @returns what was sent, and how many bytes its body has */
function conclude(
  parts: ScimListenerParts,
  request: IncomingMessage,
  response: ServerResponse,
  { id, answer, headers }: { readonly id: string; readonly answer: Answer; readonly headers: HeaderRow },
): Soon<SentAnswer> {
  const send = (one: Answer): Soon<SentAnswer> =>
    soon(sendAnswer(request, response, one, headers), (bytes) => ({ answer: one, bytes }));
  return soonOr(
    () => send(answer),
    (cause) => {
      if (!response.headersSent) return send(refusalOf(parts, id, cause));
      parts.log.warn({ requestId: id, err: cause }, 'an answer broke off');
      response.destroy();
      return { answer, bytes: undefined };
    },
  );
}

interface SentAnswer {
  readonly answer: Answer;
  readonly bytes: number | undefined;
}
