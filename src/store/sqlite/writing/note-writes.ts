import type { NoteDraft, NoteWritten } from '../../../domain/notes.ts';
import type { DomainEvent } from '../../../domain/events.ts';
import { insertEvent } from './audit-writes.ts';
import type { Connection } from '../database/connection.ts';
import { kept, type Written } from './write.ts';

/** Changes to notes and leases. All times are ISO 8601 UTC. */
export const noteWrites = {
  /** @param expectedVersion as `Notes.put` has it */
  putNote: (
    connection: Connection,
    { tenant, kind, key, value, lookups = [], expiresAt }: NoteDraft<object>,
    expectedVersion: number | undefined,
    now: string,
    events: readonly DomainEvent[] = [],
  ): Written<NoteWritten> => {
    const [found, ended] = connection.get<[number, string | null]>(
      'SELECT version, expires_at FROM notes WHERE tenant = ? AND kind = ? AND key = ?',
      tenant,
      kind,
      key,
    ) ?? [0, null];
    const version = ended !== null && ended <= now ? 0 : found;
    if (expectedVersion !== undefined && expectedVersion !== version) return kept({ outcome: 'conflict' });
    for (const lookup of new Set(lookups)) {
      const [holder] = connection.all<[string, string]>(
        `SELECT note.tenant, note.key FROM note_lookups JOIN notes note USING (tenant, kind, key)
         WHERE note_lookups.kind = ? AND note_lookups.lookup = ? AND (expires_at IS NULL OR expires_at > ?)`,
        kind,
        lookup,
        now,
      );
      if (holder !== undefined && (holder[0] !== tenant || holder[1] !== key)) return kept({ outcome: 'taken' });
    }
    connection.run('DELETE FROM note_lookups WHERE tenant = ? AND kind = ? AND key = ?', tenant, kind, key);
    connection.run(
      'INSERT OR REPLACE INTO notes (tenant, kind, key, version, expires_at, lookups, body) VALUES (?, ?, '
        + '?, ?, ?, ?, ?)',
      tenant,
      kind,
      key,
      version + 1,
      expiresAt ?? null,
      JSON.stringify(lookups),
      JSON.stringify(value),
    );
    for (const lookup of new Set(lookups))
      connection.run(
        'INSERT OR REPLACE INTO note_lookups (kind, lookup, tenant, key) VALUES (?, ?, ?, ?)',
        kind,
        lookup,
        tenant,
        key,
      );
    for (const event of events) insertEvent(connection, event);
    return kept({ outcome: 'done', version: version + 1 });
  },

  /** @returns whether a note was there, of this version where one is given, and had not ended */
  removeNote: (
    connection: Connection,
    tenant: string,
    kind: string,
    key: string,
    expectedVersion: number | undefined,
    now: string,
    events: readonly DomainEvent[] = [],
  ) => {
    const [removed] = connection.all<[string | null]>(
      `DELETE FROM notes WHERE tenant = ? AND kind = ? AND key = ? AND (? IS NULL OR version = ?) RETURNING expires_at`,
      tenant,
      kind,
      key,
      expectedVersion ?? null,
      expectedVersion ?? null,
    );
    if (removed === undefined) return kept(false);
    connection.run('DELETE FROM note_lookups WHERE tenant = ? AND kind = ? AND key = ?', tenant, kind, key);
    const wasThere = removed[0] === null || removed[0] > now;
    if (wasThere) for (const event of events) insertEvent(connection, event);
    return kept(wasThere);
  },

  purgeNotes: (connection: Connection, now: string) => {
    connection.run(
      `DELETE FROM note_lookups WHERE (tenant, kind, key) IN
         (SELECT tenant, kind, key FROM notes WHERE expires_at <= ?)`,
      now,
    );
    connection.run('DELETE FROM notes WHERE expires_at <= ?', now);
    return kept(undefined);
  },

  /** @returns whether the owner has the lease now */
  takeLease: (connection: Connection, name: string, owner: string, now: string, until: string) =>
    kept(
      connection.all<[string]>(
        `INSERT INTO leases (name, owner, until) VALUES (?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
           WHERE owner = excluded.owner OR until <= ?
         RETURNING name`,
        name,
        owner,
        until,
        now,
      ).length === 1,
    ),

  releaseLease: (connection: Connection, name: string, owner: string) => {
    connection.run('DELETE FROM leases WHERE name = ? AND owner = ?', name, owner);
    return kept(undefined);
  },
};
