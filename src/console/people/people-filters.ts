import type { Visit } from '../visit.ts';

/** The parameters of the list that an address carries. */
export const filterNames = ['q', 'state', 'source', 'group', 'startFrom', 'startUntil'] as const;
export type Filters = Readonly<Record<string, string>>;

/** The filters that an address carries. */
export function filtersOf(visit: Visit): Filters {
  return Object.fromEntries(
    filterNames.map((name) => [name, visit.query(name)] as const).filter(([, value]) => value !== ''),
  );
}
