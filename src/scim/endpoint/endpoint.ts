import type { JsonObject } from '../../base/json.ts';
import { BulkEndpoint } from './bulk-endpoint.ts';
import type { BulkParts } from './bulk-endpoint.ts';
import {
  refuseDiscoveryFilter,
  resourceTypeById,
  resourceTypeList,
  schemaById,
  schemaList,
  serviceProviderConfig,
} from './discovery.ts';
import type { Capabilities } from './discovery.ts';
import type { Soon } from '../../base/soon.ts';
import { answerChanges } from './changes-endpoint.ts';
import { answerTransaction } from './deferred-endpoint.ts';
import { answerFeed } from './feed-endpoint.ts';
import { ListEndpoint } from './list-endpoint.ts';
import type { ListParts } from './list-endpoint.ts';
import { Representer } from '../answer/represent.ts';
import { ResourceEndpoint } from './resource-endpoint.ts';
import { withoutPasswords } from '../model/without-passwords.ts';
import { limitedHandler, mayUse } from './limited-handler.ts';
import type { ResourceType, ResourceTypes } from '../model/resource-type.ts';
import { parseRoute } from './route.ts';
import type { Route } from './route.ts';
import { answer } from '../answer/scim-answer.ts';
import { ScimError } from '../model/scim-error.ts';
import type { ChangeFeed } from '../port/change-feed.ts';
import type { TokenFeeds } from '../port/token-feeds.ts';
import type { ScimRequest, ScimResponse } from '../port/scim-request.ts';

/** What the endpoint is made of: what each kind of request needs. */
export type EndpointParts = ListParts
  & BulkParts & {
    /** What has changed, in order; without it there is no `/.changes`. */
    readonly changes?: ChangeFeed;
    /** Feeds of security event tokens that are fetched. */
    readonly feeds?: TokenFeeds;
  };

/**
 * The SCIM protocol (RFC 7644) from request to response, without a web framework. Errors are thrown as ScimError.
 * Holds no state of a request.
 */
export class ScimEndpoint {
  readonly #parts: EndpointParts;
  readonly #resources: ResourceEndpoint;
  readonly #lists: ListEndpoint;
  readonly #bulk: BulkEndpoint;
  /** Answers clients of the profile `ipsie`, who know other schemas. */
  readonly #ipsie: ScimEndpoint | undefined;

  constructor(given: EndpointParts) {
    const parts = { ...given, handler: limitedHandler(given.handler) };
    this.#parts = parts;
    this.#resources = new ResourceEndpoint(parts);
    this.#lists = new ListEndpoint(parts);
    this.#bulk = new BulkEndpoint(parts);
    this.#ipsie = parts.capabilities.interopProfileConformant === undefined ? ipsieEndpoint(given) : undefined;
  }

  /**
   * Answers one request: at once where nothing has to be waited for.
   * @throws ScimError for whatever the caller can mend; anything else is a fault of ours
   */
  handle(request: ScimRequest): Soon<ScimResponse> {
    if (this.#ipsie !== undefined && request.context.profile === 'ipsie') return this.#ipsie.handle(request);
    const { types, capabilities } = this.#parts;
    const route = parseRoute(types, request.method, request.path);
    switch (route.kind) {
      case 'collection':
        return request.method === 'POST'
          ? this.#resources.create(request, route.type)
          : this.#lists.query(request, [route.type]);
      case 'resource':
        return this.#resources.handle(request, route.type, route.id);
      case 'search':
        return this.#lists.search(request, [route.type]);
      case 'root':
        return this.#lists.query(request, searchedAtRoot(request, types));
      case 'rootSearch':
        return this.#lists.search(request, searchedAtRoot(request, types));
      case 'changes':
        return answerChanges(request, types, this.#parts.changes);
      case 'feed':
        return answerFeed(request, route.name, this.#parts.feeds);
      case 'transaction':
        return answerTransaction(request, route.name, this.#parts.deferred);
      case 'bulk':
        return this.#bulk.handle(request);
      case 'me':
        return this.#me(request);
      default:
        refuseDiscoveryFilter(request.query);
        return answer(200, discoveryBody(route, types, capabilities, request.baseUrl));
    }
  }

  /** RFC 7644 §3.11: the user that the client calls for, under another name. */
  async #me(request: ScimRequest): Promise<ScimResponse> {
    const { me } = request.context.client;
    const type = this.#parts.types.byName('User');
    if (me === undefined || type === undefined) {
      throw new ScimError(
        501,
        undefined,
        'This client calls for no user, so there is no /Me: bind it to one with `latchkey clients add '
          + '<name> --me <user>`.',
      );
    }
    if (request.method === 'POST')
      throw new ScimError(501, undefined, '/Me is a user that exists: users are created at /Users.');
    const { headers, ...answered } = await this.#resources.handle(request, type, me);
    const Location = new Representer(this.#parts.types, request.baseUrl).location(type, me);
    return {
      ...answered,
      headers: { ...headers, Location, ...(answered.body === undefined ? {} : { 'Content-Location': Location }) },
    };
  }
}

/**
 * What only exists to be read has readers of its own: it is searched at its own endpoint. Of the others those that the
 * client may see.
 */
function searchedAtRoot({ context }: ScimRequest, types: ResourceTypes): readonly ResourceType[] {
  return types.all().filter((type) => type.definition.readOnly !== true && mayUse(context, type));
}

function ipsieEndpoint(parts: EndpointParts): ScimEndpoint {
  const { types, capabilities } = parts;
  return new ScimEndpoint({
    ...parts,
    types: withoutPasswords(types),
    capabilities: { ...capabilities, changePassword: false, interopProfileConformant: true },
  });
}

function discoveryBody(route: Route, types: ResourceTypes, capabilities: Capabilities, baseUrl: string): JsonObject {
  switch (route.kind) {
    case 'resourceTypes':
      return resourceTypeList(types, baseUrl);
    case 'resourceType':
      return resourceTypeById(types, route.name, baseUrl);
    case 'schemas':
      return schemaList(types, baseUrl);
    case 'schema':
      return schemaById(types, route.name, baseUrl);
    default:
      return serviceProviderConfig(capabilities, types, baseUrl);
  }
}
