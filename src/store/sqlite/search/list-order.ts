import type { SortOrder } from '../../../scim/search/condition.ts';
import type { WalkStart } from '../../../scim/port/resource-handler.ts';
import { firstValue } from '../database/json-value.ts';
import type { ListPosition } from './list-position.ts';
import { sql, Sql } from '../database/sql.ts';

export function positionIn(start: WalkStart): string {
  return 'after' in start ? start.after : start.before;
}

/** The order of a list, or its very reverse. */
export function order(sort: SortOrder | undefined, isBack: boolean): Sql {
  const isFalling = falls(sort, isBack);
  const byPosition = new Sql(isFalling ? 'records.position DESC' : 'records.position');
  if (sort === undefined) return byPosition;
  const { value } = firstValue(new Sql('records.search'), sort.target);
  return isFalling ? sql`${value} DESC NULLS FIRST, ${byPosition}` : sql`${value} ASC NULLS LAST, ${byPosition}`;
}

/** Descending is the reverse of ascending, places included. */
function falls(sort: SortOrder | undefined, isBack: boolean): boolean {
  return (sort?.descending ?? false) !== isBack;
}

/** Among equals: what lies beyond a position, or going back, up to it and itself. */
export function farther({ position }: ListPosition, isBack: boolean, isFalling: boolean): Sql {
  if (isBack) return isFalling ? sql`records.position <= ${position}` : sql`records.position >= ${position}`;
  return isFalling ? sql`records.position < ${position}` : sql`records.position > ${position}`;
}

/**
 * What lies beyond a place in a sorted list, in stretches that an index can each go straight to: equal values, then
 * farther ones.
 */
export function stretches(
  value: Sql,
  sort: SortOrder,
  isBack: boolean,
  from: ListPosition | undefined,
): readonly Sql[] {
  const absent = sql`${value} IS NULL`;
  const present = sql`${value} IS NOT NULL`;
  const isFalling = falls(sort, isBack);
  if (from === undefined) return isFalling ? [absent, present] : [present, absent];
  if (from.value === undefined || from.value === null) {
    const rest = sql`${absent} AND ${farther(from, isBack, isFalling)}`;
    return isFalling ? [rest, present] : [rest];
  }
  const equal = sql`${value} = ${from.value} AND ${farther(from, isBack, isFalling)}`;
  return isFalling ? [equal, sql`${value} < ${from.value}`] : [equal, sql`${value} > ${from.value}`, absent];
}
