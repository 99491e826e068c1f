import type { CommitResult } from '../../../provisioning/records/resource-store.ts';
import type { CommitRows, EventRow, PutRows, RemovalRows } from './commit-rows.ts';
import type { Connection } from '../database/connection.ts';
import { changeMembers, clearMembers, leaveGroups, noteRemoved } from './membership-writes.ts';
import { enterKeys, replaceKeys } from './record-keys.ts';
import type { RecordKeys } from './record-keys.ts';
import { kept } from './write.ts';
import type { Written } from './write.ts';

const DONE: CommitResult = { outcome: 'done' };

/** Changes to resources, with everything that is written with them. */
export const recordWrites = {
  /**
   * Carries out all of the commits or none. @returns one result for each that was tried; the last one is the failure
   * when it did not go through
   */
  commitAll: (connection: Connection, commits: readonly CommitRows[]): Written<CommitResult[]> => {
    const result: CommitResult[] = [];
    for (const commit of commits) {
      const one = commit.kind === 'put' ? put(connection, commit) : remove(connection, commit);
      result.push(one);
      // It may have changed something before that.
      if (one.outcome !== 'done') return { keep: false, result };
    }
    // Groups change by what leaves them: after the commits, which go by the versions that groups had before.
    for (const commit of commits)
      if (commit.kind === 'remove') leaveGroups(connection, commit.tenant, commit.id, commit.at);
    return { keep: true, result };
  },

  /** @param judged `[id, version, due_at]` of each record */
  judgeRecords: (
    connection: Connection,
    tenant: string,
    type: string,
    judged: readonly (readonly [string, number, string])[],
  ) => {
    for (const [id, version, dueAt] of judged)
      connection.run(
        'UPDATE records SET due_at = ? WHERE tenant = ? AND type = ? AND id = ? AND version = ?',
        dueAt,
        tenant,
        type,
        id,
        version,
      );
    return kept(undefined);
  },

  /** @param records each with its search document as JSON text */
  reindexRecords: (
    connection: Connection,
    tenant: string,
    type: string,
    records: readonly {
      readonly id: string;
      readonly version: number;
      readonly search: string;
      readonly lookup: readonly string[];
      readonly emails: readonly string[];
    }[],
  ) => {
    for (const { id, version, search, lookup, emails } of records) {
      const stored = connection.get<[number, string]>(
        'SELECT position, keys FROM records WHERE tenant = ? AND type = ? AND id = ? AND version = ?',
        tenant,
        type,
        id,
        version,
      );
      if (stored === undefined) continue;
      const [position, before] = stored;
      const keys = { unique: (JSON.parse(before) as RecordKeys).unique, lookup, emails };
      const keysText = JSON.stringify(keys);
      if (keysText !== before) replaceKeys(connection, { tenant, type, position }, before, keys);
      connection.run('UPDATE records SET keys = ?, search = jsonb(?) WHERE position = ?', keysText, search, position);
    }
    return kept(undefined);
  },
};

function put(connection: Connection, rows: PutRows): CommitResult {
  const { tenant, type, id, keys, keysText, members } = rows;
  const place = rows.expectedVersion === 0 ? insert(connection, rows) : update(connection, rows);
  if (place === undefined) return conflict(connection, rows);
  if (place.keys !== keysText) {
    const at = { tenant, type, position: place.position };
    const taken =
      place.keys === undefined
        ? enterKeys(connection, at, keys, keysText)
        : replaceKeys(connection, at, place.keys, keys);
    if (taken !== undefined) return duplicate(connection, tenant, type, taken);
  }
  if (members !== undefined) changeMembers(connection, tenant, id, members);
  writeEvents(connection, rows.events);
  return DONE;
}

/** What the tables beside a record need: its place, and its keys before the change. */
interface Place {
  readonly position: number;
  readonly keys: string | undefined;
}

function insert(connection: Connection, rows: PutRows): Place | undefined {
  const inserted = connection.get<[number]>(
    `INSERT INTO records
       (tenant, type, id, version, created, last_modified, keys, resource, rest, shown_under, shown_until, account,
         attempt, search, due_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, jsonb(?), ?) ON CONFLICT DO NOTHING RETURNING position`,
    rows.tenant,
    rows.type,
    rows.id,
    rows.version,
    rows.created,
    rows.lastModified,
    rows.keysText,
    rows.resource,
    rows.rest,
    rows.shownUnder,
    rows.shownUntil,
    rows.account,
    rows.attempt,
    rows.search,
    rows.dueAt,
  );
  return inserted === undefined ? undefined : { position: inserted[0], keys: undefined };
}

function update(connection: Connection, rows: PutRows): Place | undefined {
  const before = connection.get<[number, string]>(
    'SELECT position, keys FROM records WHERE tenant = ? AND type = ? AND id = ?',
    rows.tenant,
    rows.type,
    rows.id,
  );
  if (before === undefined) return undefined;
  const changed = connection.run(
    `UPDATE records SET version = ?, created = ?, last_modified = ?, keys = ?, resource = ?, rest = ?, shown_under =
      ?, shown_until = ?,
       account = ?, attempt = ?, search = jsonb(?), due_at = ?
     WHERE position = ? AND version = ?`,
    rows.version,
    rows.created,
    rows.lastModified,
    rows.keysText,
    rows.resource,
    rows.rest,
    rows.shownUnder,
    rows.shownUntil,
    rows.account,
    rows.attempt,
    rows.search,
    rows.dueAt,
    before[0],
    rows.expectedVersion,
  );
  return changed === 0 ? undefined : { position: before[0], keys: before[1] };
}

function remove(connection: Connection, rows: RemovalRows): CommitResult {
  const { tenant, type, id, expectedVersion, at, events } = rows;
  const removed = connection.get<[number, string]>(
    'DELETE FROM records WHERE tenant = ? AND type = ? AND id = ? AND version = ? RETURNING position, keys',
    tenant,
    type,
    id,
    expectedVersion,
  );
  if (removed === undefined) return conflict(connection, rows);
  replaceKeys(connection, { tenant, type, position: removed[0] }, removed[1]);
  clearMembers(connection, tenant, id);
  noteRemoved(connection, tenant, id, at);
  writeEvents(connection, events);
  return DONE;
}

function writeEvents(connection: Connection, events: readonly EventRow[]): void {
  for (const event of events)
    connection.run('INSERT INTO events (id, tenant, resource_id, settled, body) VALUES (?, ?, ?, ?, ?)', ...event);
}

function conflict(connection: Connection, { tenant, type, id }: CommitRows): CommitResult {
  const stored = connection.get<[number]>(
    'SELECT version FROM records WHERE tenant = ? AND type = ? AND id = ?',
    tenant,
    type,
    id,
  );
  return { outcome: 'conflict', version: stored?.[0] };
}

function duplicate(connection: Connection, tenant: string, type: string, key: string): CommitResult {
  const holder = connection.get<[string]>(
    'SELECT id FROM records WHERE position = (SELECT position FROM unique_keys WHERE tenant = ? AND type '
      + '= ? AND key = ?)',
    tenant,
    type,
    key,
  );
  return { outcome: 'duplicate', key, holder: holder?.[0] ?? '' };
}
