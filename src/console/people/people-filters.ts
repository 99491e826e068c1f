import { peopleStates } from '../../operations/people/people-query.ts';
import { localInstant } from '../../scim/time/local-time.ts';
import type { Visit } from '../visit/visit.ts';

/** The parameters of the list that an address carries. */
export const filterNames = ['q', 'state', 'source', 'group', 'startFrom', 'startUntil'] as const;
export type Filters = Readonly<Record<string, string>>;

/** The filters that an address carries; those that mean nothing are left out. */
export function filtersOf(visit: Visit): Filters {
  const wrong = wrongFilters(visit);
  return Object.fromEntries(
    filterNames
      .filter((name) => !wrong.includes(name))
      .map((name) => [name, visit.query(name)] as const)
      .filter(([, value]) => value !== ''),
  );
}

/** The filters of an address that mean nothing: a state that there is not, a day that does not exist. */
export function wrongFilters(visit: Visit): readonly string[] {
  const state = visit.query('state');
  return [
    ...(state === '' || peopleStates.some((one) => one === state) ? [] : ['state']),
    ...['startFrom', 'startUntil'].filter((name) => {
      const day = visit.query(name);
      return day !== '' && (!/^\d{4}-\d\d-\d\d$/.test(day) || localInstant(day) === undefined);
    }),
  ];
}
