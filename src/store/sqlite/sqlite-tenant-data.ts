import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailableError } from '../../provisioning/records/resource-store.ts';
import type { TenantData } from '../../domain/tenant-data.ts';
import { Connection } from './database/connection.ts';
import type { WriteThread } from './writing/write-thread.ts';

/** How often, and with which pause in milliseconds, emptying the write-ahead log waits for readers of it. */
const mostTries = 100;
const pauseMs = 50;

/** What SQLite keeps of tenants. */
export class SqliteTenantData implements TenantData {
  readonly #writes: WriteThread;
  readonly #file: string;

  /** @param file path of the database file */
  constructor(writes: WriteThread, file: string) {
    this.#writes = writes;
    this.#file = file;
  }

  async forgetRemoved(): Promise<void> {
    const connection = new Connection(this.#file, { readOnly: false, cacheKiB: 256 });
    try {
      // Other writes and reads go on: it waits between its tries, never within one.
      connection.execute('PRAGMA busy_timeout = 0');
      for (let tries = 0; tries < mostTries; tries += 1) {
        const [isBusy] = connection.get<[number, number, number]>('PRAGMA wal_checkpoint(TRUNCATE)') ?? [1];
        if (isBusy === 0) return;
        await sleep(pauseMs);
      }
    } finally {
      connection.close();
    }
    throw new StoreUnavailableError('SQLite: a reader does not let go of the write-ahead log.');
  }

  async erase(tenant: string): Promise<void> {
    while (await this.#writes.run('eraseTenantRows', tenant));
    for (let after: number | undefined = 0; after !== undefined;)
      after = await this.#writes.run('eraseTenantEvents', tenant, after);
  }
}
