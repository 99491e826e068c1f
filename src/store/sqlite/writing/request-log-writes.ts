import type { Connection } from '../database/connection.ts';
import { kept } from './write.ts';

/** One entry of the request log; the last is its body as JSON text. */
export type RequestRow = readonly [
  tenant: string,
  position: string,
  client: string,
  clientName: string,
  status: number,
  path: string,
  body: string,
];

/** How many old entries one write removes at most. */
export const MOST_PURGED = 1_000;

/** Changes to the request log. */
export const requestLogWrites = {
  appendRequests: (connection: Connection, rows: readonly RequestRow[]) => {
    for (const row of rows) {
      connection.run(
        'INSERT INTO requests (tenant, position, client, client_name, status, path, body) VALUES (?, ?, '
          + '?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
        ...row,
      );
    }
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
