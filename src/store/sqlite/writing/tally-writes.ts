import type { Connection } from '../database/connection.ts';
import { kept } from './write.ts';

/** Changes to the tallies. All times are ISO 8601 UTC. */
export const tallyWrites = {
  /** @returns how many it is now */
  addTally: (connection: Connection, key: string, now: string, expiresAt: string) =>
    kept(
      connection.get<[number]>(
        `INSERT INTO tallies (key, count, last_at, expires_at) VALUES (?, 1, ?, ?)
         ON CONFLICT (key) DO UPDATE SET
           count = CASE WHEN expires_at > excluded.last_at THEN count + 1 ELSE 1 END,
           last_at = excluded.last_at, expires_at = excluded.expires_at
         RETURNING count`,
        key,
        now,
        expiresAt,
      )?.[0] ?? 1,
    ),

  forgetTallies: (connection: Connection, keys: readonly string[]) => {
    for (const key of keys) connection.run('DELETE FROM tallies WHERE key = ?', key);
    return kept(undefined);
  },

  /** Removes expired tallies, and of the others all but the given number of those that expire last. */
  purgeTallies: (connection: Connection, now: string, most: number) => {
    connection.run('DELETE FROM tallies WHERE expires_at <= ?', now);
    connection.run(
      'DELETE FROM tallies WHERE key IN (SELECT key FROM tallies ORDER BY expires_at DESC LIMIT -1 OFFSET ?)',
      most,
    );
    return kept(undefined);
  },
};
