import type { DueRecords, Judged } from '../../provisioning/records/due-records.ts';
import type { StoredRecord } from '../../provisioning/records/resource-store.ts';
import type { Connection } from './database/connection.ts';
import { packedRecord, storedRecord } from './search/record-row.ts';
import { never } from './writing/commit-rows.ts';
import type { WriteThread } from './writing/write-thread.ts';

/** Due records in SQLite: an index holds those alone that time will change. */
export class SqliteDueRecords implements DueRecords {
  readonly #reader: Connection;
  readonly #writes: WriteThread;

  constructor(reader: Connection, writes: WriteThread) {
    this.#reader = reader;
    this.#writes = writes;
  }

  async tenantsDue(tenants: readonly string[], type: string, now: Date): Promise<readonly string[]> {
    const isThere = (which: string): string =>
      `EXISTS (SELECT 1 FROM records INDEXED BY records_by_due WHERE tenant = one.value AND type = ? AND ${which})`;
    return this.#reader
      .all<[string]>(
        `SELECT DISTINCT one.value FROM json_each(?) AS one
         WHERE ${isThere('due_at IS NULL')} OR ${isThere("due_at <= ? AND due_at <> 'never'")}`,
        JSON.stringify(tenants),
        type,
        type,
        now.toISOString(),
      )
      .map(([tenant]) => tenant);
  }

  async due(tenant: string, type: string, now: Date, limit: number): Promise<readonly StoredRecord[]> {
    const read = (which: string, most: number, ...values: string[]) =>
      this.#reader.all<[string]>(
        `SELECT ${packedRecord.text} FROM records INDEXED BY records_by_due
         WHERE tenant = ? AND type = ? AND ${which} ORDER BY due_at LIMIT ${most}`,
        tenant,
        type,
        ...values,
      );
    const unjudged = read('due_at IS NULL', limit);
    const rest = limit - unjudged.length;
    // The first bound is what lets SQLite see that the index holds them all.
    const dated = rest > 0 ? read("due_at <= ? AND due_at <> 'never'", rest, now.toISOString()) : [];
    return [...unjudged, ...dated].map(([row]) => storedRecord(row));
  }

  async judge(tenant: string, type: string, judged: readonly Judged[]): Promise<void> {
    if (judged.length === 0) return;
    await this.#writes.run(
      'judgeRecords',
      tenant,
      type,
      judged.map(({ id, version, dueAt }) => [id, version, dueAt ?? never] as const),
    );
  }
}
