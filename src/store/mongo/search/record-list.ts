import type { StoredRecord, StorePage, StoreQuery } from '../../../provisioning/records/resource-store.ts';
import type { SortOrder, Target } from '../../../scim/search/condition.ts';
import type { WalkStart } from '../../../scim/port/resource-handler.ts';
import { cutPage } from '../../cut-page.ts';
import { digestOfLong, recoverLong } from '../../value-digest.ts';
import type { RecordDocument } from '../database/documents.ts';
import { encodeName } from '../database/field-names.ts';
import type { Collections } from '../database/collections.ts';
import { recordFields, searchField, storedRecord } from '../database/record-document.ts';
import type { MongoQuery } from './translate-condition.ts';

/** A collection of documents with the fields of a record. */
type Records = Pick<Collections['records'], 'find' | 'findOne' | 'count'>;

/** What is read of each record of a list: its place, and what the list is for. */
type Listed = Pick<RecordDocument, '_id' | 'search' | 'position'>;

/** A page, and what was read of its records. */
export type ListedPage<Row> = Omit<StorePage, 'records'> & { readonly rows: readonly Row[] };

/**
 * A stretch of a list that one index range holds: in ascending order those with a value come first, then those
 * without.
 */
interface Stretch {
  readonly filter: MongoQuery;
  readonly sort: Readonly<Record<string, 1 | -1>>;
}

/** A place in a list: in which stretch, and at which record. */
interface Position {
  readonly stretch: number;
  readonly position: number;
  readonly key: string;
  readonly value?: unknown;
  /** In the value's place where that is a long text. */
  readonly digest?: string;
}

const creation = { position: 1, _id: 1 } as const;

/**
 * Lists the records that a query document lets through: by offset, or on from a position, in the order of creation or
 * by a value.
 * @param filter tenant, type and condition
 * @param count how many it lets through, where the page does not tell
 */
export async function listRecords(
  source: Records,
  filter: MongoQuery,
  query: Pick<StoreQuery, 'sort' | 'limit' | 'page'>,
  count?: () => Promise<number>,
): Promise<StorePage> {
  const { rows, ...page } = await listRows<Parameters<typeof storedRecord>[0] & Listed>(
    source,
    recordFields,
    filter,
    query,
    count,
  );
  return { ...page, records: rows.map((row): StoredRecord => storedRecord(row)) };
}

/**
 * The same with other fields of the records.
 * @param fields what to read of each, its position among them
 */
export async function listRows<Row extends Listed>(
  source: Records,
  fields: Fields,
  filter: MongoQuery,
  query: Pick<StoreQuery, 'sort' | 'limit' | 'page'>,
  count: () => Promise<number> = () => source.count(filter),
): Promise<ListedPage<Row>> {
  const { sort, limit, page } = query;
  const path = sort && sortPath(sort.target);
  const stretches = stretchesOf(sort, path);
  const list: List = { source, fields, filter, stretches, path };
  const found: Omit<ListedPage<Row>, 'total'> = 'offset' in page
    ? { rows: await readFrom<Row>(list, limit, page.offset) }
    : await walk<Row>(list, limit, page);
  return { total: totalByPage(found, limit, page) ?? (await count()), ...found };
}

type Fields = Readonly<Record<string, unknown>> & { readonly position: unknown };

/** A list that is read. */
interface List {
  readonly source: Records;
  readonly fields: Fields;
  readonly filter: MongoQuery;
  readonly stretches: readonly Stretch[];
  /** Of the value that it is sorted by. */
  readonly path: string | undefined;
}

/**
 * How long the list is, where the page itself tells: it is the last one, and the number of entries before it is known.
 */
function totalByPage(
  { rows, next, previous }: Omit<ListedPage<unknown>, 'total'>,
  limit: number,
  page: StoreQuery['page'],
): number | undefined {
  if ('offset' in page) {
    const isLast = rows.length < limit && (rows.length > 0 || page.offset === 0);
    return isLast ? page.offset + rows.length : undefined;
  }
  const isWhole = limit > 0 && next === undefined && previous === undefined;
  return isWhole ? rows.length : undefined;
}

/** An array is sorted by its first element: that is the primary one. */
function sortPath(target: Target): string {
  return target
    .map(
      ({ key, multiValued }, index) => `${index === 0 ? searchField(key) : encodeName(key)}${multiValued ? '.0' : ''}`,
    )
    .join('.');
}

/** Two ranges rather than one sort, for MongoDB puts absent values first when ascending. */
function stretchesOf(sort: SortOrder | undefined, path: string | undefined): readonly Stretch[] {
  if (!sort || path === undefined) return [{ filter: {}, sort: creation }];
  const present: Stretch = { filter: { [path]: { $exists: true } }, sort: { [path]: 1, ...creation } };
  const absent: Stretch = { filter: { [path]: { $exists: false } }, sort: creation };
  if (!sort.descending) return [present, absent];
  // The very reverse: the same index read from its other end.
  return [absent, present].map(({ filter, sort: order }) => ({ filter, sort: reversed(order) }));
}

