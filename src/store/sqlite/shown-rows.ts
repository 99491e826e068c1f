import type { ShownRecord } from '../../provisioning/records/resource-store.ts';
import type { Connection } from './database/connection.ts';
import { type KeptRows, rowKey } from './kept-rows.ts';
import { GroupsAbove } from './search/groups-above.ts';
import { packedRecord, packedWithGroups, shownRecord, shownWithGroups, type PackedRow } from './search/record-row.ts';

/** Reads single records as answers show them. */
export class ShownRows {
  readonly #reader: Connection;
  readonly #kept: KeptRows;

  constructor(reader: Connection, kept: KeptRows) {
    this.#reader = reader;
    this.#kept = kept;
  }

  /** @param withGroups whether its groups are read along; such records are kept for a while */
  get(tenant: string, type: string, id: string, withGroups: boolean): ShownRecord | undefined {
    if (!withGroups) {
      const row = rowOf(this.#reader, tenant, type, id);
      return row === undefined ? undefined : shownRecord(row);
    }
    const key = rowKey(tenant, type, id);
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const row = rowOf(this.#reader, tenant, type, id, packedWithGroups);
    if (row === undefined) return undefined;
    const above = (member: string, direct: string) => new GroupsAbove(this.#reader, tenant).shown(member, direct);
    const record = shownWithGroups(row, above);
    this.#kept.keep(key, record, row.length);
    return record;
  }
}

/** The row of a record. @param row what is read of it */
export function rowOf(
  reader: Connection,
  tenant: string,
  type: string,
  id: string,
  row = packedRecord,
): PackedRow | undefined {
  return reader.get<[string]>(
    `SELECT ${row.text} FROM records WHERE tenant = ? AND type = ? AND id = ?`,
    tenant,
    type,
    id,
  )?.[0];
}
