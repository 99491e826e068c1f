import type { Connection } from '../database/connection.ts';
import { kept } from './write.ts';

/** Rows that one write removes at most, or events that it looks at: others wait no longer than that takes. */
const most = 1_000;
const mostEvents = 20_000;

/** The tables that have a tenant, each with what tells its rows apart; what belongs to a record comes before it. */
const tables: readonly (readonly [table: string, key: string])[] = [
  ['unique_keys', 'tenant, type, key'],
  ['lookup_keys', 'tenant, type, key, position'],
  ['email_values', 'tenant, type, value, position'],
  ['memberships', 'tenant, group_id, member'],
  ['records', 'position'],
  ['removed', 'tenant, id'],
  ['deliveries', 'position'],
  ['requests', 'tenant, position'],
  ['note_lookups', 'kind, lookup'],
  ['notes', 'tenant, kind, key'],
  ['audit', 'position'],
  ['audit_heads', 'tenant'],
];

/** Removals of all that belongs to a tenant. */
export const tenantWrites = {
  /** Removes some rows of a tenant. @returns whether there may be more */
  eraseTenantRows: (connection: Connection, tenant: string) => {
    // What is erased is overwritten with zeros, so that the file holds nothing of it.
    connection.execute('PRAGMA secure_delete = ON');
    for (const [table, key] of tables) {
      const removed = connection.run(
        `DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM ${table} WHERE tenant = ? LIMIT ${most})`,
        tenant,
      );
      if (removed > 0) return kept(true);
    }
    connection.run(`DELETE FROM mailbox WHERE coalesce(body ->> '$.tenant', 'default') = ?`, tenant);
    return kept(false);
  },

  /**
   * Removes a tenant's events from a place on.
   * @returns the place to go on from; undefined at the end
   */
  eraseTenantEvents: (connection: Connection, tenant: string, after: number) => {
    const [last] = connection.get<[number | null]>(
      'SELECT max(position) FROM (SELECT position FROM events WHERE position > ? ORDER BY '
        + `position LIMIT ${mostEvents})`,
      after,
    ) ?? [null];
    if (last === null) {
      connection.execute('PRAGMA secure_delete = OFF');
      return kept(undefined);
    }
    connection.run('DELETE FROM events WHERE position > ? AND position <= ? AND tenant = ?', after, last, tenant);
    return kept(last);
  },
};
