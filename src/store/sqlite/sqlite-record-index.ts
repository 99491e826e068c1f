import type { RecordIndex, Reindexed } from '../../provisioning/records/record-index.ts';
import { indexKeysOf } from './writing/record-keys.ts';
import type { WriteThread } from './writing/write-thread.ts';

/** What stored records are found by, in SQLite. */
export class SqliteRecordIndex implements RecordIndex {
  readonly #writes: WriteThread;

  constructor(writes: WriteThread) {
    this.#writes = writes;
  }

  async reindex(tenant: string, type: string, records: readonly Reindexed[]): Promise<void> {
    if (records.length === 0) return;
    await this.#writes.run(
      'reindexRecords',
      tenant,
      type,
      records.map(({ id, version, ...found }) => ({
        id,
        version,
        search: JSON.stringify(found.search),
        ...indexKeysOf(found),
      })),
    );
  }
}
