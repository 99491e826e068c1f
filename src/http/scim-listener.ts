import { callOf } from './call-of.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ScimEndpoint } from '../scim/endpoint/endpoint.ts';
import { isRead } from '../scim/endpoint/route.ts';
import { inTurns } from '../base/cooperative.ts';
import type { RequestContext } from '../scim/port/resource-handler.ts';
import { actorOfCaller } from '../caller/actor-of-caller.ts';
import type { Caller } from '../domain/client.ts';
import { addressOf, type IsTrustedHop } from '../caller/address-of.ts';
import type { CallRates } from '../caller/call-rates.ts';
import { requireActive, requireScope, UnauthorizedError, type Authenticate } from '../caller/authenticate.ts';
import type { NoteRefusal } from './calls/refusals.ts';
import { outcomeOf } from './outcome-of.ts';
import { logFailure, toScimError } from './error-boundary.ts';
import { expectHost } from './expect-host.ts';
import { noteCall, type Answer, type NoteParts } from './note-call.ts';
import { FairTurns } from '../base/fair-turns.ts';
import { Semaphore } from '../base/semaphore.ts';
import { readBody } from './json/read-body.ts';
import { requestBytes } from './request-bytes.ts';
import { tenantOfRequest } from '../tenancy/request-tenant.ts';
import { sendAnswer } from './send-answer.ts';

/** Bytes from which a body takes much more memory read than it did unread, and how many such are worked at together. */
const largeBytes = 1024 * 1024;
const mostLarge = 8;

/** Calls that are worked at together, and those of one tenant: enough for the store to write many in one go. */
const mostAtOnce = 128;
const mostOfTenant = 96;

/** What the SCIM calls need. */
export interface ScimListenerParts extends NoteParts {
  /** What answers the calls of a tenant. */
  readonly endpointOf: (tenant: string) => ScimEndpoint;
  readonly authenticate: Authenticate;
  /** Where a tenant's SCIM base is for this caller, without a slash at the end. */
  readonly baseUrlOf: (request: IncomingMessage, tenant: string) => string;
  /** Whether an address belongs to a proxy whose X-Forwarded-For is believed. */
  readonly isTrustedHop: IsTrustedHop;
  readonly noteRefusal: NoteRefusal;
  readonly rates: Pick<CallRates, 'countCall'>;
}

/** A call as it arrives. */
export interface Call {
  readonly id: string;
  /** Below the SCIM base, with its leading slash. */
  readonly path: string;
  /** Without the question mark; empty where there is none. */
  readonly query: string;
}

/** Answers a SCIM call, whatever becomes of it. */
export type ScimListener = (request: IncomingMessage, response: ServerResponse, call: Call) => void;

/**
 * Joins Node's HTTP server to the protocol: authenticates, reads the body, hands over a ScimRequest, writes what
 * comes back.
 */
export function createScimListener(parts: ScimListenerParts): ScimListener {
  const large = new Semaphore(mostLarge);
  const turns = new FairTurns(mostAtOnce, mostOfTenant);
  return (request, response, call) => {
    serve(parts, { large, turns }, request, response, call).catch((cause: unknown) => {
      logFailure(parts.log, call.id, cause);
      response.destroy();
    });
  };
}

async function serve(
  parts: ScimListenerParts,
  { large, turns }: { readonly large: Semaphore; readonly turns: FairTurns },
  request: IncomingMessage,
  response: ServerResponse,
  call: Call,
): Promise<void> {
  const arrived = performance.now();
  const method = request.method ?? 'GET';
  const reads = isRead(method, call.path);
  let client: Caller | undefined;
  let answer: Answer;
  try {
    expectHost(request);
    client = await parts.authenticate(request);
    requireActive(client);
    parts.rates.countCall(client);
    if (!readsAudit(client, reads, call.path)) requireScope(client, reads ? 'scim:read' : 'scim:write');
    // A dry run tells what a change would come to, which depends on all that is stored.
    if (wantsDryRun(new URLSearchParams(call.query))) requireScope(client, 'scim:read');
    const asked = { ...call, client, bytes: await requestBytes(request, response) };
    const isLarge = asked.bytes !== undefined && asked.bytes.length > largeBytes;
    const { tenant, id } = client;
    answer = await turns.run(tenant, id, () =>
      isLarge ? large.run(() => answerOf(parts, request, asked)) : answerOf(parts, request, asked),
    );
  } catch (cause) {
    // What goes wrong before the protocol is asked, such as a body that is too large, is a call of the client's too.
    answer = refusalOf(parts, call.id, cause);
  }
  answer = await conclude(parts, request, response, call.id, answer);
  if (client === undefined) noteStranger(parts, request, { ...call, method, arrived }, answer);
  else
    noteCall(
      parts,
      { ...call, client, method, isRead: reads, address: addressOf(request, parts.isTrustedHop), arrived },
      answer,
      response,
    );
}

