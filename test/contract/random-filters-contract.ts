import { expect } from 'chai';
import { bindFilter } from '../../src/scim/filter/bind-filter.ts';
import type { SortOrder } from '../../src/scim/search/condition.ts';
import { compareDocuments, matchCondition } from '../../src/scim/search/filter-match.ts';
import { parseFilter } from '../../src/scim/filter/filter-parser.ts';
import { buildSearchDocument } from '../../src/scim/search/search-document.ts';
import type { SearchDocument } from '../../src/scim/search/search-document.ts';
import type { Commit } from '../../src/provisioning/records/resource-store.ts';
import type { Store } from '../../src/store/store.ts';
import { Chance, oddUserType, randomFilter, randomRecord } from '../support/random-filters.ts';
import { newUser, TENANT } from './fixtures.ts';

/** How many filters are tried, and where chance starts: `FILTERS=10000 FILTER_SEED=7` for a long run. */
const COUNT = process.env.FILTERS;
const SEED = Number(process.env.FILTER_SEED ?? 20_261_121);
const RECORDS = 80;

const step = (key: string, multiValued = false) => ({ key, multiValued });
const SORTS: readonly SortOrder[] = [
  [step('username')],
  [step('displayname')],
  [step('active')],
  [step('emails', true), step('value')],
  [step('name'), step('givenname')],
  [step('meta'), step('lastmodified')],
].flatMap((target) => [
  { target, descending: false },
  { target, descending: true },
]);

/** Filters by chance: the store answers what `matchCondition` says, in the order that `compareDocuments` says. */
export function randomFiltersContract(store: () => Store, usualCount: number): void {
  const count = Number(COUNT ?? usualCount);
  describe('random filters', () => {
    it(`mean the same here as in memory (${count} filters, seed ${SEED})`, async function () {
      this.timeout(60_000 + count * 200);
      const chance = new Chance(SEED);
      const type = oddUserType();
      const commits: Commit[] = [];
      const documents: { readonly id: string; readonly search: SearchDocument }[] = [];
      for (let n = 0; n < RECORDS; n += 1) {
        const source = randomRecord(chance);
        const search = buildSearchDocument(type, source);
        documents.push({ id: `u${n}`, search });
        commits.push(newUser(`u${n}`, { search, record: { resource: source.resource } }));
      }
      const results = await store().resources.commitEach(commits);
      expect(results).to.deep.equal(commits.map(() => ({ outcome: 'done' })));
      for (let n = 0; n < count; n += 1) {
        const { text } = randomFilter(chance, { relations: false });
        const condition = bindFilter(type, parseFilter(text));
        const sort = chance.of(0.3) ? chance.pick(SORTS) : undefined;
        const expected = documents.filter(({ search }) => matchCondition(condition, search));
        if (sort?.descending) expected.reverse();
        if (sort !== undefined) expected.sort((one, other) => compareDocuments(sort, one.search, other.search));
        const page = await store().resources.query({
          tenant: TENANT,
          type: 'User',
          condition,
          sort,
          limit: RECORDS,
          page: chance.of(0.5) ? { offset: 0 } : { after: '' },
        });
        expect(
          page.records.map(({ id }) => id),
          `${text} sorted by ${JSON.stringify(sort)}`,
        ).to.deep.equal(expected.map(({ id }) => id));
        expect(page.total, text).to.equal(expected.length);
      }
    });
  });
}
