import type { Json, JsonObject } from '../../base/json.ts';
import type { ResourceType, ResourceTypes } from '../model/resource-type.ts';
import type { Attribute, Schema } from '../model/schema.ts';
import { NotFoundError, ScimError } from '../model/scim-error.ts';

/** What the server can do, stated by the code that does it. */
export interface Capabilities {
  readonly patch: boolean;
  readonly bulk: {
    readonly supported: boolean;
    readonly maxOperations: number;
    /** Bytes. */ readonly maxPayloadSize: number;
  };
  readonly filter: { readonly supported: boolean; readonly maxResults: number };
  readonly changePassword: boolean;
  readonly sort: boolean;
  readonly etag: boolean;
  /** RFC 9865 §4; `cursorTimeout` in seconds. */
  readonly pagination: {
    readonly cursor: boolean;
    readonly index: boolean;
    readonly defaultPaginationMethod: 'cursor' | 'index';
    readonly defaultPageSize: number;
    readonly maxPageSize: number;
    readonly cursorTimeout: number;
  };
  readonly authenticationSchemes: readonly AuthenticationScheme[];
  /** RFC 9967 §4. */
  readonly securityEvents?: {
    readonly asyncRequest: 'none' | 'long' | 'request';
    readonly eventUris: readonly string[];
  };
  readonly documentationUri?: string;
  /** True where every request is held to the SCIM 2.0 Interoperability Profile; else it is not told. */
  readonly interopProfileConformant?: true;
}

/** One way to authenticate (RFC 7643 §5). */
export interface AuthenticationScheme {
  readonly type: 'oauth' | 'oauth2' | 'oauthbearertoken' | 'httpbasic' | 'httpdigest';
  readonly name: string;
  readonly description: string;
  readonly specUri?: string;
  readonly documentationUri?: string;
  readonly primary?: boolean;
}

const coreUrn = 'urn:ietf:params:scim:schemas:core:2.0';

/**
 * The body of `/ServiceProviderConfig` (RFC 7643 §5, RFC 9865 §4). Nothing is left out, since clients read it without
 * looking first.
 */
export function serviceProviderConfig(capabilities: Capabilities, types: ResourceTypes, baseUrl: string): JsonObject {
  const { patch, bulk, filter, changePassword, sort, etag, pagination, authenticationSchemes, documentationUri } =
    capabilities;
  return {
    schemas: [`${coreUrn}:ServiceProviderConfig`],
    ...(documentationUri === undefined ? {} : { documentationUri }),
    patch: { supported: patch },
    bulk: { ...bulk },
    filter: { ...filter },
    changePassword: { supported: changePassword },
    sort: { supported: sort },
    etag: { supported: etag },
    pagination: { ...pagination },
    ...(capabilities.securityEvents === undefined
      ? {}
      : { securityEvents: { ...capabilities.securityEvents, eventUris: [...capabilities.securityEvents.eventUris] } }),
    ...(capabilities.interopProfileConformant === undefined ? {} : { interopProfileConformant: true }),
    ...agentExtension(types),
    authenticationSchemes: authenticationSchemes.map((scheme): JsonObject => ({ ...scheme })),
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  };
}

/** Told where there are agents, as draft-abbey-scim-agent-extension demands. */
function agentExtension(types: ResourceTypes): JsonObject {
  const has = (name: string): boolean => types.byName(name)?.schema.id === `${coreUrn}:${name}`;
  const [agentsSupported, agenticApplicationsSupported] = [has('Agent'), has('AgenticApplication')];
  const supported = agentsSupported || agenticApplicationsSupported;
  return supported ? { agentExtension: { supported, agentsSupported, agenticApplicationsSupported } } : {};
}

/** The body of `/ResourceTypes` (RFC 7644 §4). */
export function resourceTypeList(types: ResourceTypes, baseUrl: string): JsonObject {
  return listOf(types.all().map((type) => resourceTypeBody(type, baseUrl)));
}

/**
 * The body of `/ResourceTypes/{id}` (RFC 7643 §6); the id in any letter case.
 * @throws NotFoundError
 */
export function resourceTypeById(types: ResourceTypes, id: string, baseUrl: string): JsonObject {
  const type = types.all().find(({ definition }) => definition.id.toLowerCase() === id.toLowerCase());
  if (type === undefined) {
    const known = types
      .all()
      .map((one) => one.definition.id)
      .join(', ');
    throw new NotFoundError(`There is no resource type '${id.slice(0, 200)}'; there are ${known}.`);
  }
  return resourceTypeBody(type, baseUrl);
}

/** The body of `/Schemas` (RFC 7644 §4): the schemas of every resource type, extensions included. */
export function schemaList(types: ResourceTypes, baseUrl: string): JsonObject {
  return listOf(types.schemas().map((schema) => schemaBody(schema, baseUrl)));
}

/**
 * The body of `/Schemas/{urn}` (RFC 7643 §7); the URN in any letter case.
 * @throws NotFoundError
 */
export function schemaById(types: ResourceTypes, urn: string, baseUrl: string): JsonObject {
  const schema = types.schemas().find(({ id }) => id.toLowerCase() === urn.toLowerCase());
  if (schema === undefined) {
    throw new NotFoundError(`There is no schema '${urn.slice(0, 200)}': GET ${baseUrl}/Schemas lists those there are.`);
  }
  return schemaBody(schema, baseUrl);
}

/**
 * Refuses a filter on a discovery endpoint: an answer that ignored it would be taken for the filtered one (RFC 7644
 * §4).
 * @throws ScimError 403
 */
export function refuseDiscoveryFilter(query: URLSearchParams): void {
  if ([...query.keys()].some((name) => name.toLowerCase() === 'filter')) {
    throw new ScimError(
      403,
      undefined,
      'Discovery endpoints take no filter: leave it out and read the whole list (RFC 7644 §4).',
    );
  }
}

function resourceTypeBody({ definition }: ResourceType, baseUrl: string): JsonObject {
  const { id, name, endpoint, description, schema, schemaExtensions } = definition;
  return {
    schemas: [`${coreUrn}:ResourceType`],
    id,
    name,
    endpoint,
    description,
    schema,
    schemaExtensions: schemaExtensions.map((extension): JsonObject => ({ ...extension })),
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${encodeURIComponent(id)}` },
  };
}

function schemaBody({ id, name, description, attributes }: Schema, baseUrl: string): JsonObject {
  return {
    schemas: [`${coreUrn}:Schema`],
    id,
    name,
    description,
    attributes: attributes.map(attributeBody),
    meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${id}` },
  };
}

function attributeBody(attribute: Attribute): JsonObject {
  const { name, type, multiValued, description, required, caseExact, mutability, returned, uniqueness } = attribute;
  const { canonicalValues, referenceTypes, subAttributes } = attribute;
  return {
    name,
    type,
    ...(subAttributes === undefined ? {} : { subAttributes: subAttributes.map(attributeBody) }),
    multiValued,
    description,
    required,
    ...(canonicalValues === undefined ? {} : { canonicalValues: [...canonicalValues] }),
    caseExact,
    mutability,
    returned,
    uniqueness,
    ...(referenceTypes === undefined ? {} : { referenceTypes: [...referenceTypes] }),
  };
}

function listOf(resources: Json[]): JsonObject {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: resources.length,
    itemsPerPage: resources.length,
    startIndex: 1,
    Resources: resources,
  };
}
