import type { WalkStart } from '../scim/port/resource-handler.ts';

/** A page cut out of a list, in the order of the list. */
export interface CutPage<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
  readonly previous?: string;
}

/**
 * Cuts a page out of a walk. Pages end at positions: going on starts after one, going back ends with it. So pages
 * there and back meet without gap or overlap, whatever is written meanwhile, and a page that has lost all it held
 * still knows both ways.
 * @param walked in the order of the walk, one more than the limit where something lies beyond
 * @param positionOf the position that an item ends
 */
export function cutPage<Item>(
  walked: readonly Item[],
  limit: number,
  start: WalkStart,
  positionOf: (item: Item) => string,
): CutPage<Item> {
  const items = walked.slice(0, limit);
  const beyond = walked[limit];
  if ('after' in start) {
    const last = items.at(-1);
    return { items, ...positions(beyond && last && positionOf(last), start.after) };
  }
  return { items: items.reverse(), ...positions(start.before, beyond && positionOf(beyond)) };
}

function positions(next: string | undefined, previous: string | undefined): Pick<CutPage<never>, 'next' | 'previous'> {
  return { ...(next ? { next } : {}), ...(previous ? { previous } : {}) };
}
