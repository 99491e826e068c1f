import type { StoreQuery } from '../../../provisioning/records/resource-store.ts';
import type { SortOrder } from '../../../scim/search/condition.ts';
import type { WalkStart } from '../../../scim/port/resource-handler.ts';
import { cutPage } from '../../cut-page.ts';
import { recoverLong } from '../../value-digest.ts';
import type { Bindable, Connection } from '../database/connection.ts';
import { translateCondition } from './filter-translation.ts';
import { indexedPart } from './indexed-condition.ts';
import { firstValue } from '../database/json-value.ts';
import type { LocatedQuery } from './located-query.ts';
import { formatPosition, parsePosition } from './list-position.ts';
import type { ListPosition } from './list-position.ts';
import { BLOCK } from '../database/migrations.ts';
import { type ListSource, listSourceOf } from './list-source.ts';
import { inOneText, type PackedRow, positionOf, rowsIn } from './record-row.ts';
import { sql, Sql } from '../database/sql.ts';
import { isByKeys, KeyedLists } from './keyed-lists.ts';
import type { KeptCounts } from './kept-counts.ts';
import { positionIn, inOrder, order, farther, stretches } from './list-order.ts';

/** One page with its records still as rows. */
export interface RowPage {
  readonly total: number;
  readonly rows: readonly PackedRow[];
  readonly next?: string;
  readonly previous?: string;
  readonly counts?: Readonly<Record<string, number>>;
}

/** A place in the list: the record's position and, in a sorted list, its sort value. */
type Place = readonly [position: number, value?: string | number | null];

/** Up to so many records found by an index are tested at once, without asking what else the condition costs. */
const FEW = 64;

/** A page of more records than this keeps a thread busy for too long to be read on the main one. */
const AT_ONCE = 250;

/**
 * Reads pages of lists over one connection; the main thread has one for queries that an index answers, the scanning
 * thread one for the others.
 */
export class RecordLists {
  readonly #connection: Connection;
  readonly #keyed: KeyedLists;
  readonly #counts: KeptCounts | undefined;

  /** @param counts where each page is read in a transaction of its own */
  constructor(connection: Connection, counts?: KeptCounts) {
    this.#connection = connection;
    this.#counts = counts;
    this.#keyed = new KeyedLists(connection);
  }

