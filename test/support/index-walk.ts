import type { WalkStart } from '../../src/scim/port/resource-handler.ts';
import { cutPage, type CutPage } from '../../src/store/cut-page.ts';

/** Walks through a list that nobody changes: a position is how many lie before it. */
export function indexWalk<Item>(list: readonly Item[], limit: number, start: WalkStart): CutPage<Item> {
  const places = list.map((item, index) => ({ item, position: String(index + 1) }));
  const ahead =
    'after' in start
      ? places.slice(Number(start.after || 0))
      : places.slice(0, start.before === '' ? undefined : Number(start.before)).reverse();
  const { items, ...edges } = cutPage(ahead.slice(0, limit + 1), limit, start, ({ position }) => position);
  return { items: items.map(({ item }) => item), ...edges };
}
