import type { Settings } from '../../config/settings.ts';
import { createAttemptOf } from '../port/idempotency-key.ts';
import { withDryRun } from '../port/dry-run.ts';
import { formatEtag, isNotModified, parsePrecondition } from '../answer/etag.ts';
import type { InboundMapping } from '../port/inbound-mapping.ts';
import { soon, type Soon } from '../../base/soon.ts';
import { inTurns } from '../../base/cooperative.ts';
import { isStrict } from '../../domain/client-profile.ts';
import { expectInterop } from '../patch/expect-interop.ts';
import { parsePatchRequest } from '../patch/patch-op.ts';
import type { PatchOperation } from '../patch/patch-op.ts';
import { idOf, Representer } from '../answer/represent.ts';
import { sentByPatch } from './sent-by-patch.ts';
import { requireObject } from '../port/request-body.ts';
import type { RequestNotes } from '../model/request-notes.ts';
import { prefersMinimal } from '../port/request-preferences.ts';
import type { ResourceHandler } from '../port/resource-handler.ts';
import type { ResourceType, ResourceTypes } from '../model/resource-type.ts';
import type { Resource } from '../model/resource.ts';
import { answer } from '../answer/scim-answer.ts';
import { PreconditionFailedError } from '../model/scim-error.ts';
import type { ScimRequest, ScimResponse } from '../port/scim-request.ts';
import { refuseLeniences } from './refuse-leniences.ts';
import { rulesOf, skippedIn, withOperations } from './write-notes.ts';
import { validationSteps } from '../validate/validate-resource.ts';
import { nothing, withRules, forCaller, shownTo, wantsOf, applied, etagOf, projectionOf } from './shown-to-caller.ts';
import type { Shown } from '../answer/shown.ts';

/** What requests for single resources need of the endpoint's parts. */
export interface ResourceParts {
  readonly types: ResourceTypes;
  readonly handler: ResourceHandler;
  readonly mapping: InboundMapping;
  readonly settingsOf: (tenant: string) => Settings;
  /**
   * 32 bytes each that the digests of creates are made with, newest first; the same in every process of the service.
   */
  readonly attemptKeys: () => readonly Buffer[];
}

/** Creates, reads, changes and removes single resources. */
export class ResourceEndpoint {
  readonly #parts: ResourceParts;

  constructor(parts: ResourceParts) {
    this.#parts = parts;
  }

  /** Answers a request for one resource, by its method. */
  handle(request: ScimRequest, type: ResourceType, id: string): Soon<ScimResponse> {
    return forCaller(request, () => this.#handle(request, type, id));
  }

  /** RFC 7644 §3.3. */
  create(request: ScimRequest, type: ResourceType): Soon<ScimResponse> {
    return forCaller(request, () => this.#create(request, type));
  }

  #handle(request: ScimRequest, type: ResourceType, id: string): Soon<ScimResponse> {
    switch (request.method) {
      case 'PUT':
        return this.#replace(request, type, id);
      case 'PATCH':
        return this.#patch(request, type, id);
      case 'DELETE':
        return this.#remove(request, type, id);
      default:
        return this.#read(request, type, id);
    }
  }

  async #create(request: ScimRequest, type: ResourceType): Promise<ScimResponse> {
    const projection = projectionOf(request, type);
    const { resource, log: read } = await this.#validated(request, type, 'create');
    const minimal = prefersMinimal(request) && !request.context.dryRun;
    const wants = minimal ? nothing : wantsOf(request, type, projection);
    const {
      context,
      headers: { 'idempotency-key': key },
    } = request;
    // What is only tried out takes no key.
    const attempt = context.dryRun
      ? undefined
      : createAttemptOf(context.client.id, key, resource, this.#parts.attemptKeys());
    const representation = await this.#parts.handler.create(
      withRules(context, read.rules),
      type,
      resource,
      wants,
      attempt,
    );
    const log = { ...read, ...skippedIn(representation) };
    const id = idOf(representation);
    const headers = {
      Location: this.#representer(request).location(type, id),
      ...etagOf(representation),
      ...(minimal ? applied : {}),
    };
    if (minimal) return answer(201, undefined, headers, log);
    return this.#show(request, shownTo(request, { type, projection, representation }, resource), 201, headers, log);
  }

