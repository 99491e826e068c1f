import type { ChainEntry } from '../../history/chain-entry.ts';
import type { Connection } from './database/connection.ts';
import type { Misfiled } from '../../history/event-log.ts';
import { FILED_COLUMNS, type FiledRow, readFiled } from './database/entry-row.ts';

/** Places of a chain: all after one, up to another or, where that is null, to the end. */
export type Range = readonly [after: number, upTo: number | null];

/**
 * Every row of a tenant in a range, in the order of places: of several in one place all.
 * @param noteOdd told of each that lists would not find by what it says
 */
export function* readRange(
  connection: Connection,
  tenant: string,
  [after, upTo]: Range,
  noteOdd: (odd: Misfiled) => void,
): Generator<ChainEntry, void> {
  const end = upTo === null ? '' : 'AND seq <= ?';
  const rows = connection.each<FiledRow>(
    `SELECT ${FILED_COLUMNS} FROM audit AS records WHERE tenant = ? AND seq > ? ${end} ORDER BY seq, position`,
    tenant,
    after,
    ...(upTo === null ? [] : [upTo]),
  );
  for (const row of rows) {
    const { entry, odd } = readFiled(row);
    if (odd !== undefined) noteOdd(odd);
    yield entry;
  }
}

/** Cuts what a tenant has after a place into ranges of about so many rows. */
export function* rangesOf(connection: Connection, tenant: string, base: number, rows: number): Generator<Range> {
  for (let after = base; ;) {
    const next = connection.get<[number]>(
      'SELECT seq FROM audit WHERE tenant = ? AND seq > ? ORDER BY seq LIMIT 1 OFFSET ?',
      tenant,
      after,
      rows - 1,
    )?.[0];
    yield [after, next ?? null];
    if (next === undefined) return;
    after = next;
  }
}
