import type { StoreQuery } from '../../../provisioning/records/resource-store.ts';
import type { SortOrder } from '../../../scim/search/condition.ts';
import type { WalkStart } from '../../../scim/port/resource-handler.ts';
import type { TextFrame } from '../../../scim/port/text-frame.ts';
import { recoverLong } from '../../value-digest.ts';
import type { Bindable, Connection } from '../database/connection.ts';
import { translateCondition } from './filter-translation.ts';
import { indexedPart } from './indexed-condition.ts';
import { firstValue } from '../database/json-value.ts';
import type { LocatedQuery } from './located-query.ts';
import { parsePosition } from './list-position.ts';
import type { ListPosition } from './list-position.ts';
import { BLOCK } from '../database/migrations.ts';
import { type ListSource, listSourceOf } from './list-source.ts';
import { inOneText, type PackedRow, positionOf, rowsIn } from './record-row.ts';
import { sql, Sql } from '../database/sql.ts';
import { isByKeys, KeyedLists } from './keyed-lists.ts';
import type { KeptCounts } from './kept-counts.ts';
import { positionIn, order, farther, stretches } from './list-order.ts';
import { onlyText, textsAt } from './text-rows.ts';
import { inOrder, pageOf, type Place, type PlacePage, type RowPage, type TextPage } from './place-page.ts';

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
    const found = this.#quickPlaces(query);
    return found && this.#withRows(query, found);
  }

  /** The same with texts. */
  quickText(query: LocatedQuery, frame: TextFrame): TextPage | undefined {
    const only = onlyText(this.#connection, query, frame);
    if (only !== undefined) return { total: only.count, text: only };
    const found = this.#quickPlaces(query);
    return found && this.#withText(found, frame);
  }

  /** The page, whatever it takes. */
  page(query: LocatedQuery): RowPage {
    return this.#withRows(query, this.#places(query));
  }

  /** The same with texts. */
  text(query: LocatedQuery, frame: TextFrame): TextPage {
    return this.#withText(this.#places(query), frame);
  }

  #withRows({ type }: LocatedQuery, { places, ...page }: PlacePage): RowPage {
    return { ...page, rows: this.#rowsAt(listSourceOf(type), places) };
  }

  #withText({ places, ...page }: PlacePage, frame: TextFrame): TextPage {
    const text = textsAt(
      this.#connection,
      places.map(([position]) => position),
      frame,
    );
    return text === undefined ? page : { ...page, text };
  }

  #quickPlaces(query: LocatedQuery): PlacePage | undefined {
    const { condition, sort, tenant, type } = query;
    if (isByKeys(query)) return undefined;
    if (condition === undefined)
      return sort === undefined && query.limit <= AT_ONCE ? this.#unfiltered(query) : undefined;
    if (condition.kind === 'always' && !condition.value) return { total: 0, places: [] };
    const part = indexedPart(condition, type);
    if (part === undefined) return undefined;
    const test = translateCondition(part, tenant, type);
    const source = listSourceOf(type);
    const found = this.#positions(sql`
      SELECT records.position FROM ${source.from} WHERE ${source.within(tenant, type)} AND (${test}) LIMIT ${FEW + 1}`);
    if (found.length > FEW) return undefined;
    if (found.length === 0) return { total: 0, places: [] };
    // All that is found is in the list.
    if (part === condition && sort === undefined && 'offset' in query.page) {
      const {
        limit,
        page: { offset },
      } = query;
      return { total: found.length, places: inOrder(found).slice(offset, offset + limit) };
    }
    const positions = JSON.stringify(found.map(([position]) => position));
    const among = sql`records.position IN (SELECT value FROM json_each(${positions}))`;
    return this.#filtered(
      query,
      part === condition ? among : sql`${among} AND (${translateCondition(condition, tenant, type)})`,
    );
  }

  #places(query: LocatedQuery): PlacePage {
    const { condition, sort, tenant, type } = query;
    if (isByKeys(query)) return this.#byKeys(query);
    if (condition === undefined && sort === undefined) return this.#unfiltered(query);
    const test = condition === undefined ? new Sql('1') : translateCondition(condition, tenant, type);
    return this.#filtered(query, sql`${listSourceOf(type).within(tenant, type)} AND (${test})`);
  }

  /** By look-up keys, in natural order. */
  #byKeys(query: LocatedQuery): PlacePage {
    const { limit, page } = query;
    const { total, places, counts } = this.#keyed.read(query);
    const more = counts === undefined ? {} : { counts };
    if ('offset' in page || limit === 0) return { total, places, ...more };
    return { total, ...pageOf(places, limit, page), ...more };
  }

  /** Natural order: counts by block lead to any offset, and to the total. */
  #unfiltered({ tenant, type, limit, page, from }: LocatedQuery): PlacePage {
    const [total] = this.#one<[number]>(
      sql`SELECT coalesce(sum(records), 0) FROM blocks WHERE tenant = ${tenant} AND type = ${type}`,
    ) ?? [0];
    const source = listSourceOf(type);
    const inType = source.within(tenant, type);
    if (!('offset' in page))
      return { total, ...pageOf(this.#walk(source, inType, undefined, limit, page, from), limit, page) };
    if (limit === 0 || page.offset >= total) return { total, places: [] };
    const [block, before] = this.#one<[number, number]>(sql`
      SELECT block, upto - records FROM
        (SELECT block, records, sum(records) OVER (ORDER BY block) AS upto FROM blocks WHERE tenant = ${tenant} AND type
          = ${type})
      WHERE upto > ${page.offset} ORDER BY block LIMIT 1`) ?? [0, 0];
    const places = this.#positions(sql`
      SELECT records.position FROM ${source.from} WHERE ${inType} AND records.position >= ${block * BLOCK}
      ORDER BY records.position LIMIT ${limit} OFFSET ${page.offset - before}`);
    return { total, places: inOrder(places) };
  }

  #filtered({ type, sort, limit, page, from, generation }: LocatedQuery, test: Sql): PlacePage {
    const source = listSourceOf(type);
    if (!('offset' in page)) {
      const places = limit === 0 ? [] : this.#walk(source, test, sort, limit, page, from);
      const isAll = from === undefined && limit > 0 && places.length <= limit;
      return { total: isAll ? places.length : this.#count(source, test, generation), ...pageOf(places, limit, page) };
    }
    if (limit === 0) return { total: this.#count(source, test, generation), places: [] };
    const places = this.#all<[number]>(sql`
      SELECT records.position FROM ${source.from} WHERE ${test} ORDER BY ${order(sort, false)} LIMIT ${limit} OFFSET
        ${page.offset}`);
    const isLast = places.length < limit && (places.length > 0 || page.offset === 0);
    return { total: isLast ? page.offset + places.length : this.#count(source, test, generation), places };
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

  #rowsAt({ from, row }: ListSource, places: readonly Place[]): PackedRow[] {
    if (places.length === 0) return [];
    const positions = places.map(([position]) => position);
    if (positions.length === 1)
      return this.#rows(sql`SELECT ${row} AS packed FROM ${from} WHERE records.position = ${positions[0]!}`);
    const rows = this.#rows(sql`
      SELECT ${row} AS packed FROM json_each(${JSON.stringify(positions)}) AS wanted
      CROSS JOIN ${from} ON records.position = wanted.value`);
    const byPosition = new Map(rows.map((found) => [positionOf(found), found]));
    return positions.flatMap((position) => byPosition.get(position) ?? []);
  }

  #rows(select: Sql): PackedRow[] {
    return rowsIn(this.#one<[string | null]>(inOneText(select))?.[0]);
  }

  /** The positions that a statement answers: as one text, for the driver takes long for rows. */
  #positions(select: Sql): Place[] {
    const joined = this.#one<[string | null]>(
      new Sql(`SELECT group_concat(position) FROM (${select.text})`, select.values),
    )?.[0];
    return joined === null || joined === undefined
      ? []
      : joined.split(',').map((position): Place => [Number(position)]);
  }

  #all<Row extends readonly unknown[]>({ text, values }: Sql): Row[] {
    return this.#connection.all<Row>(text, ...(values as Bindable[]));
  }

  #one<Row extends readonly unknown[]>({ text, values }: Sql): Row | undefined {
    return this.#connection.get<Row>(text, ...(values as Bindable[]));
  }
}
