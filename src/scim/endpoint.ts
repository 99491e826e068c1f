import type { Clock } from '../clock.ts';
import type { JsonObject } from '../json.ts';
import type { Settings } from '../settings.ts';
import { parseBulkRequest } from './bulk-request.ts';
import type { BulkRequest } from './bulk-request.ts';
import { runBulk } from './bulk.ts';
import type { BulkOutcome } from './bulk.ts';
import { createAttemptOf } from './create-attempt.ts';
import { refuseDiscoveryFilter, resourceTypeById, resourceTypeList, schemaById, schemaList, serviceProviderConfig } from './discovery.ts';
import type { Capabilities } from './discovery.ts';
import { withDryRun } from './dry-run.ts';
import { formatEtag, isNotModified, parsePrecondition } from './etag.ts';
import type { InboundMapping } from './inbound-mapping.ts';
import { inTurns } from './in-turns.ts';
import { ListEndpoint } from './list-endpoint.ts';
import { parsePatchRequest } from './patch-op.ts';
import type { PatchOperation } from './patch-op.ts';
import { parseProjection, projectionWants } from './project-attributes.ts';
import type { Projection } from './project-attributes.ts';
import { idOf, Representer } from './represent.ts';
import type { Body } from './represent.ts';
import { requireObject } from './request-body.ts';
import type { RequestNotes } from './request-notes.ts';
import { parameterOf, prefersMinimal } from './request-preferences.ts';
import type { Representation, ResourceHandler, Wants } from './resource-handler.ts';
import type { ResourceType, ResourceTypes } from './resource-type.ts';
import type { Resource } from './resource.ts';
import { parseRoute } from './route.ts';
import type { Route } from './route.ts';
import { PreconditionFailedError, ScimError } from './scim-error.ts';
import type { ScimRequest, ScimResponse } from './scim-request.ts';
import { validationSteps } from './validate-resource.ts';

/** What the endpoint is made of. */
export interface EndpointParts {
  readonly types: ResourceTypes;
  readonly handler: ResourceHandler;
  readonly mapping: InboundMapping;
  readonly settingsOf: (tenant: string) => Settings;
  /** What `/ServiceProviderConfig` says, and what Bulk is held to. */
  readonly capabilities: Capabilities;
  /** 32 bytes that seal list cursors; the same in every process of the service. */
  readonly cursorKey: Buffer;
  /** 32 bytes that the digests of creates are made with; the same in every process of the service. */
  readonly attemptKey: Buffer;
  readonly clock: Clock;
  /** What a Bulk operation answers for what is no ScimError; the place to log it. */
  readonly failureOf?: (cause: unknown) => ScimError;
}

const nothing: Wants = { members: false, groups: false };

/** The SCIM protocol (RFC 7644) from request to response, without a web framework. Errors are thrown as ScimError. Holds no state of a request. */
export class ScimEndpoint {
  readonly #parts: EndpointParts;
  readonly #lists: ListEndpoint;

  constructor(parts: EndpointParts) {
    this.#parts = parts;
    this.#lists = new ListEndpoint(parts);
  }

  /**
   * Answers one request.
   * @throws ScimError for whatever the caller can mend; anything else is a fault of ours
   */
  async handle(request: ScimRequest): Promise<ScimResponse> {
    const { types, capabilities } = this.#parts;
    const route = parseRoute(types, request.method, request.path);
    switch (route.kind) {
      case 'collection': return request.method === 'POST' ? this.#create(request, route.type) : this.#lists.query(request, [route.type]);
      case 'resource': return this.#resource(request, route.type, route.id);
      case 'search': return this.#lists.search(request, [route.type]);
      case 'root': return this.#lists.query(request, types.all());
      case 'rootSearch': return this.#lists.search(request, types.all());
      case 'bulk': return this.#bulk(request);
      case 'me': return this.#me(request);
      default:
        refuseDiscoveryFilter(request.query);
        return answer(200, discoveryBody(route, types, capabilities, request.baseUrl));
    }
  }

