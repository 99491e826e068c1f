import type { Projection } from './project-attributes.ts';
import type { Shown } from './represent.ts';
import type { ListQuery, RequestContext, ResourceHandler } from './resource-handler.ts';
import type { ResourceType } from './resource-type.ts';

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
  /** In cursor paging: where to go on; absent on the last page. */
  readonly next?: string;
}

/** Where a page starts: an index over all types, or a position that an earlier page gave as `next` ('' for the first). */
export type PageStart = { readonly startIndex: number } | { readonly after: string };

/**
 * Reads one page over types that follow one another: one query each, those outside of the page for their total alone.
 * @param queries in the order the types follow; all with the same `count`
 */
export async function readPage(handler: ResourceHandler, context: RequestContext, queries: readonly TypeQuery[], start: PageStart): Promise<MergedPage> {
  return 'after' in start ? readAfter(handler, context, queries, start.after) : readFrom(handler, context, queries, start.startIndex);
}

async function readFrom(handler: ResourceHandler, context: RequestContext, queries: readonly TypeQuery[], startIndex: number): Promise<MergedPage> {
  const resources: Shown[] = [];
  let totalResults = 0;
  for (const { type, projection, ...query } of queries) {
    const count = query.count - resources.length;
    // Index 1 of this type is what follows the totals of those before it.
    const page = await handler.list(context, type, { ...query, count, page: { startIndex: Math.max(1, startIndex - totalResults) } });
    totalResults += page.totalResults;
    for (const representation of page.resources) resources.push({ type, projection, representation });
  }
  return { totalResults, resources };
}

/** A position is the type's name, a colon, and the store's own position within the type. */
async function readAfter(handler: ResourceHandler, context: RequestContext, queries: readonly TypeQuery[], after: string): Promise<MergedPage> {
  const [first = '', ...position] = after.split(':');
  let isReached = after === '';
  let next: string | undefined;
  let totalResults = 0;
  const resources: Shown[] = [];
  for (const { type, projection, ...query } of queries) {
    const isFirst = !isReached && type.name === first;
    isReached ||= isFirst;
    const count = isReached && next === undefined ? query.count - resources.length : 0;
    const page = await handler.list(context, type, {
      ...query, count, page: count === 0 ? { startIndex: 1 } : { after: isFirst ? position.join(':') : '' },
    });
    totalResults += page.totalResults;
    for (const representation of page.resources) resources.push({ type, projection, representation });
    if (!isReached || next !== undefined || query.count === 0) continue;
    if (count > 0 && page.next !== undefined) next = `${type.name}:${page.next}`;
    else if (count === 0 && page.totalResults > 0) next = `${type.name}:`;
  }
  return { totalResults, resources, ...(next === undefined ? {} : { next }) };
}
