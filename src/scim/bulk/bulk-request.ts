import { isJsonObject } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { requireObject } from '../port/request-body.ts';
import { membersOf } from '../model/given-twice.ts';
import { InvalidSyntaxError, ScimError } from '../model/scim-error.ts';

/** One operation of a Bulk request (RFC 7644 §3.7). */
export interface BulkOperation {
  /** Upper case. */
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly bulkId?: string;
  /** Below the base URL, with a leading slash. */
  readonly path: string;
  /** The entity tag that the resource must be at. */
  readonly version?: string;
  readonly data?: JsonObject;
}

/** A Bulk request; an operation that cannot be read is kept as its fault, because the others still run. */
export interface BulkRequest {
  readonly operations: readonly (BulkOperation | BulkFault)[];
  /** How many errors end the run; Infinity when the client sets no limit. */
  readonly failOnErrors: number;
  /** Ours: all operations take effect, or none does. The first error ends the run. */
  readonly allOrNothing: boolean;
}

/** An operation that is refused without being run. */
export interface BulkFault {
  readonly fault: ScimError;
  readonly method: string;
  readonly bulkId?: string;
}

/** The URNs of the messages (RFC 7644 §3.7). */
const bulkRequestUrn = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
export const bulkResponseUrn = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';

const memberNames = ['method', 'path', 'bulkId', 'version', 'data'] as const;
const methods: readonly string[] = ['POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Reads a Bulk request.
 * @throws InvalidSyntaxError for a broken envelope; ScimError 413 for too many operations
 */
export function parseBulkRequest(body: Json | undefined, maxOperations: number): BulkRequest {
  const envelope = requireObject(body);
  const {
    schemas,
    Operations: operations,
    failOnErrors,
    allOrNothing,
  } = membersOf(envelope, ['schemas', 'Operations', 'failOnErrors', 'allOrNothing']);
  if (schemas !== undefined && !(Array.isArray(schemas) && schemas.includes(bulkRequestUrn))) {
    throw new InvalidSyntaxError(`"schemas" of a Bulk request must be ["${bulkRequestUrn}"].`);
  }
  if (!Array.isArray(operations) || operations.length === 0)
    throw new InvalidSyntaxError('"Operations" must be a list of at least one operation.');
  if (operations.length > maxOperations) {
    throw new ScimError(
      413,
      undefined,
      `A Bulk request may hold at most ${maxOperations} operations (maxOperations); this one `
        + `holds ${operations.length}.`,
    );
  }
  if (typeof (allOrNothing ?? false) !== 'boolean')
    throw new InvalidSyntaxError('"allOrNothing" must be true or false.');
  return {
    operations: withoutDuplicates(operations.map(parseOperation)),
    failOnErrors: allOrNothing === true ? 1 : parseLimit(failOnErrors),
    allOrNothing: allOrNothing === true,
  };
}

function parseLimit(limit: Json | undefined): number {
  if (limit === undefined || limit === null) return Infinity;
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 0)
    throw new InvalidSyntaxError('"failOnErrors" must be a whole number, not below 0.');
  return Math.max(1, limit);
}

function parseOperation(operation: Json, index: number): BulkOperation | BulkFault {
  const where = `Operations[${index}]`;
  if (!isJsonObject(operation))
    return { fault: new InvalidSyntaxError(`${where}: must be an object with "method" and "path".`), method: '' };
  const members = readMembers(operation, where);
  if (members instanceof InvalidSyntaxError) return { fault: members, method: '' };
  const { method: sent, path, bulkId, version, data } = members;
  const method = typeof sent === 'string' ? sent.toUpperCase() : '';
  const known = typeof bulkId === 'string' && bulkId !== '' ? { bulkId } : {};
  const refuse = (reason: string): BulkFault => ({
    fault: new InvalidSyntaxError(`${where}: ${reason}`),
    method: method.slice(0, 20),
    ...known,
  });
  if (!isMethod(method)) return refuse('"method" must be POST, PUT, PATCH or DELETE.');
  if (bulkId !== undefined && bulkId !== null && known.bulkId === undefined) return refuse('"bulkId" must be text.');
  if (typeof path !== 'string' || path === '') return refuse('"path" must be text such as "/Users" or "/Users/123".');
  if (version !== undefined && version !== null && typeof version !== 'string')
    return refuse('"version" must be an entity tag such as W/"3".');
  if (method !== 'DELETE' && !isJsonObject(data)) return refuse(`"${method}" needs "data": a JSON object.`);
  return {
    method,
    ...known,
    path: path.startsWith('/') ? path : `/${path}`,
    ...(typeof version === 'string' ? { version } : {}),
    ...(isJsonObject(data) && method !== 'DELETE' ? { data } : {}),
  };
}

/** A name that is there twice is this operation's fault alone. */
function readMembers(
  operation: JsonObject,
  where: string,
): Partial<Record<(typeof memberNames)[number], Json>> | InvalidSyntaxError {
  try {
    return membersOf(operation, memberNames, where);
  } catch (error) {
    if (error instanceof InvalidSyntaxError) return error;
    throw error;
  }
}

function isMethod(method: string): method is BulkOperation['method'] {
  return methods.includes(method);
}

/** A bulkId names one operation; a second operation with the same bulkId is refused. */
function withoutDuplicates(operations: readonly (BulkOperation | BulkFault)[]): (BulkOperation | BulkFault)[] {
  const seen = new Set<string>();
  return operations.map((operation, index) => {
    const { bulkId, method } = operation;
    if (bulkId === undefined || !seen.has(bulkId)) {
      if (bulkId !== undefined) seen.add(bulkId);
      return operation;
    }
    return {
      fault: new InvalidSyntaxError(`Operations[${index}]: the bulkId "${bulkId.slice(0, 100)}" is used twice.`),
      method,
      bulkId,
    };
  });
}
