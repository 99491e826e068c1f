import type { Clock } from '../../base/clock.ts';
import type { Settings } from '../../config/settings.ts';
import type { OnboardingOverview } from '../../provisioning/first-key/onboarding-overview.ts';
import type { ResourceStore, StoreQuery } from '../../provisioning/records/resource-store.ts';
import { lockedOut, overdue, peopleFilter, stateCounting, type PeopleQuery, type PeopleState } from './people-query.ts';
import { personRow, type PersonRow } from './person-row.ts';

/** A page of people, the newest first. */
export interface PeoplePage {
  readonly people: readonly PersonRow[];
  readonly total: number;
  /** Where older ones go on, and newer ones. */
  readonly older?: string | undefined;
  readonly newer?: string | undefined;
}

/** Where a page starts: before a position of the store, or after one; the empty one is the newest's. */
export type PageStart = { readonly after: string } | { readonly before: string };

/** What lists of people are read with. */
export interface PeopleListParts {
  readonly store: Pick<ResourceStore, 'query' | 'groupsOf' | 'get'>;
  readonly overview: Pick<OnboardingOverview, 'progress'>;
  readonly settingsOf: (tenant: string) => Settings;
  readonly clock: Clock;
}

/** Lists of people, by index alone. */
export class PeopleList {
  readonly #parts: PeopleListParts;

  constructor(parts: PeopleListParts) {
    this.#parts = parts;
  }

  /** A page that begins where an earlier one said, else with the newest. */
  async page(
    tenant: string,
    query: PeopleQuery,
    limit: number,
    start: PageStart = { before: '' },
  ): Promise<PeoplePage> {
    const { store, overview } = this.#parts;
    const { keys, stateKeys, condition } = this.#filter(tenant, query);
    const found = await store.query({
      ...everybody(tenant),
      condition,
      keys: [...stateKeys, ...keys],
      limit,
      page: start,
    });
    const records = [...found.records].reverse();
    const groups = await store.groupsOf(
      tenant,
      records.map(({ id }) => id),
    );
    return {
      people: records.map((record) => personRow(record, overview.progress(record), groups.get(record.id))),
      total: found.total,
      older: found.previous,
      newer: found.next,
    };
  }

  /** These people, in this order; those who do not exist are left out. */
  async these(tenant: string, ids: readonly string[]): Promise<readonly PersonRow[]> {
    const { store, overview } = this.#parts;
    const records = await Promise.all(ids.map((id) => store.get(tenant, 'User', id)));
    const groups = await store.groupsOf(tenant, ids);
    return records.flatMap((record) =>
      record === undefined ? [] : [personRow(record, overview.progress(record), groups.get(record.id))],
    );
  }

  /** How many people the query finds in each state, whichever state it names itself, and in all. */
  async counts(
    tenant: string,
    query: PeopleQuery,
  ): Promise<{ readonly all: number; readonly states: Readonly<Record<PeopleState, number>> }> {
    const { store, clock } = this.#parts;
    const now = clock.now();
    const filter = this.#filter(tenant, query);
    const { condition, keys } = filter;
    const counting = stateCounting(query, filter);
    const none = { ...everybody(tenant), condition, limit: 0 };
    const [stored, late, locked] = await Promise.all([
      store.query({ ...none, keys: counting.keys, count: counting.count }),
      store.query({ ...none, keys: [overdue(now), ...keys], count: ['s:invited', 's:delivered'] }),
      store.query({ ...none, keys: [lockedOut(now), ...keys] }),
    ]);
    const states = Object.fromEntries(
      [...counting.stateOf].map(([key, state]) => [state, stored.counts?.[key] ?? 0]),
    ) as Record<PeopleState, number>;
    states.locked = locked.total;
    for (const state of ['invited', 'delivered'] as const) {
      const number = late.counts?.[`s:${state}`] ?? 0;
      states[state] -= number;
      states.expired += number;
    }
    const sum = [...counting.stateOf.values()].reduce((total, state) => total + states[state], 0);
    return { all: sum, states };
  }

  #filter(tenant: string, query: PeopleQuery) {
    const { settingsOf, clock } = this.#parts;
    return peopleFilter(query, settingsOf(tenant), clock.now());
  }
}

function everybody(tenant: string): Omit<StoreQuery, 'limit' | 'condition'> {
  return { tenant, type: 'User', sort: undefined, page: { before: '' } };
}
