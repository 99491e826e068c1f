import type { FramePart, TextFrame } from '../../../scim/port/text-frame.ts';
import type { Connection } from '../database/connection.ts';
import { joinSql, sql, Sql } from '../database/sql.ts';
import { translateCondition } from './filter-translation.ts';
import { indexedPart } from './indexed-condition.ts';
import { isByKeys } from './keyed-lists.ts';
import type { LocatedQuery } from './located-query.ts';
import { isInGroup } from './record-row.ts';
import type { StoredText } from '../../../provisioning/records/public-text.ts';

const columns = { id: 'id', created: 'created', lastModified: 'last_modified', version: 'version' } as const;

const partOf = (part: FramePart): Sql =>
  typeof part === 'string' ? sql`${part}` : new Sql(`records.${columns[part.of]}`);

/**
 * An expression for the public text of a record in its frame. Its opening brace is cut off as a byte: of text, SQLite
 * would count all characters.
 */
function framed(frame: TextFrame): Sql {
  return sql`concat(${joinSql(frame.map(partOf), ', ')}, substr(CAST(records.resource AS BLOB), 2))`;
}

const nothing: StoredText = { count: 0, text: Buffer.alloc(0), under: [], until: null, inGroups: new Map() };

type OnlyRow = readonly [
  count: number,
  id: string,
  under: string | null,
  until: string | null,
  inGroup: number,
  text: Buffer,
];

/**
 * Reads, by one statement, the first page of a list by `eq` that one record passes, or none: with a unique value that
 * is so.
 * @returns undefined for other lists, where more records pass, and where the record has no public text
 */
export function onlyText(connection: Connection, query: LocatedQuery, frame: TextFrame): StoredText | undefined {
  const { condition, sort, tenant, type, limit, page } = query;
  const isFirst = 'offset' in page && page.offset === 0 && limit > 0;
  if (condition === undefined || sort !== undefined || !isFirst || isByKeys(query)) return undefined;
  if (condition !== indexedPart(condition, type)) return undefined;
  const test = translateCondition(condition, tenant, type);
  // What stands beside count() is of its one row.
  const { text: select, values } = sql`
    SELECT count(*), id, shown_under, shown_until, in_group, CAST(text AS BLOB) FROM (
      SELECT records.id, records.shown_under, records.shown_until, ${new Sql(isInGroup)} AS in_group,
        ${framed(frame)} AS text
      FROM records WHERE records.tenant = ${tenant} AND records.type = ${type} AND (${test}) LIMIT 2)`;
  const row = connection.get<OnlyRow>(select, ...values);
  if (row === undefined) return undefined;
  const [count, id, under, until, inGroup, text] = row;
  if (count === 0) return nothing;
  if (count > 1 || under === null) return undefined;
  return { count, text, under: [under], until, inGroups: new Map(inGroup === 1 ? [[0, id]] : []) };
}

type TextRow = readonly [
  text: Buffer,
  count: number,
  places: string,
  shown: number,
  under: string,
  until: string | null,
  inGroups: string,
];

/**
 * Reads the texts of records at some positions, in their order.
 * @returns undefined where a record is gone or has no public text
 */
export function textsAt(
  connection: Connection,
  positions: readonly number[],
  frame: TextFrame,
): StoredText | undefined {
  if (positions.length === 0) return nothing;
  const { text, values } = sql`
    SELECT CAST(group_concat(text, ',') AS BLOB), count(*), group_concat(position), count(shown_under),
      group_concat(DISTINCT shown_under), min(shown_until),
      json_group_array(json_array(place, id)) FILTER (WHERE in_group)
    FROM (
      SELECT wanted.key AS place, records.position, records.id, records.shown_under, records.shown_until,
        ${new Sql(isInGroup)} AS in_group, ${framed(frame)} AS text
      FROM json_each(${JSON.stringify(positions)}) AS wanted
      CROSS JOIN records ON records.position = wanted.value)`;
  const row = connection.get<TextRow>(text, ...values);
  if (row === undefined) return undefined;
  const [bytes, count, places, shown, under, until, inGroups] = row;
  // SQLite promises no order of what it joins.
  if (count !== positions.length || shown !== count || places !== positions.join()) return undefined;
  return {
    count,
    text: bytes,
    under: under.split(','),
    until,
    inGroups: new Map(JSON.parse(inGroups) as [number, string][]),
  };
}
