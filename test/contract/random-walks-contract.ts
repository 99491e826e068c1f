import { expect } from 'chai';
import type { WalkStart } from '../../src/scim/port/resource-handler.ts';
import type { StorePage, StoreQuery } from '../../src/provisioning/records/resource-store.ts';
import { ExpiredCursorError } from '../../src/scim/model/scim-error.ts';
import type { SearchDocument } from '../../src/scim/search/search-document.ts';
import type { Store } from '../../src/store/store.ts';
import { Chance } from '../support/random-filters.ts';
import { newUser, nextVersion, removal, searchOf, TENANT } from './fixtures.ts';

const WALKS = process.env.WALKS;
const SEED = Number(process.env.WALK_SEED ?? 20_261_121);
const STEPS = 25;

const NAMES = ['', 'a', 'b', 'b', 'bb', 'c', '\uffee', '😀', undefined];
/** What goes into a request line, with the rest of it, everywhere. */
const LONGEST_POSITION = 1200;
const LONG = '\u0001é"'.repeat(2000);

/**
 * Walks there and back by chance, with writes between the pages: what lives through a walk comes exactly once each
 * way.
 */
export function randomWalksContract(store: () => Store, usualWalks: number): void {
  const walks = Number(WALKS ?? usualWalks);
  describe('random walks', () => {
    for (const order of [
      'creation',
      'ascending',
      'descending',
      'ascending long-prefix',
      'descending long-prefix',
    ] as const) {
      it(`meet each survivor once each way, in ${order} order (${walks} walks, seed ${SEED})`, async function () {
        const names = order.endsWith('long-prefix')
          ? NAMES.map((name) => (name === undefined ? undefined : `${LONG}${name}`))
          : NAMES;
        this.timeout(30_000 + walks * 4_000);
        const chance = new Chance(SEED);
        for (let walk = 0; walk < walks; walk += 1) {
          const tenant = `${TENANT}-${walk}`;
          const condition = chance.of(0.5)
            ? ({ kind: 'present', target: [{ key: 'listed', multiValued: false }] } as const)
            : undefined;
          const sort =
            order === 'creation'
              ? undefined
              : { target: [{ key: 'displayname', multiValued: false }], descending: order.startsWith('descending') };
          await wander(store(), chance, { tenant, type: 'User', condition, sort }, names);
        }
      });
    }

    for (const descending of [false, true]) {
      it(`goes through values long alike, ${descending ? 'descending' : 'ascending'}, there and back, by short positions`, async function () {
        this.timeout(30_000);
        const sort = { target: [{ key: 'displayname', multiValued: false }], descending };
        const put = Array.from({ length: 30 }, (_, n) =>
          newUser(`u${n}`, { search: searchOf('user', `u${n}`, { displayname: `${LONG}${String((n * 7) % 10)}` }) }),
        );
        for (const one of put) await store().resources.commit(one);
        const query = { tenant: TENANT, type: 'User', condition: undefined, sort };
        const idsOf = (page: StorePage): string[] => page.records.map(({ id }) => id);
        const expected = idsOf(await store().resources.query({ ...query, limit: 100, page: { offset: 0 } }));
        const there: string[] = [];
        const back: string[] = [];
        let page = await store().resources.query({ ...query, limit: 4, page: { after: '' } });
        for (;;) {
          there.push(...idsOf(page));
          if (page.next === undefined) break;
          expect(page.next.length).to.be.below(LONGEST_POSITION);
          page = await store().resources.query({ ...query, limit: 4, page: { after: page.next } });
        }
        back.unshift(...idsOf(page));
        while (page.previous !== undefined) {
          page = await store().resources.query({ ...query, limit: 4, page: { before: page.previous } });
          back.unshift(...idsOf(page));
        }
        expect(there).to.deep.equal(expected);
        expect(back).to.deep.equal(expected);
      });
    }

    it('end, and say so, when the long value at the edge of a page is no more', async () => {
      const sort = { target: [{ key: 'displayname', multiValued: false }], descending: false };
      const query = { tenant: TENANT, type: 'User', condition: undefined, sort, limit: 1 };
      const put = ['a', 'b', 'c'].map((end) =>
        newUser(end, { search: searchOf('user', end, { displayname: LONG + end }) }),
      );
      for (const one of put) await store().resources.commit(one);
      const { next = '' } = await store().resources.query({ ...query, page: { after: '' } });
      await store().resources.commit(removal(put[0]!.record));
      const lost = await store()
        .resources.query({ ...query, page: { after: next } })
        .catch((error: unknown) => error);
      expect(lost).to.be.instanceOf(ExpiredCursorError);
    });
  });
}

type Names = readonly (string | undefined)[];

