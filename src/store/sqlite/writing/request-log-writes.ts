import type { Connection } from '../database/connection.ts';
import { kept } from './write.ts';

/** How many old entries one write removes at most. */
export const MOST_PURGED = 1_000;

/** Changes to the request log. */
export const requestLogWrites = {
  /**
   * Files entries: all of them with one statement, which costs a fraction of what as many would.
   * @param rows a JSON array whose elements are each a position and its entry
   */
  appendRequests: (connection: Connection, rows: string) => {
    // WHERE true: without it SQLite takes ON CONFLICT for a join's ON.
    connection.run(
      `INSERT INTO requests (tenant, position, client, client_name, status, path, body)
       SELECT value ->> '$[1].tenant', value ->> '$[0]', coalesce(value ->> '$[1].client.id', ''),
         coalesce(value ->> '$[1].client.name', ''), value ->> '$[1].status', value ->> '$[1].path', value -> '$[1]'
       FROM json_each(?) WHERE true ON CONFLICT DO NOTHING`,
      rows,
    );
    return kept(undefined);
  },

  removeRequests: (connection: Connection, tenant: string, positions: readonly string[]) => {
    connection.run(
      'DELETE FROM requests WHERE tenant = ? AND position IN (SELECT value FROM json_each(?))',
      tenant,
      JSON.stringify(positions),
    );
    return kept(undefined);
  },

  /** Removes some entries older than a position. @returns whether there may be more */
  purgeRequests: (connection: Connection, tenant: string, before: string) =>
    kept(
      MOST_PURGED
        === connection.run(
          'DELETE FROM requests WHERE (tenant, position) IN (SELECT tenant, position FROM requests '
            + `WHERE tenant = ? AND position < ? LIMIT ${MOST_PURGED})`,
          tenant,
          before,
        ),
    ),
};
