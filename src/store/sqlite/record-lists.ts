import type { StoreQuery } from '../../provisioning/resource-store.ts';
import type { SortOrder } from '../../scim/condition.ts';
import type { Bindable, Connection } from './connection.ts';
import { translateCondition } from './filter-translation.ts';
import { indexedPart } from './indexed-condition.ts';
import { firstValue } from './json-value.ts';
import { formatPosition, parsePosition } from './list-position.ts';
import type { ListPosition } from './list-position.ts';
import { BLOCK } from './migrations.ts';
import { RECORD_COLUMNS } from './record-row.ts';
import type { RecordRow } from './record-row.ts';
import { sql, Sql } from './sql.ts';

/** One page with its records still as rows. */
export interface RowPage {
  readonly total: number;
  readonly rows: readonly RecordRow[];
  readonly next?: string;
}

/** A place in the list: the record's position and, in a sorted list, its sort value. */
type Place = readonly [position: number, value?: string | number | null];

/** Up to so many records found by an index are tested at once, without asking what else the condition costs. */
const FEW = 64;

const PLAIN_ORDER = new Sql('records.position');

/** Reads pages of lists over one connection; the main thread has one for what an index answers, the scanning thread one for the rest. */
export class RecordLists {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The page, when indexes lead to it in microseconds; undefined when it may take a scan. */
  quickPage(query: StoreQuery): RowPage | undefined {
    const { condition, sort, tenant, type } = query;
    if (condition === undefined) return sort === undefined ? this.#unfiltered(query) : undefined;
    if (condition.kind === 'always' && !condition.value) return { total: 0, rows: [] };
    const part = indexedPart(condition);
    if (part === undefined) return undefined;
    const test = translateCondition(part, tenant, type);
    const found = this.#all<[number]>(sql`
      SELECT position FROM records WHERE tenant = ${tenant} AND type = ${type} AND (${test}) LIMIT ${FEW + 1}`);
    if (found.length > FEW) return undefined;
    if (found.length === 0) return { total: 0, rows: [] };
    if (part === condition && sort === undefined && 'offset' in query.page) {
      const { limit, page: { offset } } = query;
      return { total: found.length, rows: this.#rowsAt(found.sort(([one], [other]) => one - other).slice(offset, offset + limit)) };
    }
    const among = sql`records.position IN (SELECT value FROM json_each(${JSON.stringify(found.flat())}))`;
    return this.#filtered(query, part === condition ? among : sql`${among} AND (${translateCondition(condition, tenant, type)})`);
  }

  /** The page, whatever it takes. */
  page(query: StoreQuery): RowPage {
    const { condition, sort, tenant, type } = query;
    if (condition === undefined && sort === undefined) return this.#unfiltered(query);
    const test = condition === undefined ? new Sql('1') : translateCondition(condition, tenant, type);
    return this.#filtered(query, sql`records.tenant = ${tenant} AND records.type = ${type} AND (${test})`);
  }

  /** Natural order: counts by block lead to any offset, and to the total. */
  #unfiltered({ tenant, type, limit, page }: StoreQuery): RowPage {
    const [total] = this.#one<[number]>(sql`SELECT coalesce(sum(records), 0) FROM blocks WHERE tenant = ${tenant} AND type = ${type}`) ?? [0];
    const inType = sql`records.tenant = ${tenant} AND records.type = ${type}`;
    if ('after' in page) return this.#pageFrom(this.#walk(inType, undefined, limit, page.after), limit, total);
    if (limit === 0 || page.offset >= total) return { total, rows: [] };
    const [block, before] = this.#one<[number, number]>(sql`
      SELECT block, upto - records FROM
        (SELECT block, records, sum(records) OVER (ORDER BY block) AS upto FROM blocks WHERE tenant = ${tenant} AND type = ${type})
      WHERE upto > ${page.offset} ORDER BY block LIMIT 1`) ?? [0, 0];
    const rows = this.#all<RecordRow>(sql`
      SELECT ${new Sql(RECORD_COLUMNS)} FROM records WHERE ${inType} AND records.position >= ${block * BLOCK}
      ORDER BY records.position LIMIT ${limit} OFFSET ${page.offset - before}`);
    return { total, rows };
  }

  #filtered({ sort, limit, page }: StoreQuery, test: Sql): RowPage {
    if ('after' in page) {
      const places = limit === 0 ? [] : this.#walk(test, sort, limit, page.after);
      const isAll = page.after === '' && limit > 0 && places.length <= limit;
      return this.#pageFrom(places, limit, isAll ? places.length : this.#count(test));
    }
    if (limit === 0) return { total: this.#count(test), rows: [] };
    const places = this.#all<[number]>(sql`
      SELECT records.position FROM records WHERE ${test} ORDER BY ${order(sort)} LIMIT ${limit} OFFSET ${page.offset}`);
    const isLast = places.length < limit && (places.length > 0 || page.offset === 0);
    return { total: isLast ? page.offset + places.length : this.#count(test), rows: this.#rowsAt(places) };
  }

  #count(test: Sql): number {
    return this.#one<[number]>(sql`SELECT count(*) FROM records WHERE ${test}`)?.[0] ?? 0;
  }

  /** One place more than the limit, where there is one: it tells that something follows. */
  #walk(test: Sql, sort: SortOrder | undefined, limit: number, after: string): readonly Place[] {
    const from = after === '' ? undefined : parsePosition(after);
    if (sort === undefined) {
      const rest = from === undefined ? test : sql`${test} AND records.position > ${from.position}`;
      return this.#all<[number]>(sql`SELECT records.position FROM records WHERE ${rest} ORDER BY ${PLAIN_ORDER} LIMIT ${limit + 1}`);
    }
    const value = firstValue(new Sql('records.search'), sort.target).value;
    const places: Place[] = [];
    for (const stretch of stretches(value, sort.descending, from)) {
      if (places.length > limit) break;
      places.push(...this.#all<[number, string | number | null]>(sql`
        SELECT records.position, ${value} FROM records WHERE ${test} AND ${stretch} ORDER BY ${order(sort)} LIMIT ${limit + 1 - places.length}`));
    }
    return places;
  }

  #pageFrom(places: readonly Place[], limit: number, total: number): RowPage {
    const rows = this.#rowsAt(places.slice(0, limit));
    const last = places.length > limit ? places[limit - 1] : undefined;
    if (last === undefined) return { total, rows };
    const [position, value] = last;
    return { total, rows, next: formatPosition(value === undefined ? { position } : { position, value }) };
  }

  #rowsAt(places: readonly Place[]): RecordRow[] {
    if (places.length === 0) return [];
    const positions = places.map(([position]) => position);
    const rows = this.#all<[number, ...RecordRow]>(sql`
      SELECT records.position, ${new Sql(RECORD_COLUMNS)} FROM json_each(${JSON.stringify(positions)}) AS wanted
      CROSS JOIN records ON records.position = wanted.value`);
    const byPosition = new Map(rows.map(([position, ...row]) => [position, row]));
    return positions.flatMap((position) => {
      const row = byPosition.get(position);
      return row === undefined ? [] : [row];
    });
  }

  #all<Row extends readonly unknown[]>({ text, values }: Sql): Row[] {
    return this.#connection.all<Row>(text, ...values as Bindable[]);
  }

  #one<Row extends readonly unknown[]>({ text, values }: Sql): Row | undefined {
    return this.#connection.get<Row>(text, ...values as Bindable[]);
  }
}

function order(sort: SortOrder | undefined): Sql {
  if (sort === undefined) return PLAIN_ORDER;
  const { value } = firstValue(new Sql('records.search'), sort.target);
  return sort.descending ? sql`${value} DESC NULLS FIRST, records.position` : sql`${value} ASC NULLS LAST, records.position`;
}

/** What follows a place in a sorted list, in stretches that an index can each go straight to: equal values, then farther ones. */
function stretches(value: Sql, descending: boolean, from: ListPosition | undefined): readonly Sql[] {
  const absent = sql`${value} IS NULL`;
  if (from === undefined) return descending ? [absent, sql`${value} IS NOT NULL`] : [sql`${value} IS NOT NULL`, absent];
  if (from.value === undefined || from.value === null) {
    const rest = sql`${absent} AND records.position > ${from.position}`;
    return descending ? [rest, sql`${value} IS NOT NULL`] : [rest];
  }
  const equal = sql`${value} = ${from.value} AND records.position > ${from.position}`;
  return descending ? [equal, sql`${value} < ${from.value}`] : [equal, sql`${value} > ${from.value}`, absent];
}