  /**
   * Finds where a query starts. A long sort value is read again from the record at that position.
   * @throws ExpiredCursorError when that record no longer has it
   */
  locate(query: StoreQuery): LocatedQuery {
    const { page, sort, type } = query;
    const text = 'offset' in page ? '' : positionIn(page);
    const from = text === '' ? undefined : parsePosition(text);
    if (from?.digest === undefined || sort === undefined) return { ...query, from };
    const { position, digest } = from;
    const { value } = firstValue(new Sql('records.search'), sort.target);
    const [held] =
      this.#one<[string | number | null]>(
        sql`SELECT ${value} FROM ${listSourceOf(type).from} WHERE records.position = ${position}`,
      ) ?? [];
    return { ...query, from: { position, value: recoverLong(digest, held) } };
  }

  /** The page, when indexes lead to it in microseconds; undefined when it may take a scan. */
  quickPage(query: LocatedQuery): RowPage | undefined {
    const { condition, sort, tenant, type } = query;
    if (isByKeys(query)) return undefined;
    if (condition === undefined)
      return sort === undefined && query.limit <= AT_ONCE ? this.#unfiltered(query) : undefined;
    if (condition.kind === 'always' && !condition.value) return { total: 0, rows: [] };
    const part = indexedPart(condition, type);
    if (part === undefined) return undefined;
    const test = translateCondition(part, tenant, type);
    const asFound = part === condition && sort === undefined && 'offset' in query.page;
    // Where all that is found is in the list, its records come along.
    const source = listSourceOf(type);
    const row = asFound ? source.row : new Sql('records.position');
    const found = this.#rows(sql`
      SELECT ${row} AS packed FROM ${source.from} WHERE ${source.within(tenant, type)} AND (${test}) LIMIT ${FEW + 1}`);
    if (found.length > FEW) return undefined;
    if (found.length === 0) return { total: 0, rows: [] };
    if (asFound && 'offset' in query.page) {
      const {
        limit,
        page: { offset },
      } = query;
      return { total: found.length, rows: inOrder(found).slice(offset, offset + limit) };
    }
    const among = sql`records.position IN (SELECT value FROM json_each(${JSON.stringify(found.map(Number))}))`;
    return this.#filtered(
      query,
      part === condition ? among : sql`${among} AND (${translateCondition(condition, tenant, type)})`,
    );
  }

  /** The page, whatever it takes. */
  page(query: LocatedQuery): RowPage {
    const { condition, sort, tenant, type } = query;
    if (isByKeys(query)) return this.#byKeys(query);
    if (condition === undefined && sort === undefined) return this.#unfiltered(query);
    const test = condition === undefined ? new Sql('1') : translateCondition(condition, tenant, type);
    return this.#filtered(query, sql`${listSourceOf(type).within(tenant, type)} AND (${test})`);
  }

  /** By look-up keys, in natural order. */
  #byKeys(query: LocatedQuery): RowPage {
    const { type, limit, page } = query;
    const source = listSourceOf(type);
    const { total, places, counts } = this.#keyed.read(query);
    const more = counts === undefined ? {} : { counts };
    if ('offset' in page || limit === 0) return { total, rows: this.#rowsAt(source, places), ...more };
    return { total, ...this.#pageOf(source, places, limit, page), ...more };
  }

  /** Natural order: counts by block lead to any offset, and to the total. */
  #unfiltered({ tenant, type, limit, page, from }: LocatedQuery): RowPage {
    const [total] = this.#one<[number]>(
      sql`SELECT coalesce(sum(records), 0) FROM blocks WHERE tenant = ${tenant} AND type = ${type}`,
    ) ?? [0];
    const source = listSourceOf(type);
    const inType = source.within(tenant, type);
    if (!('offset' in page))
      return { total, ...this.#pageOf(source, this.#walk(source, inType, undefined, limit, page, from), limit, page) };
    if (limit === 0 || page.offset >= total) return { total, rows: [] };
    const [block, before] = this.#one<[number, number]>(sql`
      SELECT block, upto - records FROM
        (SELECT block, records, sum(records) OVER (ORDER BY block) AS upto FROM blocks WHERE tenant = ${tenant} AND type
          = ${type})
      WHERE upto > ${page.offset} ORDER BY block LIMIT 1`) ?? [0, 0];
    const rows = this.#rows(sql`
      SELECT ${source.row} AS packed FROM ${source.from} WHERE ${inType} AND records.position >= ${block * BLOCK}
      ORDER BY records.position LIMIT ${limit} OFFSET ${page.offset - before}`);
    return { total, rows: inOrder(rows) };
  }

  #filtered({ type, sort, limit, page, from, generation }: LocatedQuery, test: Sql): RowPage {
    const source = listSourceOf(type);
    if (!('offset' in page)) {
      const places = limit === 0 ? [] : this.#walk(source, test, sort, limit, page, from);
      const isAll = from === undefined && limit > 0 && places.length <= limit;
      return {
        total: isAll ? places.length : this.#count(source, test, generation),
        ...this.#pageOf(source, places, limit, page),
      };
    }
    if (limit === 0) return { total: this.#count(source, test, generation), rows: [] };
    const places = this.#all<[number]>(sql`
      SELECT records.position FROM ${source.from} WHERE ${test} ORDER BY ${order(sort, false)} LIMIT ${limit} OFFSET
        ${page.offset}`);
    const isLast = places.length < limit && (places.length > 0 || page.offset === 0);
    return {
      total: isLast ? page.offset + places.length : this.#count(source, test, generation),
      rows: this.#rowsAt(source, places),
    };
  }

  #count({ from }: ListSource, test: Sql, generation: number | undefined): number {
    const statement = sql`SELECT count(*) FROM ${from} WHERE ${test}`;
    return this.#counts?.of(statement, generation) ?? this.#one<[number]>(statement)?.[0] ?? 0;
  }

  /** Places in the order of the walk, one more than the limit where something lies beyond. */
  #walk(
    source: ListSource,
    test: Sql,
    sort: SortOrder | undefined,
    limit: number,
    start: WalkStart,
    from: ListPosition | undefined,
  ): readonly Place[] {
    const isBack = 'before' in start;
    if (sort === undefined) {
      const rest = from === undefined ? test : sql`${test} AND ${farther(from, isBack, isBack)}`;
      return this.#all<[number]>(
        sql`SELECT records.position FROM ${source.from} WHERE ${rest} ORDER BY ${order(sort, isBack)} LIMIT
          ${limit + 1}`,
      );
    }
    const value = firstValue(new Sql('records.search'), sort.target).value;
    const places: Place[] = [];
    for (const stretch of stretches(value, sort, isBack, from)) {
      if (places.length > limit) break;
      places.push(
        ...this.#all<[number, string | number | null]>(sql`
        SELECT records.position, ${value} FROM ${source.from} WHERE ${test} AND ${stretch} ORDER BY
          ${order(sort, isBack)} LIMIT ${limit + 1 - places.length}`),
      );
    }
    return places;
  }

  #pageOf(source: ListSource, walked: readonly Place[], limit: number, start: WalkStart): Omit<RowPage, 'total'> {
    const { items, ...edges } = cutPage(walked, limit, start, ([position, value]) =>
      formatPosition(value === undefined ? { position } : { position, value }),
    );
    return { rows: this.#rowsAt(source, items), ...edges };
  }

  #rowsAt({ from, row }: ListSource, places: readonly Place[]): PackedRow[] {
    if (places.length === 0) return [];
    const positions = places.map(([position]) => position);
    const rows = this.#rows(sql`
      SELECT ${row} AS packed FROM json_each(${JSON.stringify(positions)}) AS wanted
      CROSS JOIN ${from} ON records.position = wanted.value`);
    const byPosition = new Map(rows.map((found) => [positionOf(found), found]));
    return positions.flatMap((position) => byPosition.get(position) ?? []);
  }

  #rows(select: Sql): PackedRow[] {
    return rowsIn(this.#one<[string | null]>(inOneText(select))?.[0]);
  }

  #all<Row extends readonly unknown[]>({ text, values }: Sql): Row[] {
    return this.#connection.all<Row>(text, ...(values as Bindable[]));
  }

  #one<Row extends readonly unknown[]>({ text, values }: Sql): Row | undefined {
    return this.#connection.get<Row>(text, ...(values as Bindable[]));
  }
}
