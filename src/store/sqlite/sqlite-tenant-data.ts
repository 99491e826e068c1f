import type { TenantData } from '../../domain/tenant-data.ts';
import type { WriteThread } from './writing/write-thread.ts';

/** What SQLite keeps of tenants. */
export class SqliteTenantData implements TenantData {
  readonly #writes: WriteThread;

  constructor(writes: WriteThread) {
    this.#writes = writes;
  }

  async erase(tenant: string): Promise<void> {
    while (await this.#writes.run('eraseTenantRows', tenant));
    for (let after: number | undefined = 0; after !== undefined;)
      after = await this.#writes.run('eraseTenantEvents', tenant, after);
  }
}
