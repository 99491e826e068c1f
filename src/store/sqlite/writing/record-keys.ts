import type { Commit } from '../../../provisioning/records/resource-store.ts';
import type { SearchScalar } from '../../../scim/search/condition.ts';
import type { SearchDocument } from '../../../scim/search/search-document.ts';
import type { Connection } from '../database/connection.ts';

/** What a record is found by besides its id; kept in the record too, so that a change touches only what differs. */
export interface RecordKeys {
  readonly unique: readonly string[];
  readonly lookup: readonly string[];
  /** Normalised `emails.value`. */
  readonly emails: readonly string[];
}

const NONE: RecordKeys = { unique: [], lookup: [], emails: [] };

/** The keys that a put asks for, each once. */
export function keysOf(put: Extract<Commit, { kind: 'put' }>): RecordKeys {
  return { unique: [...new Set(put.uniqueKeys)], ...indexKeysOf(put) };
}

/** Those of them that need not be unique. */
export function indexKeysOf({
  search,
  lookupKeys,
}: {
  readonly search: SearchDocument;
  readonly lookupKeys: readonly string[];
}): Omit<RecordKeys, 'unique'> {
  return { lookup: [...new Set(lookupKeys)], emails: emailsOf(search) };
}

/** Where a record stands. */
interface Place {
  readonly tenant: string;
  readonly type: string;
  readonly position: number;
}

/**
 * Enters the keys of a new record.
 * @param text its keys as JSON
 * @returns the first unique key that another record holds; undefined when all went well
 */
export function enterKeys(
  connection: Connection,
  { tenant, type, position }: Place,
  keys: RecordKeys,
  text: string,
): string | undefined {
  // One statement for each table, however many keys there are: a statement costs as much as a row.
  const enter = (columns: string, path: string): number =>
    connection.run(
      `INSERT INTO ${columns} SELECT ?, ?, value, ? FROM json_each(?, '${path}') WHERE true ON CONFLICT DO NOTHING`,
      tenant,
      type,
      position,
      text,
    );
  const entered = keys.unique.length === 0 ? 0 : enter('unique_keys (tenant, type, key, position)', '$.unique');
  if (entered < keys.unique.length)
    return keys.unique.find((key) => isTaken(connection, { tenant, type, position }, key));
  if (keys.lookup.length > 0) enter('lookup_keys (tenant, type, key, position)', '$.lookup');
  if (keys.emails.length > 0) enter('email_values (tenant, type, value, position)', '$.emails');
  return undefined;
}

function isTaken(connection: Connection, { tenant, type, position }: Place, key: string): boolean {
  const holder = connection.get<[number]>(
    'SELECT position FROM unique_keys WHERE tenant = ? AND type = ? AND key = ?',
    tenant,
    type,
    key,
  );
  return holder !== undefined && holder[0] !== position;
}

/**
 * Brings the key tables from a record's stored keys to its new ones.
 * @param stored as the record holds them
 * @returns the first unique key that another record holds; undefined when all went well
 */
export function replaceKeys(
  connection: Connection,
  place: Place,
  stored: string,
  wanted: RecordKeys = NONE,
): string | undefined {
  const { tenant, type, position } = place;
  const old = JSON.parse(stored) as RecordKeys;
  for (const key of without(old.unique, wanted.unique)) {
    connection.run('DELETE FROM unique_keys WHERE tenant = ? AND type = ? AND key = ?', tenant, type, key);
  }
  for (const key of without(wanted.unique, old.unique)) {
    const added = connection.run(
      'INSERT INTO unique_keys (tenant, type, key, position) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      tenant,
      type,
      key,
      position,
    );
    if (added === 0) return key;
  }
  for (const key of without(old.lookup, wanted.lookup)) {
    connection.run(
      'DELETE FROM lookup_keys WHERE tenant = ? AND type = ? AND key = ? AND position = ?',
      tenant,
      type,
      key,
      position,
    );
  }
  for (const key of without(wanted.lookup, old.lookup)) {
    connection.run(
      'INSERT INTO lookup_keys (tenant, type, key, position) VALUES (?, ?, ?, ?)',
      tenant,
      type,
      key,
      position,
    );
  }
  for (const value of without(old.emails, wanted.emails)) {
    connection.run(
      'DELETE FROM email_values WHERE tenant = ? AND type = ? AND value = ? AND position = ?',
      tenant,
      type,
      value,
      position,
    );
  }
  for (const value of without(wanted.emails, old.emails)) {
    connection.run(
      'INSERT INTO email_values (tenant, type, value, position) VALUES (?, ?, ?, ?)',
      tenant,
      type,
      value,
      position,
    );
  }
  return undefined;
}

function without(keys: readonly string[], others: readonly string[]): readonly string[] {
  if (others.length === 0) return keys;
  const left = new Set(others);
  return keys.filter((key) => !left.has(key));
}

function emailsOf(search: SearchDocument): string[] {
  const values = new Set<string>();
  for (const email of Array.isArray(search.emails)
    ? (search.emails as readonly (SearchScalar | SearchDocument)[])
    : []) {
    if (typeof email === 'object' && typeof email.value === 'string') values.add(email.value);
  }
  return [...values];
}
