import type { KeyTest, StoreQuery } from '../../../provisioning/records/resource-store.ts';
import type { Condition } from '../../../scim/search/condition.ts';
import type { Bindable, Connection } from '../database/connection.ts';
import { joinSql, sql, Sql } from '../database/sql.ts';
import { translateCondition } from './filter-translation.ts';
import { keyedSource, keyTests } from './key-tests.ts';
import type { LocatedQuery } from './located-query.ts';

/** What is found by look-up keys: the positions of a page, one more where something lies beyond. */
export interface KeyedPage {
  readonly total: number;
  readonly places: readonly [position: number][];
  readonly counts?: Readonly<Record<string, number>>;
}

/** Up to so many records are asked one by one for a key that more than they have. */
const mostAsked = 20_000;

/** Whether look-up keys decide about a list. */
export function isByKeys({ keys = [], count = [] }: StoreQuery): boolean {
  return keys.length > 0 || count.length > 0;
}

/** Lists by look-up keys, in natural order. Records are read for a condition alone, which leads then. */
export class KeyedLists {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  read({ tenant, type, keys = [], count = [], condition, limit, page, from }: LocatedQuery): KeyedPage {
    if (keys.length === 0 && condition === undefined && limit === 0) return this.#countAll(tenant, type, count);
    const { table, test } =
      condition === undefined ? byKeys(tenant, type, keys) : this.#byCondition({ tenant, type, keys, condition });
    const [total] = this.#one<[number]>(sql`SELECT count(*) FROM ${table} WHERE ${test}`) ?? [0];
    const found = sql`SELECT found.position FROM ${table} WHERE ${test}`;
    const counts = count.length === 0 ? {} : { counts: this.#counts(tenant, type, count, total, found) };
    if (limit === 0) return { total, places: [], ...counts };
    if ('offset' in page) {
      const places = this.#all<[number]>(sql`${found} ORDER BY found.position LIMIT ${limit} OFFSET ${page.offset}`);
      return { total, places, ...counts };
    }
    const isBack = 'before' in page;
    const order = new Sql(isBack ? 'DESC' : 'ASC');
    const beyond =
      from === undefined
        ? new Sql('1')
        : isBack
          ? sql`found.position <= ${from.position}`
          : sql`found.position > ${from.position}`;
    const places = this.#all<[number]>(sql`${found} AND ${beyond} ORDER BY found.position ${order} LIMIT ${limit + 1}`);
    return { total, places, ...counts };
  }

  #countAll(tenant: string, type: string, keys: readonly string[]): KeyedPage {
    const rows = this.#all<[string, number]>(sql`
      SELECT key, count(*) FROM lookup_keys WHERE tenant = ${tenant} AND type = ${type}
      AND key IN (SELECT value FROM json_each(${JSON.stringify(keys)})) GROUP BY key`);
    const [total] = this.#one<[number]>(
      sql`SELECT coalesce(sum(records), 0) FROM blocks WHERE tenant = ${tenant} AND type = ${type}`,
    ) ?? [0];
    return { total, places: [], counts: Object.fromEntries(rows) };
  }

  /**
   * Leads by a condition: its positions are looked up once, for the total, the page and the counts alike. Where no
   * record passes the keys nothing is looked up.
   */
  #byCondition(query: Pick<StoreQuery, 'tenant' | 'type' | 'keys'> & { readonly condition: Condition }): Found {
    const { tenant, type, keys = [], condition } = query;
    const tests = keyTests(tenant, type, keys);
    const wanted = keyedSource(tenant, type, keys);
    const isEmpty =
      keys.length > 0
      && this.#one(sql`SELECT 1 FROM ${wanted.from} WHERE ${allOf(wanted.tests)} LIMIT 1`) === undefined;
    const [positions] = isEmpty
      ? ['[]']
      : (this.#one<[string]>(
          sql`SELECT json_group_array(position) FROM records WHERE tenant = ${tenant} AND type = ${type} AND
            (${translateCondition(condition, tenant, type)})`,
        ) ?? ['[]']);
    return { table: sql`(SELECT value AS position FROM json_each(${positions})) AS found`, test: allOf(tests) };
  }

  /**
   * Of a key that few records have, its records are looked for among those found; of another, each record found is
   * asked for it.
   */
  #counts(tenant: string, type: string, keys: readonly string[], total: number, found: Sql): Record<string, number> {
    const isOf = (key: Sql): Sql => sql`counted.tenant = ${tenant} AND counted.type = ${type} AND counted.key = ${key}`;
    // JSON is read once for each row that it is joined to, so a key that many have gets a statement of its own.
    const large = total > mostAsked ? [] : keys.filter((key) => this.#hasMore(isOf(sql`${key}`), total));
    const small = JSON.stringify(keys.filter((key) => !large.includes(key)));
    // With the plus the records of a key are gone through, and not each position looked up for each key.
    const rows = this.#all<[string, number]>(sql`
      SELECT counted.key, count(*) FROM json_each(${small}) AS wanted CROSS JOIN lookup_keys AS counted
        ON ${isOf(new Sql('wanted.value'))} WHERE +counted.position IN (${found}) GROUP BY counted.key`);
    for (const key of large) {
      const [count] = this.#one<[number]>(sql`
        SELECT count(*) FROM (${found}) AS found CROSS JOIN lookup_keys AS counted
          ON ${isOf(sql`${key}`)} AND counted.position = found.position`) ?? [0];
      if (count > 0) rows.push([key, count]);
    }
    return Object.fromEntries(rows);
  }

  #hasMore(isOfKey: Sql, count: number): boolean {
    const [size] = this.#one<[number]>(
      sql`SELECT count(*) FROM (SELECT 1 FROM lookup_keys AS counted WHERE ${isOfKey} LIMIT ${count + 1})`,
    ) ?? [0];
    return size > count;
  }

  #all<Row extends readonly unknown[]>({ text, values }: Sql): Row[] {
    return this.#connection.all<Row>(text, ...(values as Bindable[]));
  }

  #one<Row extends readonly unknown[]>({ text, values }: Sql): Row | undefined {
    return this.#connection.get<Row>(text, ...(values as Bindable[]));
  }
}

/** A table `found` of positions, and what is tested of each. */
interface Found {
  readonly table: Sql;
  readonly test: Sql;
}

function byKeys(tenant: string, type: string, keys: readonly KeyTest[]): Found {
  const { from, tests } = keyedSource(tenant, type, keys);
  return { table: from, test: allOf(tests) };
}

function allOf(tests: readonly Sql[]): Sql {
  return joinSql([new Sql('1'), ...tests], ' AND ');
}
