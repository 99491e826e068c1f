import { ScimError } from '../../scim/model/scim-error.ts';
import { inOrder } from '../batch/batch-rows.ts';
import type { DoneRow, ImportBatch } from '../batch/import-batch.ts';
import type { PhaseWork } from './manager-writes.ts';
import { nothingMore, type People } from '../batch/people.ts';
import type { PlanParts } from './plan-batch.ts';

/**
 * Deactivates those who are not in a full file, as the plan has named them.
 * @returns false where it had to stop
 */
export async function deactivateMissing(
  parts: PlanParts,
  batch: ImportBatch,
  people: People,
  { isNeeded, from, mustStop, next }: PhaseWork,
): Promise<boolean> {
  for (let chunk = from; isNeeded; chunk += 1) {
    const missing = await parts.batches.missing(batch, chunk);
    if (missing.length === 0) return true;
    if (mustStop()) return false;
    // Written down first: what is to be done here is known, and doing it again changes nothing.
    const intents = missing.map(({ id, userName }): DoneRow => ({
      line: 0,
      kind: 'deactivate',
      id,
      userName,
      changes: [{ path: 'active', before: true, after: false }],
    }));
    await parts.batches.putDone(batch, 'missing', chunk, intents);
    const done = await inOrder(intents, (row) => deactivate(parts, people, row));
    await next(chunk + 1, { deactivated: done.filter(Boolean).length });
  }
  return true;
}

async function deactivate({ handler, userType }: PlanParts, people: People, { id = '' }: DoneRow): Promise<boolean> {
  try {
    const operation = { op: 'replace', path: 'active', value: false } as const;
    await handler.patch(people.context(`missing-${id}`), userType, id, [operation], {}, nothingMore);
    return true;
  } catch (cause) {
    if (cause instanceof ScimError && cause.status === 404) return false;
    throw cause;
  }
}