  #resource(request: ScimRequest, type: ResourceType, id: string): Promise<ScimResponse> {
    switch (request.method) {
      case 'PUT': return this.#replace(request, type, id);
      case 'PATCH': return this.#patch(request, type, id);
      case 'DELETE': return this.#remove(request, type, id);
      default: return this.#read(request, type, id);
    }
  }

  /** RFC 7644 §3.11: the user that the client calls for, under another name. */
  async #me(request: ScimRequest): Promise<ScimResponse> {
    const { me } = request.context.client;
    const type = this.#parts.types.byName('User');
    if (me === undefined || type === undefined) {
      throw new ScimError(501, undefined, 'This client calls for no user, so there is no /Me: bind it to one with `latchkey clients add <name> --me <user>`.');
    }
    if (request.method === 'POST') throw new ScimError(501, undefined, '/Me is a user that exists: users are created at /Users.');
    const { headers, ...answered } = await this.#resource(request, type, me);
    const Location = this.#representer(request).location(type, me);
    return { ...answered, headers: { ...headers, Location, ...(answered.body === undefined ? {} : { 'Content-Location': Location }) } };
  }

  /** RFC 7644 §3.3. */
  async #create(request: ScimRequest, type: ResourceType): Promise<ScimResponse> {
    const projection = projectionOf(request, type);
    const { resource, log } = await this.#validated(request, type, 'create');
    const minimal = prefersMinimal(request) && !request.context.dryRun;
    const wants = minimal ? nothing : projectionWants(type, projection);
    const { context, headers: { 'idempotency-key': key } } = request;
    // What is only tried out takes no key.
    const attempt = context.dryRun ? undefined : createAttemptOf(context.client.id, key, resource, this.#parts.attemptKey);
    const representation = await this.#parts.handler.create(context, type, resource, wants, attempt);
    const id = idOf(representation);
    const headers = { Location: this.#representer(request).location(type, id), ...etagOf(representation), ...(minimal ? applied : {}) };
    return minimal ? answer(201, undefined, headers, log) : this.#show(request, type, projection, representation, 201, headers, log);
  }

  /** RFC 7644 §3.4.1. */
  async #read(request: ScimRequest, type: ResourceType, id: string): Promise<ScimResponse> {
    const projection = projectionOf(request, type);
    const precondition = parsePrecondition(request.headers);
    const wants = request.method === 'HEAD' ? nothing : projectionWants(type, projection);
    const representation = await this.#parts.handler.read(request.context, type, id, wants);
    const { version } = representation;
    if (precondition.ifMatch !== undefined && precondition.ifMatch !== '*' && !precondition.ifMatch.includes(version)) {
      throw new PreconditionFailedError(`The resource is at version ${formatEtag(version)}.`);
    }
    if (isNotModified(precondition, version)) return answer(304, undefined, etagOf(representation));
    return this.#show(request, type, projection, representation, 200, etagOf(representation));
  }

  /** RFC 7644 §3.5.1. */
  async #replace(request: ScimRequest, type: ResourceType, id: string): Promise<ScimResponse> {
    const projection = projectionOf(request, type);
    const precondition = parsePrecondition(request.headers);
    const { resource, log } = await this.#validated(request, type, 'replace');
    const minimal = prefersMinimal(request) && !request.context.dryRun;
    const wants = minimal ? nothing : projectionWants(type, projection);
    const representation = await this.#parts.handler.replace(request.context, type, id, resource, precondition, wants);
    if (minimal) return answer(204, undefined, { ...etagOf(representation), ...applied }, log);
    return this.#show(request, type, projection, representation, 200, etagOf(representation), log);
  }

  /** RFC 7644 §3.5.2. Answers the body where `attributes` asks for it; 204 for who prefers that, and for what is too large to repeat (docs/decisions/0005). */
  async #patch(request: ScimRequest, type: ResourceType, id: string): Promise<ScimResponse> {
    const { context, headers } = request;
    const projection = projectionOf(request, type);
    const precondition = parsePrecondition(headers);
    const sent = parsePatchRequest(requireObject(request.body), context.profile);
    const operations = this.#parts.mapping.mapOperations(context, type, sent);
    const mustShow = projection.kind === 'only';
    const minimal = !mustShow && !context.dryRun && (prefersMinimal(request) || expectsNoContent(request, type, sent));
    const wants = minimal ? nothing : projectionWants(type, projection);
    const result = await this.#parts.handler.patch(context, type, id, operations, precondition, wants).catch((cause: unknown) => {
      throw withOperations(cause, operations);
    });
    const log: RequestNotes = { operations: result.operations, dropped: result.operations.flatMap(({ dropped = [] }) => dropped) };
    const answered = { ...etagOf(result.representation), ...(prefersMinimal(request) && minimal ? applied : {}) };
    if (minimal) return answer(204, undefined, answered, log);
    if (mustShow || context.dryRun) return this.#show(request, type, projection, result.representation, 200, answered, log);
    const body = await this.#representer(request).heldBody({ type, projection, representation: result.representation });
    return answer(body === undefined ? 204 : 200, body, answered, log);
  }

  /** RFC 7644 §3.6. */
  async #remove(request: ScimRequest, type: ResourceType, id: string): Promise<ScimResponse> {
    const dryRun = await this.#parts.handler.remove(request.context, type, id, parsePrecondition(request.headers));
    return dryRun === undefined ? answer(204, undefined) : answer(200, withDryRun(undefined, dryRun, []));
  }

  /** RFC 7644 §3.7. */
  async #bulk(request: ScimRequest): Promise<ScimResponse> {
    const { capabilities: { bulk } } = this.#parts;
    if (Number(request.headers['content-length'] ?? 0) > bulk.maxPayloadSize) {
      throw new ScimError(413, undefined, `A Bulk request may have at most ${bulk.maxPayloadSize} bytes (maxPayloadSize).`);
    }
    const bulkRequest = parseBulkRequest(request.body, bulk.maxOperations);
    const { body, notes } = await (bulkRequest.allOrNothing ? this.#runAtomically(request, bulkRequest) : this.#runBulk(request, bulkRequest));
    return answer(200, body, {}, notes);
  }

  /** Of a batch that comes again with its `Idempotency-Key` nothing is done, since all of it is: it is answered as it was then. */
  #runAtomically(request: ScimRequest, bulkRequest: BulkRequest): Promise<Pick<BulkOutcome, 'body' | 'notes'>> {
    const { context, headers: { 'idempotency-key': key }, body = null } = request;
    const attempt = context.dryRun ? undefined : createAttemptOf(context.client.id, key, body, this.#parts.attemptKey);
    return this.#parts.handler.atomically<Pick<BulkOutcome, 'body' | 'notes'>>(async (handler) => {
      const earlier = attempt === undefined ? undefined : await handler.recall(context, attempt);
      if (earlier !== undefined) return { keep: false, answer: { body: earlier, notes: {} } };
      const outcome = await new ScimEndpoint({ ...this.#parts, handler }).#runBulk(request, bulkRequest);
      if (attempt !== undefined && outcome.succeeded) await handler.remember(context, attempt, outcome.body);
      return { keep: outcome.succeeded, answer: outcome };
    });
  }

  #runBulk(request: ScimRequest, bulkRequest: BulkRequest): Promise<BulkOutcome> {
    const { types, failureOf = unexpected } = this.#parts;
    const key = request.headers['idempotency-key'];
    return runBulk(bulkRequest, {
      execute: ({ method, path, version, data }, index) => {
        const route = parseRoute(types, method, path);
        if (route.kind !== 'collection' && route.kind !== 'resource') throw new ScimError(400, 'invalidValue', `Bulk cannot go to ${path.slice(0, 200)}.`);
        const headers = {
          prefer: 'return=minimal',
          ...(version === undefined ? {} : { 'if-match': version }),
          // A request that may be repeated as a whole may be repeated in its parts.
          ...(key === undefined || key === '' ? {} : { 'idempotency-key': `${key}/${index}` }),
        };
        return this.handle({ ...request, method, path, query: new URLSearchParams(), headers, body: data });
      },
      locationOf: (path) => `${request.baseUrl}${path}`,
      toScimError: (cause) => (cause instanceof ScimError ? cause : failureOf(cause)),
    });
  }

  async #validated(request: ScimRequest, type: ResourceType, context: 'create' | 'replace'): Promise<{ resource: Resource; log: RequestNotes }> {
    const { profile, tenant } = request.context;
    const body = this.#parts.mapping.mapResource(request.context, type, requireObject(request.body));
    const unknownAttributes = profile === 'strict' ? 'refuse' : this.#parts.settingsOf(tenant).scim.unknownAttributes;
    const { resource, dropped, rules } = await inTurns(validationSteps(type, body, { context, unknownAttributes }));
    return { resource, log: { dropped, rules } };
  }

  #representer(request: ScimRequest): Representer {
    return new Representer(this.#parts.types, request.baseUrl);
  }

  async #show(
    request: ScimRequest, type: ResourceType, projection: Projection, representation: Representation, status: number, headers: Record<string, string>,
    log: RequestNotes = {},
  ): Promise<ScimResponse> {
    const { dryRun } = representation;
    if (dryRun === undefined) return answer(status, await this.#representer(request).body({ type, projection, representation }), headers, log);
    // Nothing was made, so there is no place and no version to name; a list too long to be held is left out.
    const body = await this.#representer(request).heldBody({ type, projection, representation });
    return answer(200, withDryRun(body, dryRun, rulesOf(log)), {}, log);
  }
}

