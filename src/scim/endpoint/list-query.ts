import { isJsonObject, type Json } from '../../base/json.ts';
import { bindFilter } from '../filter/bind-filter.ts';
import { bindSort } from '../filter/bind-sort.ts';
import { parseFilter } from '../filter/filter-parser.ts';
import type { ListQuery } from '../port/resource-handler.ts';
import type { ResourceType } from '../model/resource-type.ts';
import { InvalidCountError, InvalidFilterError, InvalidSyntaxError, InvalidValueError } from '../model/scim-error.ts';

/** What a client asks of a list, read but not yet bound to a resource type (RFC 7644 §3.4.2, §3.4.3; RFC 9865 §2). */
export interface ListRequest {
  readonly filter: string | undefined;
  readonly sortBy: string | undefined;
  readonly descending: boolean;
  /** 1-based. */
  readonly startIndex: number;
  /** Not negative; undefined when the client leaves it to the server. */
  readonly count: number | undefined;
  /** Set when the client pages by cursor; empty for the first page. */
  readonly cursor: string | undefined;
  /** Names as sent. */
  readonly attributes: readonly string[] | undefined;
  readonly excludedAttributes: readonly string[] | undefined;
}

/** The URN of the body of `POST …/.search`. */
export const searchRequestSchema = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';

const names = [
  'filter',
  'sortBy',
  'sortOrder',
  'startIndex',
  'count',
  'cursor',
  'attributes',
  'excludedAttributes',
] as const;
type ParameterName = (typeof names)[number];
type Given = Exclude<Json, null>;
type Parameters = Partial<Record<ParameterName, Given>>;

/** Resources on a page when the client does not say. */
const defaultPageSize = 100;

/**
 * Reads the query parameters of a list, their names in any letter case; parameters of other purposes are left alone.
 * Those that are lists of names may be given several times, as many HTTP libraries write lists.
 * @throws InvalidValueError naming the parameter that is given twice or has no sense; InvalidCountError (RFC 9865 §2.1)
 */
export function parseListParameters(query: URLSearchParams): ListRequest {
  return listRequest(
    collect(query.entries(), (name, held, value) => {
      if (
        (name === 'attributes' || name === 'excludedAttributes')
        && typeof held === 'string'
        && typeof value === 'string'
      )
        return `${held},${value}`;
      throw new InvalidValueError(`${name} is given more than once.`);
    }),
  );
}

/**
 * Reads the body of `POST …/.search`. Numbers may come as text and lists as one text with commas, as in a URL.
 * @throws InvalidSyntaxError when the body is not a SearchRequest; otherwise as `parseListParameters`
 */
export function parseSearchRequest(body: Json | undefined): ListRequest {
  if (!isJsonObject(body)) throw new InvalidSyntaxError('The body of a search must be a JSON object.');
  const parameters = collect(Object.entries(body), (name) => {
    throw new InvalidSyntaxError(`${name} is given more than once.`);
  });
  const schemas = Object.entries(body).find(([name]) => name.toLowerCase() === 'schemas')?.[1];
  const isSearch = (urn: Json): boolean =>
    typeof urn === 'string' && urn.toLowerCase() === searchRequestSchema.toLowerCase();
  if (schemas !== undefined && schemas !== null && !(Array.isArray(schemas) && schemas.some(isSearch))) {
    throw new InvalidSyntaxError(`schemas of a search must be ["${searchRequestSchema}"].`);
  }
  return listRequest(parameters);
}

/**
 * Gives a list request its meaning for one resource type.
 * @param limits the most resources a page may have; the tenant's time zone, to which times without an offset are local
 * @param searchedWith the types that are searched together with this one, at the root (RFC 7644 §3.4.2.1)
 * @throws InvalidFilterError, InvalidValueError naming the attribute
 */