  /** RFC 7644 §3.4.1. */
  #read(request: ScimRequest, type: ResourceType, id: string): Soon<ScimResponse> {
    const projection = projectionOf(request, type);
    const precondition = parsePrecondition(request.headers);
    const wants = request.method === 'HEAD' ? nothing : wantsOf(request, type, projection);
    return soon(this.#parts.handler.read(request.context, type, id, wants), (representation) => {
      const { version } = representation;
      const { ifMatch } = precondition;
      if (ifMatch !== undefined && ifMatch !== '*' && !ifMatch.includes(version))
        throw new PreconditionFailedError(`The resource is at version ${formatEtag(version)}.`);
      if (isNotModified(precondition, version)) return answer(304, undefined, etagOf(representation));
      const shown = shownTo(request, { type, projection, representation }, {});
      return this.#show(request, shown, 200, etagOf(representation));
    });
  }

  /** RFC 7644 §3.5.1. */
  async #replace(request: ScimRequest, type: ResourceType, id: string): Promise<ScimResponse> {
    const projection = projectionOf(request, type);
    const precondition = parsePrecondition(request.headers);
    const { resource, log: read } = await this.#validated(request, type, 'replace');
    const minimal = prefersMinimal(request) && !request.context.dryRun;
    const wants = minimal ? nothing : wantsOf(request, type, projection);
    const representation = await this.#parts.handler.replace(
      withRules(request.context, read.rules),
      type,
      id,
      resource,
      precondition,
      wants,
    );
    const log = { ...read, ...skippedIn(representation) };
    if (minimal) return answer(204, undefined, { ...etagOf(representation), ...applied }, log);
    const shown = shownTo(request, { type, projection, representation }, resource);
    return this.#show(request, shown, 200, etagOf(representation), log);
  }

  /**
   * RFC 7644 §3.5.2. Answers the body where `attributes` asks for it; 204 for who prefers that, for changes of members
   * alone, for no change at all, and for what is too large to repeat (docs/decisions/0005).
   */
  async #patch(request: ScimRequest, type: ResourceType, id: string): Promise<ScimResponse> {
    const { context, headers } = request;
    const projection = projectionOf(request, type);
    const precondition = parsePrecondition(headers);
    const sent = parsePatchRequest(requireObject(request.body), context.profile);
    if (context.profile === 'ipsie') expectInterop(sent);
    const operations = this.#parts.mapping.mapOperations(context, type, sent);
    const mustShow = projection.kind === 'only';
    const minimal = !mustShow && !context.dryRun && (prefersMinimal(request) || expectsNoContent(request, type, sent));
    const wants = minimal ? nothing : wantsOf(request, type, projection);
    const result = await this.#parts.handler
      .patch(
        withRules(
          context,
          sent.flatMap(({ rules = [] }) => rules),
        ),
        type,
        id,
        operations,
        precondition,
        wants,
      )
      .catch((cause: unknown) => {
        throw withOperations(cause, operations);
      });
    const log: RequestNotes = {
      operations: result.operations,
      ...(sent.length === 0 ? { rules: ['noOperations'] } : {}),
      dropped: result.operations.flatMap(({ dropped = [] }) => dropped),
      ...skippedIn(result.representation),
    };
    const answered = { ...etagOf(result.representation), ...(prefersMinimal(request) && minimal ? applied : {}) };
    const isShort = (result.membersOnly || sent.length === 0) && projection.kind === 'default' && !context.dryRun;
    if (minimal || isShort) return answer(204, undefined, answered, log);
    const { representation } = result;
    const shown = shownTo(request, { type, projection, representation }, sentByPatch(type, operations));
    if (mustShow || context.dryRun) return this.#show(request, shown, 200, answered, log);
    const body = await this.#representer(request).heldBody(shown);
    return answer(body === undefined ? 204 : 200, body, answered, log);
  }

  /** RFC 7644 §3.6. */
  async #remove(request: ScimRequest, type: ResourceType, id: string): Promise<ScimResponse> {
    const dryRun = await this.#parts.handler.remove(request.context, type, id, parsePrecondition(request.headers));
    return dryRun === undefined ? answer(204, undefined) : answer(200, withDryRun(undefined, dryRun, []));
  }

  async #validated(
    request: ScimRequest,
    type: ResourceType,
    context: 'create' | 'replace',
  ): Promise<{ resource: Resource; log: RequestNotes }> {
    const { profile, tenant } = request.context;
    const body = this.#parts.mapping.mapResource(request.context, type, requireObject(request.body));
    const { scim, timezone } = this.#parts.settingsOf(tenant);
    const unknownAttributes = isStrict(profile) ? 'refuse' : scim.unknownAttributes;
    const { resource, dropped, rules } = await inTurns(
      validationSteps(type, body, { context, unknownAttributes, timezone }),
    );
    if (isStrict(profile)) refuseLeniences(rules);
    return { resource, log: { dropped, rules } };
  }

  #representer(request: ScimRequest): Representer {
    return new Representer(this.#parts.types, request.baseUrl);
  }

  #show(
    request: ScimRequest,
    shown: Shown,
    status: number,
    headers: Record<string, string>,
    log: RequestNotes = {},
  ): Soon<ScimResponse> {
    const { dryRun } = shown.representation;
    if (dryRun === undefined)
      return soon(this.#representer(request).body(shown), (body) => answer(status, body, headers, log));
    // Nothing was made, so there is no place and no version to name; a list too long to be held is left out.
    return soon(this.#representer(request).heldBody(shown), (body) =>
      answer(200, withDryRun(body, dryRun, rulesOf(log)), {}, log),
    );
  }
}

/**
 * Entra ID wants 204 for groups, and says who it is by its spelling of `op` (Microsoft, "Develop and plan
 * provisioning for a SCIM endpoint").
 */
function expectsNoContent(
  { context: { profile } }: ScimRequest,
  type: ResourceType,
  operations: readonly PatchOperation[],
): boolean {
  if (profile === 'entra') return true;
  return (
    profile === 'auto'
    && type.resolve({ attribute: 'members' })?.relation === 'members'
    && operations.some(({ rules = [] }) => rules.includes('capitalisedOp'))
  );
}
