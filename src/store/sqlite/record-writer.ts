import type { DomainEvent } from '../../events.ts';
import type { Commit, CommitResult } from '../../provisioning/resource-store.ts';
import type { Connection } from './connection.ts';
import { clearMembers, changeMembers, leaveGroups } from './membership-writer.ts';
import { keysOf, replaceKeys } from './record-keys.ts';

type Put = Extract<Commit, { kind: 'put' }>;
type Removal = Extract<Commit, { kind: 'remove' }>;

const DONE: CommitResult = { outcome: 'done' };

/**
 * Carries out commits inside the open transaction, until one fails, yielding where a large one may be interrupted. When the last result is
 * not `done` something may have been changed: the caller rolls back.
 */
export function* writeCommits(connection: Connection, commits: readonly Commit[], now: Date): Generator<void, readonly CommitResult[], void> {
  const results: CommitResult[] = [];
  for (const commit of commits) {
    const result = yield* commit.kind === 'put' ? put(connection, commit) : remove(connection, commit);
    results.push(result);
    if (result.outcome !== 'done') return results;
    yield;
  }
  // Groups change by what leaves them: after the commits, which go by the versions that groups had before.
  for (const commit of commits) if (commit.kind === 'remove') yield* leaveGroups(connection, commit.tenant, commit.id, now);
  return results;
}

function* put(connection: Connection, commit: Put): Generator<void, CommitResult, void> {
  const { tenant, type, id } = commit.record;
  const keys = keysOf(commit);
  const keysText = JSON.stringify(keys);
  const place = commit.expectedVersion === 0 ? insert(connection, commit, keysText) : update(connection, commit, keysText);
  if (place === undefined) return conflict(connection, tenant, type, id);
  if (place.keys !== keysText) {
    const taken = replaceKeys(connection, { tenant, type, position: place.position }, place.keys, keys);
    if (taken !== undefined) return duplicate(connection, tenant, type, taken);
  }
  if (commit.members !== undefined) yield* changeMembers(connection, tenant, id, commit.members);
  writeEvents(connection, commit.events);
  return DONE;
}

/** What of a record the tables beside it need: where it stands, and its keys before the change. */
interface Place {
  readonly position: number;
  readonly keys: string | undefined;
}

function insert(connection: Connection, { record, search }: Put, keys: string): Place | undefined {
  const inserted = connection.get<[number]>(
    `INSERT INTO records (tenant, type, id, version, created, last_modified, keys, resource, account, attempt, search)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, jsonb(?)) ON CONFLICT DO NOTHING RETURNING position`,
    record.tenant, record.type, record.id, record.version, record.created, record.lastModified, keys,
    JSON.stringify(record.resource), textOf(record.account), textOf(record.attempt), JSON.stringify(search));
  return inserted === undefined ? undefined : { position: inserted[0], keys: undefined };
}

function update(connection: Connection, { record, search, expectedVersion }: Put, keys: string): Place | undefined {
  const before = connection.get<[number, string]>(
    'SELECT position, keys FROM records WHERE tenant = ? AND type = ? AND id = ?', record.tenant, record.type, record.id);
  if (before === undefined) return undefined;
  const changed = connection.run(
    `UPDATE records SET version = ?, created = ?, last_modified = ?, keys = ?, resource = ?, account = ?, attempt = ?, search = jsonb(?)
     WHERE position = ? AND version = ?`,
    record.version, record.created, record.lastModified, keys, JSON.stringify(record.resource), textOf(record.account),
    textOf(record.attempt), JSON.stringify(search), before[0], expectedVersion);
  return changed === 0 ? undefined : { position: before[0], keys: before[1] };
}

function* remove(connection: Connection, { tenant, type, id, expectedVersion, events }: Removal): Generator<void, CommitResult, void> {
  const removed = connection.get<[number, string]>(
    'DELETE FROM records WHERE tenant = ? AND type = ? AND id = ? AND version = ? RETURNING position, keys', tenant, type, id, expectedVersion);
  if (removed === undefined) return conflict(connection, tenant, type, id);
  replaceKeys(connection, { tenant, type, position: removed[0] }, removed[1]);
  yield* clearMembers(connection, tenant, id);
  writeEvents(connection, events);
  return DONE;
}

function writeEvents(connection: Connection, events: readonly DomainEvent[]): void {
  for (const event of events) {
    connection.run('INSERT INTO events (id, tenant, resource_id, body) VALUES (?, ?, ?, ?)', event.id, event.tenant, event.resourceId, JSON.stringify(event));
  }
}

function conflict(connection: Connection, tenant: string, type: string, id: string): CommitResult {
  const stored = connection.get<[number]>('SELECT version FROM records WHERE tenant = ? AND type = ? AND id = ?', tenant, type, id);
  return { outcome: 'conflict', version: stored?.[0] };
}

function duplicate(connection: Connection, tenant: string, type: string, key: string): CommitResult {
  const holder = connection.get<[string]>(
    'SELECT id FROM records WHERE position = (SELECT position FROM unique_keys WHERE tenant = ? AND type = ? AND key = ?)', tenant, type, key);
  return { outcome: 'duplicate', key, holder: holder?.[0] ?? '' };
}

function textOf(part: object | undefined): string | null {
  return part === undefined ? null : JSON.stringify(part);
}