/** Goes on and back through one tenant's users, half of which come, change and go meanwhile. */
async function wander(
  store: Store,
  chance: Chance,
  query: Omit<StoreQuery, 'limit' | 'page'>,
  names: Names,
): Promise<void> {
  const crowd = new Crowd(store, chance, query.tenant, names);
  await crowd.gather();
  const all = await store.resources.query({ ...query, limit: 1000, page: { offset: 0 } });
  const survivors = crowd.survivorsAmong(all.records.map(({ id }) => id));
  const isWhole = query.sort === undefined && query.condition === undefined;

  // The page just read holds the survivors from `first` to before `end`.
  let [first, end] = [0, 0];
  let start: WalkStart = { after: '' };
  /** The page that the one just read was reached from, going on. */
  let left: { readonly limit: number; readonly ids: readonly string[] } | undefined;
  for (let step = 0; step < STEPS; step += 1) {
    const limit = left !== undefined && chance.of(0.6) ? left.limit : 1 + chance.integer(9);
    const page = await readPage(store, { ...query, limit, page: start });
    if (page === undefined && names !== NAMES) break;
    const { records, next, previous } = page!;
    for (const position of [next, previous]) expect((position ?? '').length).to.be.below(LONGEST_POSITION);
    const ids = records.map(({ id }) => id);
    const met = crowd.survivorsAmong(ids);
    const told = `step ${step}: ${JSON.stringify({ ...query, start, limit, ids })}`;
    expect(ids.length, told).to.be.at.most(limit);
    expect(new Set(ids).size, told).to.equal(ids.length);
    [first, end] = 'after' in start ? [end, end + met.length] : [first - met.length, first];
    expect(met, told).to.deep.equal(survivors.slice(Math.max(0, first), end));
    if (next === undefined) expect(end, told).to.equal(survivors.length);
    if (previous === undefined) expect(first, told).to.equal(0);
    if ('before' in start) {
      // Where nothing comes in between, the page before is there again, filled up from before it with as many as it
      // has lost.
      if (isWhole && left !== undefined && limit >= left.limit)
        expect(met, told).to.include.members(crowd.survivorsAmong(left.ids));
      left = undefined;
    }
    if (next !== undefined && (previous === undefined || chance.of(0.55)))
      [start, left] = [{ after: next }, { limit, ids }];
    else if (previous !== undefined) start = { before: previous };
    else break;
    for (let n = chance.integer(3); n > 0; n -= 1) await crowd.write();
  }
}

/** Undefined where a change has taken a long value from the edge of a page, and it cannot be found again. */
async function readPage(store: Store, query: StoreQuery): Promise<StorePage | undefined> {
  return store.resources.query(query).catch((error: unknown) => {
    if (error instanceof ExpiredCursorError) return undefined;
    throw error;
  });
}

/** Users of whom half stay as they are, and the others do not. */
class Crowd {
  readonly #store: Store;
  readonly #chance: Chance;
  readonly #tenant: string;
  readonly #names: Names;
  readonly #passing: ReturnType<typeof newUser>[] = [];
  readonly #staying = new Set<string>();
  #made = 0;

  constructor(store: Store, chance: Chance, tenant: string, names: Names) {
    this.#store = store;
    this.#chance = chance;
    this.#tenant = tenant;
    this.#names = names;
  }

  async gather(): Promise<void> {
    for (let n = 0; n < 24; n += 1) {
      const put = await this.#create();
      if (this.#chance.of(0.5)) this.#passing.push(put);
      else this.#staying.add(put.record.id);
    }
  }

  survivorsAmong(ids: readonly string[]): string[] {
    return ids.filter((id) => this.#staying.has(id));
  }

  /** Creates, changes or removes one who does not stay. */
  async write(): Promise<void> {
    const put = this.#passing.splice(this.#chance.integer(this.#passing.length), 1)[0];
    if (put === undefined || this.#chance.of(0.3)) this.#passing.push(await this.#create());
    else if (this.#chance.of(0.5)) await this.#store.resources.commit(removal(put.record));
    else {
      const changed = nextVersion(put, { search: this.#search(put.record.id) });
      await this.#store.resources.commit(changed);
      this.#passing.push(changed);
    }
  }

  async #create(): Promise<ReturnType<typeof newUser>> {
    const id = `${this.#tenant}-u${(this.#made += 1)}`;
    const put = newUser(id, { tenant: this.#tenant, search: this.#search(id) });
    expect(await this.#store.resources.commit(put)).to.deep.equal({ outcome: 'done' });
    return put;
  }

  #search(id: string): SearchDocument {
    const displayname = this.#chance.pick(this.#names);
    return searchOf('user', id, {
      ...(displayname === undefined ? {} : { displayname }),
      ...(this.#chance.of(0.8) ? { listed: true } : {}),
    });
  }
}