/** What the protocol made of the request, in the words of a dry run. */
function rulesOf({ rules = [], dropped = [], operations = [] }: RequestNotes): string[] {
  const named = new Set([...rules, ...operations.flatMap((operation) => operation.rules ?? [])]);
  return [...[...named].map((rule) => `dialect: ${rule}`), ...dropped.map((name) => `unknownAttributes: '${name}' is dropped`)];
}

/** RFC 7240 §3. */
const applied = { 'Preference-Applied': 'return=minimal' } as const;

function answer(status: number, body: Body | undefined, headers: Record<string, string> = {}, log: RequestNotes = {}): ScimResponse {
  return { status, headers, ...(body === undefined ? {} : { body }), log };
}

function etagOf({ version }: Representation): { ETag: string } {
  return { ETag: formatEtag(version) };
}

function projectionOf({ query }: ScimRequest, type: ResourceType): Projection {
  return parseProjection(type, { attributes: parameterOf(query, 'attributes'), excludedAttributes: parameterOf(query, 'excludedAttributes') });
}

/** All operations are refused together; where one of them is at fault, the others are told apart from it. */
function withOperations(cause: unknown, operations: readonly PatchOperation[]): unknown {
  if (!(cause instanceof ScimError)) return cause;
  const isFault = (index: number) => cause.operation === undefined || cause.operation === index;
  cause.notes = {
    operations: operations.map(({ op, path, rules = [] }, index) => ({ op, ...(path === undefined ? {} : { path }), outcome: isFault(index) ? 'refused' : 'notApplied', rules })),
  };
  return cause;
}

/** Entra ID wants 204 for groups, and says who it is by its spelling of `op` (Microsoft, "Develop and plan provisioning for a SCIM endpoint"). */
function expectsNoContent({ context: { profile } }: ScimRequest, type: ResourceType, operations: readonly PatchOperation[]): boolean {
  if (profile === 'entra') return true;
  return profile === 'auto' && type.resolve({ attribute: 'members' })?.relation === 'members'
    && operations.some(({ rules = [] }) => rules.includes('capitalisedOp'));
}

function discoveryBody(route: Route, types: ResourceTypes, capabilities: Capabilities, baseUrl: string): JsonObject {
  switch (route.kind) {
    case 'resourceTypes': return resourceTypeList(types, baseUrl);
    case 'resourceType': return resourceTypeById(types, route.name, baseUrl);
    case 'schemas': return schemaList(types, baseUrl);
    case 'schema': return schemaById(types, route.name, baseUrl);
    default: return serviceProviderConfig(capabilities, baseUrl);
  }
}

function unexpected(): ScimError {
  return new ScimError(500, undefined, 'Something failed on our side.');
}
