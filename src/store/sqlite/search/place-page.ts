import type { WalkStart } from '../../../scim/port/resource-handler.ts';
import { cutPage } from '../../cut-page.ts';
import { formatPosition } from './list-position.ts';
import type { PackedRow } from './record-row.ts';
import type { StoredText } from '../../../provisioning/records/public-text.ts';

/** Where the records of a page are, and what there is to tell of their list. */
export interface PlacePage {
  readonly total: number;
  readonly places: readonly Place[];
  readonly next?: string;
  readonly previous?: string;
  readonly counts?: Readonly<Record<string, number>>;
}

/** One page with its records still as rows. */
export interface RowPage extends Omit<PlacePage, 'places'> {
  readonly rows: readonly PackedRow[];
}

/** One page with its records as one text, where they have one. */
export interface TextPage extends Omit<PlacePage, 'places'> {
  readonly text?: StoredText;
}

/** A place in the list: the record's position and, in a sorted list, its sort value. */
export type Place = readonly [position: number, value?: string | number | null];

/**
 * The page that a walk has come to, with where the walk goes on.
 * @param walked one more than the limit where something lies beyond
 */
export function pageOf(walked: readonly Place[], limit: number, start: WalkStart): Omit<PlacePage, 'total'> {
  const { items, ...edges } = cutPage(walked, limit, start, ([position, value]) =>
    formatPosition(value === undefined ? { position } : { position, value }),
  );
  return { places: items, ...edges };
}

/** Natural order: of what `group_concat` joins, SQLite promises none. */
export function inOrder(places: readonly Place[]): Place[] {
  return places.toSorted(([one], [other]) => one - other);
}
