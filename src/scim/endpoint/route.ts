import type { ResourceType, ResourceTypes } from '../model/resource-type.ts';
import { NotFoundError, ScimError } from '../model/scim-error.ts';

/** Where a request goes (RFC 7644 §3.2, table 2; §4). */
export type Route =
  | { readonly kind: 'collection'; readonly type: ResourceType }
  | { readonly kind: 'resource'; readonly type: ResourceType; readonly id: string }
  | { readonly kind: 'search'; readonly type: ResourceType }
  | {
      readonly kind:
        'root' | 'rootSearch' | 'changes' | 'bulk' | 'me' | 'serviceProviderConfig' | 'resourceTypes' | 'schemas';
    }
  | { readonly kind: 'resourceType' | 'schema' | 'feed' | 'transaction'; readonly name: string };

/** The methods of each kind of route; `HEAD` wherever there is `GET` (RFC 9110 §9.3.2). */
const methods: Readonly<Record<Route['kind'], readonly string[]>> = {
  collection: ['GET', 'HEAD', 'POST'],
  resource: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'],
  search: ['POST'],
  root: ['GET', 'HEAD'],
  rootSearch: ['POST'],
  changes: ['GET', 'HEAD'],
  bulk: ['POST'],
  me: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  serviceProviderConfig: ['GET', 'HEAD'],
  resourceTypes: ['GET', 'HEAD'],
  resourceType: ['GET', 'HEAD'],
  schemas: ['GET', 'HEAD'],
  schema: ['GET', 'HEAD'],
  feed: ['POST'],
  transaction: ['GET', 'HEAD'],
};

const readingMethods = ['GET', 'HEAD'];

/** Resources that clients can only read; searching is reading. */
function isReadOnly(route: Route): boolean {
  return 'type' in route && route.kind !== 'search' && route.type.definition.readOnly === true;
}

/** Endpoints that do not belong to a resource type, in lower case. */
const fixed: Readonly<
  Record<string, { readonly whole?: Route['kind']; readonly one?: Extract<Route, { readonly name: string }>['kind'] }>
> = {
  '': { whole: 'root' },
  '.search': { whole: 'rootSearch' },
  '.changes': { whole: 'changes' },
  '.feeds': { one: 'feed' },
  '.transactions': { one: 'transaction' },
  bulk: { whole: 'bulk' },
  me: { whole: 'me' },
  serviceproviderconfig: { whole: 'serviceProviderConfig' },
  serviceproviderconfigs: { whole: 'serviceProviderConfig' },
  resourcetypes: { whole: 'resourceTypes', one: 'resourceType' },
  schemas: { whole: 'schemas', one: 'schema' },
};

/**
 * Finds where a request goes. Endpoint names match in any letter case, a slash at the end is ignored; an id is taken as
 * it is.
 * @param path below the base, percent-encoded
 * @throws NotFoundError for an unknown endpoint; ScimError 400 for broken percent-encoding; ScimError 405 with `Allow`
 */
export function parseRoute(types: ResourceTypes, method: string, path: string): Route {
  const route = routeOf(types, segmentsOf(path).map(decode));
  if (route === undefined) throw new NotFoundError(`There is no endpoint at ${path.slice(0, 200)}.`);
  const allowed = isReadOnly(route) ? readingMethods : methods[route.kind];
  if (!allowed.includes(method)) {
    throw new ScimError(405, undefined, `${method.slice(0, 20)} is not possible here, only ${allowed.join(', ')}.`, {
      Allow: allowed.join(', '),
    });
  }
  return route;
}

/**
 * Whether a request reads and changes nothing: GET, HEAD, and POST to `.search` or to a feed in each spelling that
 * `parseRoute` takes for it.
 * @param path as for `parseRoute`; broken percent-encoding reads nothing
 */
export function isRead(method: string, path: string): boolean {
  if (method === 'GET' || method === 'HEAD') return true;
  const segments = segmentsOf(path);
  const is = (segment: string | undefined, name: string): boolean =>
    segment !== undefined && decodeURIComponent(segment).toLowerCase() === name;
  try {
    return is(segments.at(-1), '.search') || (segments.length === 2 && is(segments[0], '.feeds'));
  } catch {
    return false;
  }
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function routeOf(types: ResourceTypes, [endpoint = '', second, ...more]: readonly string[]): Route | undefined {
  if (more.length > 0) return undefined;
  const type = types.byEndpoint(`/${endpoint}`);
  if (type !== undefined) {
    if (second === undefined) return { kind: 'collection', type };
    return second.toLowerCase() === '.search' ? { kind: 'search', type } : { kind: 'resource', type, id: second };
  }
  const name = endpoint.toLowerCase();
  const found = Object.hasOwn(fixed, name) ? fixed[name] : undefined;
  if (found === undefined) return undefined;
  if (second === undefined) return found.whole === undefined ? undefined : ({ kind: found.whole } as Route);
  return found.one === undefined ? undefined : { kind: found.one, name: second };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ScimError(400, undefined, 'The path is not properly percent-encoded.');
  }
}
