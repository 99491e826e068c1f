import type { StoreQuery } from '../../../provisioning/records/resource-store.ts';
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

/** Up to so many records are asked one by one for the keys that are counted. */
const fewCounted = 2_000;

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
    const { table, test } = foundBy({ tenant, type, keys, condition });
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

  /** Few records are asked for each key; of many, it is looked up which of the key's records are among them. */
  #counts(tenant: string, type: string, keys: readonly string[], total: number, found: Sql): Record<string, number> {
    const wanted = sql`json_each(${JSON.stringify(keys)})`;
    const ofKey = sql`counted.tenant = ${tenant} AND counted.type = ${type} AND counted.key = wanted.value`;
    const rows = this.#all<[string, number]>(
      total <= fewCounted
        ? sql`SELECT counted.key, count(*) FROM (${found}) AS found CROSS JOIN ${wanted} AS wanted
            CROSS JOIN lookup_keys AS counted ON ${ofKey} AND counted.position = found.position GROUP BY counted.key`
        : sql`SELECT counted.key, count(*) FROM ${wanted} AS wanted CROSS JOIN lookup_keys AS counted ON ${ofKey}
            WHERE counted.position IN (${found}) GROUP BY counted.key`,
    );
    return Object.fromEntries(rows);
  }

  #all<Row extends readonly unknown[]>({ text, values }: Sql): Row[] {
    return this.#connection.all<Row>(text, ...(values as Bindable[]));
  }

  #one<Row extends readonly unknown[]>({ text, values }: Sql): Row | undefined {
    return this.#connection.get<Row>(text, ...(values as Bindable[]));
  }
}

function foundBy({ tenant, type, keys = [], condition }: Pick<StoreQuery, 'tenant' | 'type' | 'keys' | 'condition'>): {
  readonly table: Sql;
  readonly test: Sql;
} {
  const { from, tests } =
    condition === undefined
      ? keyedSource(tenant, type, keys)
      : {
          from: sql`(SELECT position FROM records WHERE tenant = ${tenant} AND type = ${type} AND
            (${translateCondition(condition, tenant, type)})) AS found`,
          tests: keyTests(tenant, type, keys),
        };
  return { table: from, test: joinSql([new Sql('1'), ...tests], ' AND ') };
}