export function bindListRequest(
  type: ResourceType,
  request: ListRequest,
  limits: { readonly maxPageSize: number; readonly timezone?: string },
  searchedWith: readonly ResourceType[] = [],
): Pick<ListQuery, 'condition' | 'sort' | 'count'> {
  const { filter, sortBy, descending, count } = request;
  return {
    condition:
      filter === undefined
        ? undefined
        : bindFilter(type, parseFilter(filter, undefined, limits.timezone), searchedWith),
    sort: sortBy === undefined ? undefined : bindSort(type, sortBy, descending, searchedWith),
    count: Math.min(count ?? defaultPageSize, limits.maxPageSize),
  };
}

/** @param again what a parameter comes to that is given again */
function collect(
  entries: Iterable<[string, Json]>,
  again: (name: ParameterName, held: Given, value: Given) => Given,
): Parameters {
  const parameters: Parameters = {};
  for (const [given, value] of entries) {
    const name = names.find((one) => one.toLowerCase() === given.toLowerCase());
    if (name === undefined || value === null) continue;
    const held = parameters[name];
    parameters[name] = held === undefined ? value : again(name, held, value);
  }
  return parameters;
}

function listRequest(parameters: Parameters): ListRequest {
  refuseEmpty(parameters);
  const cursor = textOf('cursor', parameters);
  const count = integerOf('count', parameters, cursor === undefined ? InvalidValueError : InvalidCountError);
  const startIndex = integerOf('startIndex', parameters, InvalidValueError);
  if (cursor !== undefined && startIndex !== undefined && startIndex > 1) {
    throw new InvalidValueError('startIndex and cursor are two ways of paging; give one of them.');
  }
  return {
    filter: textOf('filter', parameters),
    sortBy: textOf('sortBy', parameters),
    descending: isDescending(textOf('sortOrder', parameters)),
    startIndex: Math.max(1, startIndex ?? 1),
    count: count === undefined ? undefined : Math.max(0, count),
    cursor,
    attributes: listOf('attributes', parameters),
    excludedAttributes: listOf('excludedAttributes', parameters),
  };
}

/**
 * A template that was not filled in must not list everybody. Numbers are refused as numbers; only the cursor of the
 * first page is empty (RFC 9865 §2).
 */
function refuseEmpty(parameters: Parameters): void {
  for (const name of ['filter', 'sortBy', 'sortOrder', 'attributes', 'excludedAttributes'] as const) {
    const value = parameters[name];
    if (typeof value !== 'string' || value.trim() !== '') continue;
    const FaultType = name === 'filter' ? InvalidFilterError : InvalidValueError;
    throw new FaultType(`${name} is empty: give it a value, or leave it out.`);
  }
}

function textOf(name: ParameterName, { [name]: value }: Parameters): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new InvalidValueError(`${name} must be a text.`);
}

function integerOf(
  name: ParameterName,
  { [name]: value }: Parameters,
  FaultType: typeof InvalidValueError | typeof InvalidCountError,
): number | undefined {
  if (value === undefined) return undefined;
  const isInteger =
    typeof value === 'number' ? Number.isInteger(value) : typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value);
  if (!isInteger) throw new FaultType(`${name} must be an integer.`);
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(value)));
}

/** A list, or one text with commas; empty entries and an empty list mean nothing. */
function listOf(name: ParameterName, { [name]: value }: Parameters): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const entries: readonly Json[] = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [null];
  const list = entries
    .map((entry) => {
      if (typeof entry !== 'string') throw new InvalidValueError(`${name} must be a list of attribute names.`);
      return entry.trim();
    })
    .filter((entry) => entry !== '');
  return list.length === 0 ? undefined : list;
}

function isDescending(sortOrder: string | undefined): boolean {
  switch (sortOrder?.toLowerCase()) {
    case undefined:
    case 'ascending':
      return false;
    case 'descending':
      return true;
    default:
      throw new InvalidValueError(`sortOrder must be ascending or descending, not "${sortOrder?.slice(0, 100)}".`);
  }
}