/** Audit events need no other scope than their own. The handler asks for that one, however the path is spelt. */
function readsAudit({ scopes }: Pick<Caller, 'scopes'>, reads: boolean, path: string): boolean {
  return reads && scopes.includes('audit:read') && /^\/auditevents(?:\/|$)/i.test(path);
}

/** A call whose caller is unknown. */
function noteStranger(
  { noteRefusal, isTrustedHop }: ScimListenerParts,
  request: IncomingMessage,
  { id, method, path, query, arrived }: Call & { readonly method: string; readonly arrived: number },
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
    outcome: outcomeOf(status, error, false),
    ...(error instanceof UnauthorizedError ? { tokenEnd: error.tokenEnd, client: error.client } : {}),
    ...(error === undefined ? {} : { detail: error.message }),
  });
}

async function answerOf(
  parts: ScimListenerParts,
  request: IncomingMessage,
  { id, client, path, query, bytes }: Call & { readonly client: Caller; readonly bytes: Buffer | undefined },
): Promise<Answer> {
  const parameters = new URLSearchParams(query);
  const value = bytes === undefined ? undefined : await inTurns(readBody(bytes, request.headers));
  const received = bytes === undefined || value === undefined ? undefined : { value, bytes: bytes.length };
  try {
    const address = addressOf(request, parts.isTrustedHop);
    const { log, ...answer } = await parts
      .endpointOf(client.tenant)
      .handle({
        method: request.method ?? 'GET',
        path,
        query: parameters,
        headers: request.headers as Record<string, string | undefined>,
        body: value,
        baseUrl: parts.baseUrlOf(request, client.tenant),
        context: contextOf(parts, client, { path, query: parameters, call: callOf(request, id, address) }),
      });
    return { ...answer, notes: log, ...(received === undefined ? {} : { received }) };
  } catch (cause) {
    return { ...refusalOf(parts, id, cause), ...(received === undefined ? {} : { received }) };
  }
}

function refusalOf({ log }: ScimListenerParts, id: string, cause: unknown): Answer {
  const error = toScimError(cause, () => logFailure(log, id, cause));
  return { status: error.status, headers: error.headers, body: { ...error.body() }, notes: error.notes, error };
}

/** Sends an answer, or in its place that it could not be made. @returns what was sent */
async function conclude(
  parts: ScimListenerParts,
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
  answer: Answer,
): Promise<Answer> {
  try {
    await sendAnswer(request, response, answer);
    return answer;
  } catch (cause) {
    if (response.headersSent) {
      parts.log.warn({ requestId: id, err: cause }, 'an answer broke off');
      response.destroy();
      return answer;
    }
    const refusal = refusalOf(parts, id, cause);
    await sendAnswer(request, response, refusal);
    return refusal;
  }
}

function contextOf(
  { settingsOf }: ScimListenerParts,
  client: Caller,
  {
    path,
    query,
    call,
  }: { readonly path: string; readonly query: URLSearchParams; readonly call: ReturnType<typeof callOf> },
): RequestContext {
  return {
    tenant: client.tenant,
    client: {
      id: client.id,
      name: client.name,
      me: client.me,
      resourceTypes: client.resourceTypes,
      attributes: client.attributes,
    },
    profile: client.profile === 'auto' ? settingsOf(client.tenant).scim.profile : client.profile,
    triggeredBy: 'scim',
    // With the credential, so that the audit tells which of them it was.
    actor: actorOfCaller(client),
    ...call,
    dryRun: wantsDryRun(query),
    readsAudit: client.scopes.includes('audit:read'),
    writesOnly: !(client.scopes.includes('scim:read') || readsAudit(client, true, path)),
  };
}

function wantsDryRun(query: URLSearchParams): boolean {
  return query.get('dryRun')?.toLowerCase() === 'true';
}
