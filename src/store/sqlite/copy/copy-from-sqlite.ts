import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../base/clock.ts';
import type { Json, JsonObject } from '../../../base/json.ts';
import { nextTurn } from '../../../base/cooperative.ts';
import { StoreUnavailableError } from '../../../provisioning/records/resource-store.ts';
import type { CopiedPart, CopySource } from '../../copied-part.ts';
import type { Bindable } from '../database/connection.ts';
import { Connection } from '../database/connection.ts';
import { ENTRY_COLUMNS, readEntry, type EntryRow } from '../database/entry-row.ts';
import { FolderLock } from '../database/folder-lock.ts';
import { packedRecord, storedRecord } from '../search/record-row.ts';
import { omit } from '../../../base/omit.ts';
import { openSqliteStore } from '../sqlite-store.ts';

/** Rows read between two turns of the event loop. */
const chunk = 200;

/** A row, and what it is read on from. */
type Read = readonly [items: readonly JsonObject[], after: readonly Bindable[]];

/**
 * Opens an embedded store to be copied. Events that have no place in the audit's chain yet get one first.
 * @param folder the data folder; no server may run on it
 * @throws StoreUnavailableError where there is no store, or it is in use
 */
export async function copyFromSqlite(folder: string, clock: Clock): Promise<CopySource> {
  const file = join(folder, 'latchkey.db');
  if (!existsSync(file)) throw new StoreUnavailableError(`There is no store in ${folder}: check LATCHKEY_DATA_DIR.`);
  const store = await openSqliteStore({ folder, clock });
  try {
    for (const { tenant } of await store.events.unsealed()) while ((await store.events.seal(tenant, 500)) > 0);
  } finally {
    await store.close();
  }
  const lock = new FolderLock(folder);
  const reader = new Connection(file, { readOnly: true });
  const now = clock.now().toISOString();
  return {
    whyNot: () => {
      const [pending = 0] = reader.get<[number]>('SELECT count(*) FROM events WHERE settled = 0') ?? [];
      return pending === 0
        ? undefined
        : `${pending} events are not handed to the outbox yet. Start the server on the embedded store `
            + 'once, stop it with SIGTERM, and migrate again.';
    },
    read: (part) => readAll((after) => parts[part](reader, now, after)),
    close: async () => {
      reader.close();
      lock.release();
    },
  };
}

async function* readAll(next: (after: readonly Bindable[] | undefined) => Read): AsyncGenerator<readonly JsonObject[]> {
  for (let after: readonly Bindable[] | undefined; ;) {
    const [items, last] = next(after);
    if (items.length > 0) yield items;
    if (items.length < chunk) return;
    after = last;
    await nextTurn();
  }
}

const parts: Readonly<
  Record<CopiedPart, (reader: Connection, now: string, after: readonly Bindable[] | undefined) => Read>
