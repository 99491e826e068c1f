import type { JsonObject } from '../base/json.ts';
import { onBehalfOf } from '../domain/present-call.ts';
import type { JobHandler, JobRun } from '../jobs/job-runner.ts';
import { ScimError } from '../scim/model/scim-error.ts';
import { bulkRules } from './bulk-actions.ts';
import { actorOf, type BulkParts } from './bulk-parts.ts';
import { eachOf } from './each-of.ts';
import {
  noCounts,
  sumOf,
  withRows,
  type BulkActor,
  type BulkCounts,
  type BulkRow,
  type PeopleJob,
} from './people-job.ts';

type Ended = Awaited<ReturnType<JobHandler>>;
/** How far it is. */
export type UndoCheckpoint = { readonly chunk: number; readonly counts: BulkCounts };

const atOnce = 4;
const changedSince = 'Somebody else has changed this since; it is left as it is now.';

/** Takes back what a job did, the last first; what somebody else has changed since stays as it is. */
export async function undoPeopleJob(parts: BulkParts, job: PeopleJob, run: JobRun<UndoCheckpoint>): Promise<Ended> {
  const by = job.approvedBy ?? job.createdBy;
  const { undo } = bulkRules[job.action];
  if (undo === undefined) return { state: 'failed', reason: 'This cannot be taken back.' };
  let at = run.checkpoint ?? { chunk: job.chunks - 1, counts: noCounts };
  while (at.chunk >= 0) {
    if (run.mustStop()) return undefined;
    if (!(await parts.may(job.tenant, by, undo)))
      return { state: 'paused', reason: `${by.client} may no longer do this. Somebody who may can resume it.` };
    const rows = await parts.notes.rows(job, at.chunk);
    const after = await eachOf([...rows].reverse(), atOnce, async (row): Promise<BulkRow> => {
      if (row.state !== 'done') return row;
      return onBehalfOf({ requestId: `bulk-${job.id}-undo` }, () => undoOne(parts, job, by, undo, row));
    });
    await parts.notes.putRows(job, at.chunk, [...after].reverse());
    at = { chunk: at.chunk - 1, counts: withRows(at.counts, after) };
    await run.save(at, { done: sumOf(at.counts), total: job.total, phase: 'undoing' });
  }
  await parts.notes.change(job.tenant, job.id, (header) => ({
    ...header,
    stage: 'undone',
    counts: at.counts,
    endedAt: parts.now().toISOString(),
  }));
  return { state: 'done' };
}

async function undoOne(
  parts: BulkParts,
  job: PeopleJob,
  by: BulkActor,
  operation: string,
  row: BulkRow,
): Promise<BulkRow> {
  const { id, name } = row;
  const body = await undoBody(parts, job, row);
  if (body === undefined) return { id, name, state: 'left', reason: changedSince };
  if (body === 'nothing') return { id, name, state: 'undone' };
  const actor = { ...actorOf(job, by), requestId: `bulk-${job.id}-undo` };
  try {
    await parts.perform(operation, actor, id, body.with, false);
    return { id, name, state: 'undone' };
  } catch (cause) {
    if (!(cause instanceof ScimError) || cause.status >= 500) throw cause;
    return { id, name, state: 'left', reason: cause.message };
  }
}

/**
 * What the operation is called with to take it back.
 * @returns `nothing` where it is back already; undefined where somebody else has changed it since
 */
async function undoBody(
  parts: BulkParts,
  { tenant, id: job, action, options }: PeopleJob,
  { id, before }: BulkRow,
): Promise<{ readonly with: JsonObject | undefined } | 'nothing' | undefined> {
  const record = await parts.read(tenant, id);
  const isOurs = async (type: string): Promise<boolean> =>
    (await parts.lastRequest(tenant, id, type)) === `bulk-${job}`
    && !(record?.account?.switched?.by.some(({ request }) => request !== `bulk-${job}`) ?? false);
  switch (action) {
    case 'delete':
      if (record !== undefined) return 'nothing';
      return (await parts.deletedAt(tenant, id)) === before ? { with: undefined } : undefined;
    case 'deactivate':
      if (record?.resource['active'] !== false) return record === undefined ? undefined : 'nothing';
      return (await isOurs('user.deactivated')) ? { with: undefined } : undefined;
    case 'reactivate':
      if (record?.resource['active'] === false) return 'nothing';
      return record !== undefined && (await isOurs('user.reactivated')) ? { with: undefined } : undefined;
    case 'invite': {
      const open = record?.account?.invitation?.id;
      return open !== undefined && open === before ? { with: undefined } : undefined;
    }
    case 'extend': {
      const now = record?.account?.invitation?.expiresAt;
      if (now === undefined || !isSameMoment(now, options['expiresAt'])) return now === before ? 'nothing' : undefined;
      return { with: { expiresAt: before ?? null } };
    }
    default:
      return undefined;
  }
}

function isSameMoment(one: string | null, other: unknown): boolean {
  if (one === null || typeof other !== 'string') return one === null && other === null;
  return Date.parse(one) === Date.parse(other);
}
