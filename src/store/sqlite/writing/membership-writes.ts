import type { MemberRows } from './commit-rows.ts';
import type { Connection } from '../database/connection.ts';

/** How long a removal is remembered: no request takes longer. */
const REMEMBERED_MS = 3_600_000;

/**
 * Changes a group's members: clears, then removes, then adds or updates, and drops members that were deleted while they
 * were looked up.
 */
export function changeMembers(
  connection: Connection,
  tenant: string,
  group: string,
  { clear, remove, add }: MemberRows,
): void {
  if (clear) clearMembers(connection, tenant, group);
  for (const values of remove) {
    connection.run(
      'DELETE FROM memberships WHERE tenant = ? AND group_id = ? AND member IN (SELECT value FROM json_each(?))',
      tenant,
      group,
      values,
    );
  }
  for (const members of add) {
    // WHERE true: without it SQLite takes ON CONFLICT for a join's ON.
    connection.run(
      `INSERT INTO memberships (tenant, group_id, member, type, display, display_folded)
       SELECT ?, ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true
       ON CONFLICT DO UPDATE SET type = excluded.type, display = excluded.display, display_folded =
         excluded.display_folded`,
      tenant,
      group,
      members,
    );
    dropRemoved(connection, tenant, group, members);
  }
}

/** Removes every member of a group. */
export function clearMembers(connection: Connection, tenant: string, group: string): void {
  connection.run('DELETE FROM memberships WHERE tenant = ? AND group_id = ?', tenant, group);
}

/** Takes a member out of all its groups; each of them changes by it. @param at ISO 8601, with milliseconds */
export function leaveGroups(connection: Connection, tenant: string, member: string, at: string): void {
  // Search documents tell time with nine fraction digits.
  const searchTime = at.replace('Z', '000000Z');
  connection.run(
    `UPDATE records SET version = version + 1, last_modified = ?, search = jsonb_set(search,
      '$."meta"."lastmodified"', ?)
     WHERE tenant = ? AND type = 'Group' AND id IN (SELECT group_id FROM memberships WHERE tenant = ? AND member = ?)`,
    at,
    searchTime,
    tenant,
    tenant,
    member,
  );
  connection.run('DELETE FROM memberships WHERE tenant = ? AND member = ?', tenant, member);
}

function dropRemoved(connection: Connection, tenant: string, group: string, members: string): void {
  connection.run(
    `DELETE FROM memberships WHERE tenant = ?1 AND group_id = ?2
     AND member IN (SELECT removed.id FROM json_each(?3) CROSS JOIN removed ON removed.tenant = ?1 AND removed.id =
       value ->> 0)
     AND NOT EXISTS (SELECT 1 FROM records WHERE records.tenant = ?1 AND records.id = member)`,
    tenant,
    group,
    members,
  );
}

/** Notes that a record is gone, for as long as a request may still hold it for present. */
export function noteRemoved(connection: Connection, tenant: string, id: string, at: string): void {
  connection.run(
    'INSERT INTO removed (tenant, id, at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at',
    tenant,
    id,
    at,
  );
  connection.run('DELETE FROM removed WHERE at < ?', new Date(Date.parse(at) - REMEMBERED_MS).toISOString());
}
