import { soon, type Soon } from '../../base/soon.ts';
import type { Projection } from '../answer/projection.ts';
import type { ListQuery, RequestContext, ResourceHandler, WalkStart } from '../port/resource-handler.ts';
import type { PageText } from '../port/text-frame.ts';
import type { ResourceType } from '../model/resource-type.ts';
import type { Shown } from '../answer/shown.ts';

/** A list request bound to one of the types it goes over. */
export interface TypeQuery extends Omit<ListQuery, 'page'> {
  readonly type: ResourceType;
  readonly projection: Projection;
}

/** One page over one or several types. */
export interface MergedPage {
  /** Over all types. */
  readonly totalResults: number;
  readonly resources: readonly Shown[];
  /** Of a page over one type: its resources as text, in place of `resources`. */
  readonly text?: PageText | undefined;
  /** In cursor paging: the position to go on after; absent on the last page. */
  readonly next?: string;
  /** In cursor paging: the position to go back from; absent on the first page. */
  readonly previous?: string;
}

/** Where a page starts: an index over all types, or a position that an earlier page gave. */
export type PageStart = { readonly startIndex: number } | WalkStart;

/**
 * Reads one page over types that follow one another: one query each, those outside of the page for their total alone.
 * @param queries in the order the types follow; all with the same `count`
 */
export function readPage(
  handler: ResourceHandler,
  context: RequestContext,
  queries: readonly TypeQuery[],
  start: PageStart,
): Soon<MergedPage> {
  if (!('startIndex' in start)) return walk(handler, context, queries, start);
  const [only] = queries;
  return only === undefined || queries.length > 1
    ? readFrom(handler, context, queries, start.startIndex)
    : readOne(handler, context, only, start.startIndex);
}

/** A page over one type, which most are, is read at once where nothing has to be waited for. */
function readOne(
  handler: ResourceHandler,
  context: RequestContext,
  { type, projection, ...query }: TypeQuery,
  startIndex: number,
): Soon<MergedPage> {
  return soon(handler.list(context, type, { ...query, page: { startIndex } }), (page) => ({
    totalResults: page.totalResults,
    resources: page.resources.map((representation) => ({ type, projection, representation })),
    text: page.text,
  }));
}

async function readFrom(
  handler: ResourceHandler,
  context: RequestContext,
  queries: readonly TypeQuery[],
  startIndex: number,
): Promise<MergedPage> {
  const resources: Shown[] = [];
  let totalResults = 0;
  let text: PageText | undefined;
  for (const { type, projection, ...query } of queries) {
    const count = query.count - resources.length;
    // Index 1 of this type is what follows the totals of those before it.
    const page = await handler.list(context, type, {
      ...query,
      count,
      page: { startIndex: Math.max(1, startIndex - totalResults) },
    });
    totalResults += page.totalResults;
    ({ text } = page);
    for (const representation of page.resources) resources.push({ type, projection, representation });
  }
  return { totalResults, resources, text };
}

/** A position is the type's name, a colon, and the store's own position within the type: none at its beginning. */
async function walk(
  handler: ResourceHandler,
  context: RequestContext,
  queries: readonly TypeQuery[],
  start: WalkStart,
): Promise<MergedPage> {
  const isBack = 'before' in start;
  const from = isBack ? start.before : start.after;
  const [first = '', ...rest] = from.split(':');
  const position = rest.join(':');
  let isReached = from === '';
  let passed = '';
  let edge: string | undefined;
  let totalResults = 0;
  const parts: Shown[][] = [];
  let text: PageText | undefined;
  let room = queries[0]?.count ?? 0;
  for (const { type, projection, ...query } of isBack ? [...queries].reverse() : queries) {
    const isFirst = !isReached && type.name === first;
    isReached ||= isFirst;
    // Nothing of a type lies before its beginning.
    const isWalked = isReached && edge === undefined && query.count > 0 && !(isBack && isFirst && position === '');
    const count = isWalked ? room : 0;
    const within = isFirst ? position : '';
    const page = await handler.list(context, type, {
      ...query,
      count,
      page: count === 0 ? { startIndex: 1 } : isBack ? { before: within } : { after: within },
    });
    totalResults += page.totalResults;
    parts.push(page.resources.map((representation) => ({ type, projection, representation })));
    ({ text } = page);
    room -= page.resources.length;
    const beyond = isBack ? page.previous : page.next;
    if (count > 0 && beyond !== undefined) edge = `${type.name}:${beyond}`;
    else if (isWalked && count === 0 && page.totalResults > 0) edge = `${isBack ? passed : type.name}:`;
    passed = type.name;
  }
  const [next, previous] = isBack ? [from, edge] : [edge, from || undefined];
  return {
    totalResults,
    resources: (isBack ? parts.reverse() : parts).flat(),
    text,
    ...(next === undefined ? {} : { next }),
    ...(previous === undefined ? {} : { previous }),
  };
}
