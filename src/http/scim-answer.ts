import type { IncomingMessage } from 'node:http';
import { inTurns } from '../base/cooperative.ts';
import { soon, soonOr, type Soon } from '../base/soon.ts';
import { actorOfCaller } from '../caller/actor-of-caller.ts';
import { addressOf, type IsTrustedHop } from '../caller/address-of.ts';
import type { Caller } from '../domain/client.ts';
import type { ScimEndpoint } from '../scim/endpoint/endpoint.ts';
import type { RequestContext } from '../scim/port/resource-handler.ts';
import { callOf } from './call-of.ts';
import { logFailure, toScimError } from './error-boundary.ts';
import { readBody } from './json/read-body.ts';
import type { Answer, NoteParts } from './note-call.ts';

/** What calls are answered with. */
export interface ScimAnswerParts {
  /** What answers the calls of a tenant. */
  readonly endpointOf: (tenant: string) => ScimEndpoint;
  /** Where a tenant's SCIM base is for this caller, without a slash at the end. */
  readonly baseUrlOf: (request: IncomingMessage, tenant: string) => string;
  /** Whether an address belongs to a proxy whose X-Forwarded-For is believed. */
  readonly isTrustedHop: IsTrustedHop;
  readonly settingsOf: NoteParts['settingsOf'];
  readonly log: NoteParts['log'];
}

/** A call as it arrives. */
export interface Call {
  readonly id: string;
  /** Below the SCIM base, with its leading slash. */
  readonly path: string;
  /** Without the question mark; empty where there is none. */
  readonly query: string;
}

/** A call with what its first line says. */
export interface ReadCall extends Call {
  readonly method: string;
  readonly parameters: URLSearchParams;
  readonly isDryRun: boolean;
  /** What `performance.now()` said when it came. */
  readonly arrived: number;
}

/** A call whose caller is known, with its body. */
export interface AskedCall {
  readonly call: ReadCall;
  readonly client: Caller;
  readonly bytes: Buffer | undefined;
}

/** Audit events need no other scope than their own. The handler asks for that one, however the path is spelt. */
export function readsAudit({ scopes }: Pick<Caller, 'scopes'>, reads: boolean, path: string): boolean {
  return reads && scopes.includes('audit:read') && /^\/auditevents(?:\/|$)/i.test(path);
}

/** Answers a call: reads its body, hands a `ScimRequest` over, and tells errors as answers. Never throws. */
export function answerOf(parts: ScimAnswerParts, request: IncomingMessage, asked: AskedCall): Soon<Answer> {
  const { bytes } = asked;
  if (bytes === undefined) return answerTo(parts, request, asked, undefined);
  return inTurns(readBody(bytes, request.headers)).then((value) =>
    answerTo(parts, request, asked, value === undefined ? undefined : { value, bytes: bytes.length }),
  );
}

function answerTo(
  parts: ScimAnswerParts,
  request: IncomingMessage,
  { call, client }: AskedCall,
  received: Answer['received'],
): Soon<Answer> {
  const more = received === undefined ? {} : { received };
  return soonOr(
    () =>
      soon(
        parts
          .endpointOf(client.tenant)
          .handle({
            method: call.method,
            path: call.path,
            query: call.parameters,
            headers: request.headers as Record<string, string | undefined>,
            body: received?.value,
            baseUrl: parts.baseUrlOf(request, client.tenant),
            context: contextOf(parts, request, call, client),
          }),
        ({ status, headers, body, log }): Answer => ({ status, headers, body, notes: log, ...more }),
      ),
    (cause) => ({ ...refusalOf(parts, call.id, cause), ...more }),
  );
}

/** The answer to what went wrong. */
export function refusalOf({ log }: ScimAnswerParts, id: string, cause: unknown): Answer {
  const error = toScimError(cause, () => logFailure(log, id, cause));
  return { status: error.status, headers: error.headers, body: { ...error.body() }, notes: error.notes, error };
}

function contextOf(
  { settingsOf, isTrustedHop }: ScimAnswerParts,
  request: IncomingMessage,
  { id, path, isDryRun }: ReadCall,
  client: Caller,
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
    ...callOf(request, id, addressOf(request, isTrustedHop)),
    dryRun: isDryRun,
    readsAudit: client.scopes.includes('audit:read'),
    writesOnly: !(client.scopes.includes('scim:read') || readsAudit(client, true, path)),
  };
}
