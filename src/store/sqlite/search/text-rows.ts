import type { StoredText } from '../../../provisioning/records/resource-store.ts';
import type { FramePart, TextFrame } from '../../../scim/port/text-frame.ts';
import type { Connection } from '../database/connection.ts';
import { joinSql, sql, Sql } from '../database/sql.ts';
import { isInGroup } from './record-row.ts';

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
