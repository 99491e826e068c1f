import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { emptyChain, type ChainEntry, type ChainHead } from '../../history/chain-entry.ts';
import type { CheckedRange } from '../../history/verify/checked-stretch.ts';
import { readFrontier } from '../../history/merkle-frontier.ts';
import { StoreUnavailableError } from '../../provisioning/records/resource-store.ts';
import { checkedRanges } from './verify-threads.ts';
import { Connection } from './database/connection.ts';
import { ENTRY_COLUMNS, readEntry, type EntryRow } from './database/entry-row.ts';

/** The chains of an embedded store, to be read while a server writes to it. */
export interface OpenedAudit {
  base(tenant: string): ChainHead;
  head(tenant: string): ChainHead;
  read(tenant: string, after: number, limit: number): readonly ChainEntry[];
  /** All rows after a place, checked on as many threads as there are processors. */
  ranges(tenant: string, after: number): AsyncIterable<CheckedRange>;
  /** Public keys that have signed for a tenant. */
  keys(tenant: string): readonly Buffer[];
  /** The signed note of the last checkpoint. */
  checkpoint(tenant: string): string | undefined;
  /** How many events have no place in the chain yet. */
  unsealed(tenant: string): number;
  close(): void;
}

/**
 * Opens the audit of an embedded store for reading alone.
 * @param folder the data folder
 * @throws StoreUnavailableError where there is no store
 */
export function openAudit(folder: string): OpenedAudit {
  const file = join(folder, 'latchkey.db');
  if (!existsSync(file)) throw new StoreUnavailableError(`There is no store in ${folder}: check LATCHKEY_DATA_DIR.`);
  const reader = new Connection(file, { readOnly: true });
  const place = (tenant: string, prefix: '' | 'base_'): ChainHead => {
    const row = reader.get<[number, string, string]>(
      `SELECT ${prefix}seq, ${prefix}hash, ${prefix}frontier FROM audit_heads WHERE tenant = ?`,
      tenant,
    );
    return row === undefined ? emptyChain : { seq: row[0], hash: row[1], frontier: readFrontier(row[2]) };
  };
  return {
    base: (tenant) => place(tenant, 'base_'),
    head: (tenant) => place(tenant, ''),
    read: (tenant, after, limit) =>
      reader
        .all<EntryRow>(
          `SELECT ${ENTRY_COLUMNS} FROM audit AS records WHERE tenant = ? AND seq > ? ORDER BY seq LIMIT ?`,
          tenant,
          after,
          limit,
        )
        .map(readEntry),
    ranges: (tenant, after) => checkedRanges(file, tenant, after),
    keys: (tenant) =>
      reader
        .all<[string]>(`SELECT key FROM notes WHERE tenant = ? AND kind = 'auditKey'`, tenant)
        .map(([key]) => Buffer.from(key, 'base64url')),
    checkpoint: (tenant) =>
      reader.get<[string]>(
        `SELECT body ->> '$.note' FROM notes WHERE tenant = ? AND kind = 'auditCheckpoint' AND key = 'latest'`,
        tenant,
      )?.[0],
    unsealed: (tenant) =>
      reader.get<[number]>('SELECT count(*) FROM events WHERE tenant = ? AND sealed = 0', tenant)?.[0] ?? 0,
    close: () => reader.close(),
  };
}