async function readFrom<Row extends Listed>(list: List, limit: number, offset: number): Promise<Row[]> {
  const { source, filter, stretches } = list;
  const rows: Row[] = [];
  let skip = offset;
  for (const [index, stretch] of stretches.entries()) {
    if (rows.length >= limit) break;
    const found = await read<Row>(list, [filter, stretch.filter], stretch.sort, limit - rows.length, skip);
    rows.push(...found);
    const passed = found.length > 0 || index === stretches.length - 1 || skip === 0;
    skip = passed ? 0 : Math.max(0, skip - (await source.count(joined([filter, stretch.filter]))));
  }
  return rows;
}

async function walk<Row extends Listed>(
  list: List,
  limit: number,
  start: WalkStart,
): Promise<Omit<ListedPage<Row>, 'total'>> {
  const { source, filter, stretches, path } = list;
  const isBack = 'before' in start;
  const text = isBack ? start.before : start.after;
  let from = text === '' ? undefined : await locate(source, readPosition(text), path);
  const step = isBack ? -1 : 1;
  const walked: { readonly row: Row; readonly stretch: number }[] = [];
  for (
    let index = from?.stretch ?? (isBack ? stretches.length - 1 : 0);
    walked.length <= limit && limit > 0;
    index += step
  ) {
    const stretch = stretches[index];
    if (!stretch) break;
    const sort = isBack ? reversed(stretch.sort) : stretch.sort;
    const beyond = from ? beyondPosition(sort, from, isBack) : {};
    from = undefined;
    // One more than asked for tells whether anything lies beyond.
    const found = await read<Row>(list, [filter, stretch.filter, beyond], sort, limit + 1 - walked.length, 0, true);
    walked.push(...found.map((row) => ({ row, stretch: index })));
  }
  const { items, ...edges } = cutPage(walked, limit, start, ({ row, stretch }) => writePosition(row, stretch, path));
  return { rows: items.map(({ row }) => row), ...edges };
}

function reversed(sort: Stretch['sort']): Stretch['sort'] {
  return Object.fromEntries(Object.entries(sort).map(([path, direction]) => [path, direction === 1 ? -1 : 1]));
}

/**
 * All of a stretch that lies beyond a position: farther by its value, or of the same value and farther by its creation;
 * going back, the record at the position itself too.
 * @param sort in the direction of the walk
 */
function beyondPosition(sort: Stretch['sort'], { position, key, value }: Position, isBack: boolean): MongoQuery {
  const isFalling = sort['position'] === -1;
  const farther = isFalling ? { $lt: position } : { $gt: position };
  const keys = { [`$${isFalling ? 'lt' : 'gt'}${isBack ? 'e' : ''}`]: key };
  const among = { $or: [{ position: farther }, { position, _id: keys }] };
  const [path, direction] = Object.entries(sort)[0] ?? [];
  if (path === undefined || path in creation) return among;
  return {
    $or: [{ [path]: direction === 1 ? { $gt: value } : { $lt: value } }, { $and: [{ [path]: { $eq: value } }, among] }],
  };
}

function writePosition(record: Listed, stretch: number, path: string | undefined): string {
  const value = path === undefined ? undefined : valueAt(record, path);
  const digest = digestOfLong(value);
  const held = digest !== undefined ? { digest } : value !== undefined ? { value } : {};
  const position: Position = { stretch, position: record.position, key: record._id, ...held };
  return JSON.stringify(position);
}

function readPosition(text: string): Position {
  return JSON.parse(text) as Position;
}

/**
 * A position with its long sort value, read again from its record.
 * @throws ExpiredCursorError when that record no longer has it
 */
async function locate(source: Records, { digest, ...position }: Position, path: string | undefined): Promise<Position> {
  if (digest === undefined || path === undefined) return position;
  const record = await source.findOne<Listed>({ _id: position.key }, { projection: { search: 1 } });
  return { ...position, value: recoverLong(digest, record === null ? undefined : valueAt(record, path)) };
}

function valueAt(record: Listed, path: string): unknown {
  const step = (node: unknown, key: string): unknown =>
    typeof node === 'object' && node !== null ? Reflect.get(node, key) : undefined;
  return path.split('.').reduce(step, record);
}

function read<Row>(
  { source, fields, path }: List,
  filters: readonly MongoQuery[],
  sort: Stretch['sort'],
  limit: number,
  skip: number,
  withValue = false,
): Promise<Row[]> {
  if (limit <= 0) return Promise.resolve([]);
  // The value that a position holds is in the search document.
  const projection = withValue && path !== undefined ? { ...fields, search: 1 } : fields;
  return source.find<Row>(joined(filters), { projection, sort, skip, limit });
}

function joined(filters: readonly MongoQuery[]): MongoQuery {
  const given = filters.filter((filter) => Object.keys(filter).length > 0);
  return given.length === 1 ? (given[0] ?? {}) : { $and: given };
}
