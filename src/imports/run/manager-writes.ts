import { ScimError } from '../../scim/model/scim-error.ts';
import { managerPath } from '../plan/decide-row.ts';
import { valueAt } from '../plan/places.ts';
import { inOrder } from '../batch/batch-rows.ts';
import type { DoneRow, ImportBatch, ImportCounts, Refusal } from '../batch/import-batch.ts';
import { nothingMore, type People } from '../batch/people.ts';
import type { PlanParts } from './plan-batch.ts';

/** A later phase of a run: from which chunk, and how to say that the next one comes. */
export interface PhaseWork {
  readonly isNeeded: boolean;
  readonly from: number;
  readonly mustStop: () => boolean;
  readonly next: (chunk: number, counts?: Partial<ImportCounts>) => Promise<void>;
}

/**
 * Sets the managers who were made by the file itself, now that all are there.
 * @returns false where it had to stop
 */
export async function writeManagers(
  parts: PlanParts,
  batch: ImportBatch,
  people: People,
  { isNeeded, from, mustStop, next }: PhaseWork,
): Promise<boolean> {
  for (let chunk = from; isNeeded && chunk < batch.chunks; chunk += 1) {
    if (mustStop()) return false;
    const rows = await parts.batches.done(batch, 'rows', chunk);
    if (!rows.some(({ manager }) => manager !== undefined)) {
      await next(chunk + 1);
      continue;
    }
    const refusals: Refusal[] = [];
    await people.findManagers(rows.flatMap(({ manager }) => manager ?? []));
    const written = await inOrder(rows, async (row) => {
      if (row.manager === undefined || row.id === undefined) return row;
      const result = await writeManager(parts, people, row);
      if ('reason' in result)
        refusals.push({
          line: row.line,
          reason: result.reason,
          cells: [],
          ...(row.userName === undefined ? {} : { userName: row.userName }),
        });
      return 'row' in result ? result.row : withoutManager(row);
    });
    await parts.batches.putDone(batch, 'rows', chunk, written);
    if (refusals.length > 0) {
      const all = await parts.batches.rows(batch, chunk);
      await parts.batches.addRefusals(batch, 'run', chunk, refusals, all);
    }
    await next(chunk + 1);
  }
  return true;
}

async function writeManager(
  { handler, userType }: PlanParts,
  people: People,
  row: DoneRow,
): Promise<{ readonly row: DoneRow } | { readonly reason: string }> {
  const { manager = '', id = '' } = row;
  const value = await people.managerId(manager);
  const standing = await people.read(id);
  if (standing === undefined) return { row: withoutManager(row) };
  if (value === undefined)
    return {
      reason:
        `manager: the person with the externalId "${manager}" was not made, so no manager is set. `
        + 'Everything else of the row is written.',
    };
  const before = valueAt(standing.resource, managerPath);
  try {
    const operation = { op: 'replace', path: managerPath, value } as const;
    await handler.patch(people.context(`${row.line}-manager`), userType, id, [operation], {}, nothingMore);
  } catch (cause) {
    if (!(cause instanceof ScimError) || cause.status >= 500) throw cause;
    return { reason: `manager: ${cause.message}` };
  }
  const change = { path: managerPath, after: value, ...(before === undefined || before === value ? {} : { before }) };
  return { row: { ...withoutManager(row), changes: [...(row.changes ?? []), change] } };
}

function withoutManager({ manager, ...row }: DoneRow): DoneRow {
  void manager;
  return row;
}