> = {
  notes: (reader, now, after = ['', '', '']) => {
    const rows = reader.all<[string, string, string, number, string | null, string, string]>(
      `SELECT tenant, kind, key, version, expires_at, lookups, body FROM notes
       WHERE (tenant, kind, key) > (?, ?, ?) AND (expires_at IS NULL OR expires_at > ?)
       ORDER BY tenant, kind, key LIMIT ${chunk}`,
      ...after,
      now,
    );
    return [
      rows.map(([tenant, kind, key, version, expiresAt, lookups, body]) => ({
        tenant,
        kind,
        key,
        version,
        value: parsed(body),
        lookups: parsed(lookups),
        ...(expiresAt === null ? {} : { expiresAt }),
      })),
      rows.at(-1)?.slice(0, 3) as string[],
    ];
  },
  records: (reader, _, after = [0]) => {
    const rows = reader.all<[number, string, string, string | null, string]>(
      `SELECT position, keys, json(search), due_at, ${packedRecord.text} FROM records
       WHERE position > ? ORDER BY position LIMIT ${chunk}`,
      ...after,
    );
    return [
      rows.map(([, keys, search, dueAt, row]) => {
        const { unique, lookup } = parsed(keys) as { unique: Json; lookup: Json };
        return {
          // Each store knows for itself what it shows.
          record: omit(storedRecord(row), 'publicText') as unknown as JsonObject,
          search: parsed(search),
          unique,
          lookup,
          ...(dueAt === null ? {} : { dueAt }),
        };
      }),
      [rows.at(-1)?.[0] ?? 0],
    ];
  },
  memberships: (reader, _, after = ['', '', '']) => {
    const rows = reader.all<[string, string, string, string, string | null, number]>(
      `SELECT m.tenant, m.group_id, m.member, m.type, m.display, records.version FROM memberships m
       JOIN records ON records.tenant = m.tenant AND records.id = m.group_id AND records.type = 'Group'
       WHERE (m.tenant, m.group_id, m.member) > (?, ?, ?) ORDER BY m.tenant, m.group_id, m.member LIMIT ${chunk}`,
      ...after,
    );
    return [
      rows.map(([tenant, group, member, type, display, version]) => ({
        tenant,
        group,
        member,
        type,
        version,
        ...(display === null ? {} : { display }),
      })),
      rows.at(-1)?.slice(0, 3) as string[],
    ];
  },
  deliveries: bodies('deliveries'),
  requests: (reader, _, after = ['', '']) => {
    const rows = reader.all<[string, string, string]>(
      'SELECT tenant, position, body FROM requests WHERE (tenant, position) > (?, ?) ORDER BY '
        + `tenant, position LIMIT ${chunk}`,
      ...after,
    );
    return [rows.map(([, , body]) => parsed(body) as JsonObject), rows.at(-1)?.slice(0, 2) as string[]];
  },
  audit: (reader, _, after = [0]) => {
    const rows = reader.all<[number, ...EntryRow]>(
      `SELECT records.position, ${ENTRY_COLUMNS} FROM audit AS records WHERE records.position > ? `
        + `ORDER BY records.position LIMIT ${chunk}`,
      ...after,
    );
    return [rows.map(([, ...row]) => readEntry(row) as unknown as JsonObject), [rows.at(-1)?.[0] ?? 0]];
  },
  chains: (reader, _, after = ['']) => {
    const rows = reader.all<[string, number, string, string, number, string, string, string | null]>(
      `SELECT tenant, seq, hash, frontier, base_seq, base_hash, base_frontier, cut_at FROM audit_heads
       WHERE tenant > ? ORDER BY tenant LIMIT ${chunk}`,
      ...after,
    );
    return [
      rows.map(([tenant, seq, hash, frontier, baseSeq, baseHash, baseFrontier, cutAt]) => ({
        tenant,
        seq,
        hash,
        frontier,
        ...(cutAt === null ? {} : { base: { seq: baseSeq, hash: baseHash, frontier: baseFrontier, cutAt } }),
      })),
      [rows.at(-1)?.[0] ?? ''],
    ];
  },
  tallies: (reader, now, after = ['']) => {
    const rows = reader.all<[string, number, string, string]>(
      'SELECT key, count, last_at, expires_at FROM tallies WHERE key > ? AND expires_at > ? '
        + `ORDER BY key LIMIT ${chunk}`,
      ...after,
      now,
    );
    return [
      rows.map(([key, count, lastAt, expiresAt]) => ({ key, count, lastAt, expiresAt })),
      [rows.at(-1)?.[0] ?? ''],
    ];
  },
  mails: (reader, _, after = [0]) => {
    const rows = reader.all<[number, string]>(
      `SELECT position, body FROM mailbox WHERE position > ? ORDER BY position LIMIT ${chunk}`,
      ...after,
    );
    return [rows.map(([, body]) => ({ tenant: 'default', ...(parsed(body) as JsonObject) })), [rows.at(-1)?.[0] ?? 0]];
  },
};

/** A table whose rows hold the item as their body. */
function bodies(table: 'deliveries'): (typeof parts)[CopiedPart] {
  return (reader, _, after = [0]) => {
    const rows = reader.all<[number, string]>(
      `SELECT position, body FROM ${table} WHERE position > ? ORDER BY position LIMIT ${chunk}`,
      ...after,
    );
    return [rows.map(([, body]) => parsed(body) as JsonObject), [rows.at(-1)?.[0] ?? 0]];
  };
}

function parsed(text: string): Json {
  return JSON.parse(text) as Json;
}
