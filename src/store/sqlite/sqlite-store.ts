import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { StoreUnavailableError } from '../../provisioning/records/resource-store.ts';
import type { Store } from '../store.ts';
import { Connection } from './database/connection.ts';
import { FolderLock } from './database/folder-lock.ts';
import { RecordLists } from './search/record-lists.ts';
import { KeptRows } from './kept-rows.ts';
import { ScanThreads } from './search/scan-threads.ts';
import { SqliteEventLog } from './sqlite-event-log.ts';
import { SqliteLeases } from './sqlite-leases.ts';
import { SqliteRecordIndex } from './sqlite-record-index.ts';
import { SqliteDueRecords } from './sqlite-due-records.ts';
import { SqliteMailbox } from './sqlite-mailbox.ts';
import { SqliteNotes } from './sqlite-notes.ts';
import { SqliteOutbox } from './sqlite-outbox.ts';
import { SqliteRequestLog } from './sqlite-request-log.ts';
import { SqliteResources } from './sqlite-resources.ts';
import { SqliteTenantData } from './sqlite-tenant-data.ts';
import { SqliteTallies } from './sqlite-tallies.ts';
import { WriteThread } from './writing/write-thread.ts';
import { migrate } from './database/migrate.ts';

/** A write that takes longer than this, in milliseconds, is taken for stuck: its disk may be gone. */
const stuckMs = 10_000;

/** Where the embedded store keeps its files, and its clock. */
export interface SqliteStoreOptions {
  /** Made when it does not exist; one process at a time may have it. */
  readonly folder: string;
  readonly clock: Clock;
  /** A list that takes longer, in milliseconds, is given up. */
  readonly scanLimitMs?: number;
}

/**
 * Opens the embedded store: one SQLite file in the folder, brought to the present schema.
 * @throws StoreUnavailableError when the folder is in use or cannot be used, or a newer Latchkey has written the file
 */
export async function openSqliteStore({ folder, clock, scanLimitMs = 10_000 }: SqliteStoreOptions): Promise<Store> {
  const lock = new FolderLock(folder);
  const file = join(folder, 'latchkey.db');
  try {
    migrateFile(file);
    const reader = new Connection(file, { readOnly: true });
    const rows = new KeptRows();
    const writes = new WriteThread(file, (name, values) => rows.written(name, values));
    const scans = new ScanThreads(file, scanLimitMs, () => writes.generation);
    const lists = new RecordLists(reader);
    return {
      kind: 'sqlite',
      resources: new SqliteResources({ reader, lists, writes, scans, rows, clock }),
      due: new SqliteDueRecords(reader, writes),
      index: new SqliteRecordIndex(writes),
      outbox: new SqliteOutbox(reader, writes),
      mailbox: new SqliteMailbox(reader, writes),
      requests: new SqliteRequestLog(reader, writes),
      tallies: new SqliteTallies(reader, writes),
      notes: new SqliteNotes(reader, writes, clock),
      leases: new SqliteLeases(writes, clock),
      tenantData: new SqliteTenantData(writes, file),
      events: new SqliteEventLog({ reader, lists, writes, scans, clock }),
      ping: async () => {
        reader.get('SELECT 1');
        if (writes.waitingMs() > stuckMs) throw new StoreUnavailableError('SQLite: a write does not come to an end.');
      },
      // A large write takes a while and is not stuck.
      waitingMs: () => (writes.waitingMs() > stuckMs ? writes.waitingMs() : 0),
      close: async () => {
        await writes.close();
        await scans.close();
        reader.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function migrateFile(file: string): void {
  const connection = new Connection(file, { readOnly: false });
  try {
    migrate(connection);
  } finally {
    connection.close();
  }
}
