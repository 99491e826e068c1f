import type { Clock } from '../../base/clock.ts';
import { soon, type Soon } from '../../base/soon.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Settings } from '../../config/settings.ts';
import { openCursor, sealCursor } from './cursor.ts';
import type { CursorScope } from './cursor.ts';
import type { Capabilities } from './discovery.ts';
import { bindListRequest, parseListParameters, parseSearchRequest } from './list-query.ts';
import type { ListRequest } from './list-query.ts';
import { readPage } from './merged-page.ts';
import type { MergedPage, TypeQuery } from './merged-page.ts';
import { projectionWants } from '../answer/project-attributes.ts';
import { parseProjection } from '../answer/projection.ts';
import { Representer } from '../answer/represent.ts';
import { requireObject } from '../port/request-body.ts';
import type { ResourceHandler, Include, WalkStart } from '../port/resource-handler.ts';
import type { ResourceType, ResourceTypes } from '../model/resource-type.ts';
import type { ScimRequest, ScimResponse } from '../port/scim-request.ts';

/** What lists need of the endpoint's parts. */
export interface ListParts {
  readonly types: ResourceTypes;
  readonly handler: ResourceHandler;
  readonly settingsOf: (tenant: string) => Settings;
  /** What `/ServiceProviderConfig` says. */
  readonly capabilities: Capabilities;
  /** 32 bytes each: the first seals list cursors, each of them opens some; the same in every process of the service. */
  readonly cursorKeys: () => readonly Buffer[];
  readonly clock: Clock;
}

const listResponseUrn = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

const nothing: Include = { members: false, groups: false };

/**
 * Answers queries over one resource type, or over several at the root (RFC 7644 §3.4.2, §3.4.3; RFC 9865). Over
 * several, the types follow one another in the order they were loaded, each sorted within itself; an attribute that a
 * type lacks is unassigned there.
 */
export class ListEndpoint {
  readonly #parts: ListParts;

  constructor(parts: ListParts) {
    this.#parts = parts;
  }

  /** `GET` with query parameters. @throws ScimError */
  query(request: ScimRequest, types: readonly ResourceType[]): Soon<ScimResponse> {
    return this.#answer(request, types, parseListParameters(request.query));
  }

  /** `POST …/.search` with a SearchRequest. @throws ScimError */
  search(request: ScimRequest, types: readonly ResourceType[]): Soon<ScimResponse> {
    return this.#answer(request, types, parseSearchRequest(requireObject(request.body)));
  }

  #answer(request: ScimRequest, types: readonly ResourceType[], list: ListRequest): Soon<ScimResponse> {
    const { context, baseUrl } = request;
    const { handler, clock, cursorKeys } = this.#parts;
    const scope: CursorScope = {
      tenant: context.tenant,
      client: context.client.id,
      resourceType: types.map(({ name }) => name).join(),
      request: list,
    };
    const representer = new Representer(this.#parts.types, baseUrl);
    const queries = types.map((type) => this.#queryOf(request, type, types, list, representer));
    const { cursor, startIndex } = list;
    const start =
      cursor === undefined
        ? { startIndex }
        : cursor === ''
          ? { after: '' }
          : openCursor(cursorKeys(), scope, cursor, clock.now());
    return soon(readPage(handler, context, queries, start), (page) => {
      const envelope = envelopeOf(page, list, this.#cursors(page, scope));
      const body =
        page.text === undefined
          ? representer.listBody(envelope, page.resources)
          : representer.pageBody(envelope, queries[0]!.type, page.text);
      return soon(body, (made) => ({ status: 200, headers: {}, body: made, log: {} }));
    });
  }

  /** Where a walk goes on, sealed. */
  #cursors(page: MergedPage, scope: CursorScope): JsonObject {
    if (page.next === undefined && page.previous === undefined) return {};
    const {
      clock,
      cursorKeys,
      capabilities: { pagination },
    } = this.#parts;
    const expiry = new Date(clock.now().getTime() + pagination.cursorTimeout * 1000);
    const seal = (to: WalkStart): string => sealCursor(cursorKeys()[0]!, scope, to, expiry);
    return {
      ...(page.next === undefined ? {} : { nextCursor: seal({ after: page.next }) }),
      ...(page.previous === undefined ? {} : { previousCursor: seal({ before: page.previous }) }),
    };
  }

  #queryOf(
    { method, context: { tenant } }: ScimRequest,
    type: ResourceType,
    types: readonly ResourceType[],
    list: ListRequest,
    representer: Representer,
  ): TypeQuery {
    const {
      scim: { maxPageSize },
      timezone,
    } = this.#parts.settingsOf(tenant);
    const projection = parseProjection(type, list);
    const others = types.filter((other) => other !== type);
    return {
      type,
      projection,
      ...bindListRequest(type, list, { maxPageSize, timezone }, others),
      wants: method === 'HEAD' ? nothing : projectionWants(type, projection),
      frame: projection.kind === 'default' && others.length === 0 ? representer.frameOf(type) : undefined,
    };
  }
}

/** RFC 7644 §3.4.2.4; with a cursor there is no index (RFC 9865 §2). */
function envelopeOf(page: MergedPage, list: ListRequest, cursors: JsonObject): JsonObject {
  return {
    schemas: [listResponseUrn],
    totalResults: page.totalResults,
    itemsPerPage: page.text?.count ?? page.resources.length,
    ...(list.cursor === undefined ? { startIndex: list.startIndex } : {}),
    ...cursors,
  };
}
