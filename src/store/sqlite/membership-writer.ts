import type { MembershipChange } from '../../provisioning/resource-store.ts';
import { foldCase } from '../../scim/case-fold.ts';
import type { Connection } from './connection.ts';

/** Rows changed between two points where the event loop may go on: well under a millisecond each way. */
const CHUNK = 200;

/** Changes a group's members: clears, then removes, then adds or updates. Yields between chunks. */
export function* changeMembers(connection: Connection, tenant: string, group: string, change: MembershipChange): Generator<void, void, void> {
  if (change.clear) yield* clearMembers(connection, tenant, group);
  for (const values of chunks(change.remove)) {
    connection.run(
      'DELETE FROM memberships WHERE tenant = ? AND group_id = ? AND member IN (SELECT value FROM json_each(?))', tenant, group, JSON.stringify(values));
    yield;
  }
  for (const members of chunks(change.add)) {
    const rows = members.map(({ value, type, display }) => [value, type, display ?? null, display === undefined ? null : foldCase(display)]);
    // WHERE true: without it SQLite takes ON CONFLICT for a join's ON.
    connection.run(
      `INSERT INTO memberships (tenant, group_id, member, type, display, display_folded)
       SELECT ?, ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true
       ON CONFLICT DO UPDATE SET type = excluded.type, display = excluded.display, display_folded = excluded.display_folded`,
      tenant, group, JSON.stringify(rows));
    yield;
  }
}

/** Removes every member of a group. Yields between chunks. */
export function* clearMembers(connection: Connection, tenant: string, group: string): Generator<void, void, void> {
  for (;;) {
    const removed = connection.run(
      `DELETE FROM memberships WHERE tenant = ? AND group_id = ?
       AND member IN (SELECT member FROM memberships WHERE tenant = ? AND group_id = ? LIMIT ${CHUNK})`, tenant, group, tenant, group);
    if (removed < CHUNK) return;
    yield;
  }
}

/** Takes a member out of all its groups; each of them changes by it. Yields between groups. */
export function* leaveGroups(connection: Connection, tenant: string, member: string, now: Date): Generator<void, void, void> {
  const lastModified = now.toISOString();
  // Search documents tell time with nine fraction digits.
  const searchTime = lastModified.replace('Z', '000000Z');
  for (;;) {
    const left = connection.get<[string]>('SELECT group_id FROM memberships WHERE tenant = ? AND member = ? LIMIT 1', tenant, member);
    if (left === undefined) return;
    connection.run('DELETE FROM memberships WHERE tenant = ? AND group_id = ? AND member = ?', tenant, left[0], member);
    connection.run(
      `UPDATE records SET version = version + 1, last_modified = ?, search = jsonb_set(search, '$."meta"."lastmodified"', ?)
       WHERE tenant = ? AND id = ? AND type = 'Group'`, lastModified, searchTime, tenant, left[0]);
    yield;
  }
}

function* chunks<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < all.length; start += CHUNK) yield all.slice(start, start + CHUNK);
}
