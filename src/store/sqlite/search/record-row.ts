import { lazily } from '../../../base/lazily.ts';
import type { Account } from '../../../provisioning/records/account.ts';
import type { GroupOfMember, ShownRecord, StoredRecord } from '../../../provisioning/records/resource-store.ts';
import type { IdempotencyKey } from '../../../scim/port/idempotency-key.ts';
import { wholeOf } from '../../../scim/model/public-part.ts';
import type { Resource } from '../../../scim/model/resource.ts';
import { Sql } from '../database/sql.ts';
import { directGroups } from './groups-above.ts';
import type { PublicText } from '../../../provisioning/records/public-text.ts';

/**
 * A row with all its columns in one text. The driver takes longer to hand over a row of twelve values than SQLite
 * takes to find it; joined, a whole page is one value, cheap to hand from thread to thread as well.
 */
export type PackedRow = string;

/** Between two columns and between two rows: no id holds them, and JSON text escapes them. */
const columnEnd = '\x1f';
const rowEnd = '\x1e';

/** Stands for a column that is null: SQLite's `concat_ws` leaves out what is null or empty. */
const absent = '-';
const unlessNull = (column: string): string => `coalesce(records.${column}, '${absent}')`;

/** The columns of a record, in the order in which `storedRecord` takes them apart. */
const recordColumns = [
  ...['position', 'tenant', 'type', 'id', 'version', 'created', 'last_modified'].map((column) => `records.${column}`),
  ...['rest', 'account', 'attempt', 'shown_under', 'shown_until'].map(unlessNull),
  // The longest comes last: what is joined is copied again with each column that follows.
  'records.resource',
];

/** An expression whose value is a packed row of these expressions, none of which may be null or empty. */
export function packed(columns: readonly string[]): Sql {
  return new Sql(`concat_ws(char(31), ${columns.join(', ')})`);
}

/** The packed row of a row of `records`. */
export const packedRecord = packed(recordColumns);

/** A statement that answers all rows of another, whose one column `packed` is a packed row, as a single text. */
export function inOneText(select: Sql): Sql {
  return new Sql(`SELECT group_concat(packed, char(30)) FROM (${select.text})`, select.values);
}

/** The rows of such a text; null where there are none. */
export function rowsIn(text: string | null | undefined): PackedRow[] {
  return text === null || text === undefined ? [] : text.split(rowEnd);
}

/** The position of a packed row. */
export function positionOf(row: PackedRow): number {
  return Number(row.slice(0, row.indexOf(columnEnd)));
}

/** The columns of a packed row. */
export function columnsOf(row: PackedRow): string[] {
  return row.split(columnEnd);
}

/** A row as reads show it: a page has a hundred of them, so it is taken apart no further than its answer needs. */
class ShownRow implements ShownRecord {
  readonly tenant: string;
  readonly id: string;
  readonly version: number;
  readonly created: string;
  readonly lastModified: string;
  readonly publicText: PublicText | undefined;
  readonly groups: readonly GroupOfMember[] | undefined;
  readonly #columns: readonly string[];

  constructor(columns: readonly string[], groups: readonly GroupOfMember[] | undefined) {
    const [, tenant = '', , id = '', version, created = '', lastModified = ''] = columns;
    const under = columns[10]!;
    const until = columns[11]!;
    this.#columns = columns;
    this.groups = groups;
    this.tenant = tenant;
    this.id = id;
    this.version = Number(version);
    this.created = created;
    this.lastModified = lastModified;
    this.publicText =
      under === absent ? undefined : { text: columns[12]!, under, until: until === absent ? null : until };
  }

  whole(): StoredRecord {
    return recordOf(this.#columns);
  }
}

/** A packed row for a read that shows it. */
export function shownRecord(row: PackedRow): ShownRecord {
  return new ShownRow(columnsOf(row), undefined);
}

/** Whether a record is a member of a group. */
export const isInGroup = `EXISTS (SELECT 1 FROM memberships WHERE memberships.tenant = records.tenant AND
  memberships.member = records.id)`;

/** The packed row of a row of `records`, with its `directGroups` in front. */
export const packedWithGroups = packed([`(${directGroups('records.tenant', 'records.id')})`, packedRecord.text]);

/**
 * Such a row for a read that shows it.
 * @param groupsOf reads what `directGroups` has answered for a member
 */
export function shownWithGroups(
  row: PackedRow,
  groupsOf: (member: string, direct: string) => readonly GroupOfMember[],
): ShownRecord {
  const [direct = '', ...columns] = columnsOf(row);
  return new ShownRow(columns, groupsOf(columns[3]!, direct));
}

/** The record of a packed row. Its JSON is parsed when somebody looks at it: many reads answer with the text. */
export function storedRecord(row: PackedRow): StoredRecord {
  return recordOf(columnsOf(row));
}

function recordOf(columns: readonly string[]): StoredRecord {
  const [, tenant = '', type = '', id = '', version, created = '', lastModified = ''] = columns;
  const [rest = absent, account = absent, attempt = absent, under = absent, until = absent, text = ''] =
    columns.slice(7);
  const keys = { tenant, type, id, version: Number(version), created, lastModified };
  const more = {
    ...(attempt === absent ? {} : { attempt: JSON.parse(attempt) as IdempotencyKey }),
    ...(under === absent ? {} : { publicText: { text, under, until: until === absent ? null : until } }),
  };
  const resource = lazily(() => resourceOf(text, rest));
  if (account === absent)
    return {
      ...keys,
      get resource() {
        return resource();
      },
      ...more,
    };
  const own = lazily(() => JSON.parse(account) as Account);
  return {
    ...keys,
    get resource() {
      return resource();
    },
    get account() {
      return own();
    },
    ...more,
  };
}

function resourceOf(text: string, rest: string): Resource {
  const shown = JSON.parse(text) as Resource;
  return rest === absent ? shown : wholeOf({ shown, rest: JSON.parse(rest) as Resource });
}
