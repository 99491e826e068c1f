import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { systemClock } from '../../src/base/clock.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { storeContract } from './store-contract.ts';

storeContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-contract-'));
  const store = await openSqliteStore({ folder, clock: systemClock });
  const sweeper = new Database(join(folder, 'latchkey.db'));
  sweeper.exec('PRAGMA busy_timeout = 5000');
  const tables = [
    'records',
    'blocks',
    'unique_keys',
    'lookup_keys',
    'email_values',
    'memberships',
    'removed',
    'events',
    'deliveries',
    'delivery_counts',
    'mailbox',
    'requests',
    'tallies',
    'notes',
    'note_lookups',
    'leases',
    'audit',
    'audit_heads',
  ];
  return {
    store,
    wipe: async () => {
      sweeper.exec(`BEGIN; ${tables.map((table) => `DELETE FROM ${table};`).join(' ')} COMMIT`);
    },
    close: async () => {
      sweeper.close();
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
});
