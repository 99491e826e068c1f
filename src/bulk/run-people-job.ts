import { onBehalfOf } from '../domain/present-call.ts';
import type { JobHandler, JobRun } from '../jobs/job-runner.ts';
import type { StoredRecord } from '../provisioning/records/resource-store.ts';
import { ScimError } from '../scim/model/scim-error.ts';
import { bulkRules } from './bulk-actions.ts';
import { actorOf, bodyOf, type BulkParts } from './bulk-parts.ts';
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
export type RunCheckpoint = { readonly chunk: number; readonly counts: BulkCounts };

const atOnce = 4;
/** What the clocks of two processes may differ by, in milliseconds. */
const skewMs = 2_000;
const whyUnsure = 'The server stopped in the middle of this person, and their record has changed: look at them.';

/**
 * Does what was approved, to those whom the plan had room for. Goes on from the job's checkpoint: a person whose write
 * was begun when a process died is looked at first, so that nobody is written to twice.
 */
export async function runPeopleJob(parts: BulkParts, job: PeopleJob, run: JobRun<RunCheckpoint>): Promise<Ended> {
  const by = job.approvedBy ?? job.createdBy;
  let at = run.checkpoint ?? { chunk: 0, counts: noCounts };
  while (at.chunk < job.chunks) {
    if (run.mustStop()) return undefined;
    if (!(await parts.may(job.tenant, by, bulkRules[job.action].operation)))
      return { state: 'paused', reason: `${by.client} may no longer do this. Somebody who may can resume it.` };
    const rows = await parts.notes.rows(job, at.chunk);
    const now = parts.now().toISOString();
    const begun = rows.map((row): BulkRow => (row.state === 'planned' ? { ...row, state: 'begun', at: now } : row));
    await parts.notes.putRows(job, at.chunk, begun);
    const wasBegun = new Set(rows.filter(({ state }) => state === 'begun').map(({ id }) => id));
    const after = await eachOf(begun, atOnce, async (row): Promise<BulkRow> => {
      if (row.state !== 'begun') return row;
      if (!wasBegun.has(row.id) && run.mustStop()) return { id: row.id, name: row.name, state: 'planned' };
      return onBehalfOf({ requestId: `bulk-${job.id}` }, () => doOne(parts, job, by, row, wasBegun.has(row.id)));
    });
    await parts.notes.putRows(job, at.chunk, after);
    const isWhole = after.every(({ state }) => state !== 'planned');
    const counts = isWhole ? withRows(at.counts, after) : at.counts;
    if (isWhole) at = { chunk: at.chunk + 1, counts };
    await run.save(at, { done: sumOf(counts), total: job.total, phase: 'running' });
    await parts.notes.change(job.tenant, job.id, (header) => ({ ...header, counts: told(counts, job.total) }));
  }
  await parts.notes.change(job.tenant, job.id, (header) => ({
    ...header,
    stage: 'done',
    counts: at.counts,
    endedAt: parts.now().toISOString(),
  }));
  return { state: 'done' };
}

async function doOne(
  parts: BulkParts,
  job: PeopleJob,
  by: BulkActor,
  row: BulkRow,
  wasBegun: boolean,
): Promise<BulkRow> {
  const { id, name } = row;
  const before = await parts.read(job.tenant, id);
  if (wasBegun && (job.action === 'resend' || job.action === 'invite' || job.action === 'password')) {
    // They have just had a message from someone else, and a second one would end the first.
    const since = Date.parse(row.at ?? '') - skewMs;
    if (before === undefined || Date.parse(before.account?.resentAt ?? '') >= since)
      return { id, name, state: 'unsure', reason: whyUnsure };
  }
  try {
    await parts.perform(bulkRules[job.action].operation, actorOf(job, by), id, bodyOf(job), false);
  } catch (cause) {
    if (!(cause instanceof ScimError) || cause.status >= 500) throw cause;
    // A second try at what was done already finds nothing left to do.
    if (wasBegun && (cause.status === 404 || cause.status === 409))
      return { id, name, state: 'unsure', reason: whyUnsure };
    return { id, name, state: 'refused', reason: cause.message };
  }
  return { id, name, state: 'done', ...(await forUndo(parts, job, id, before)) };
}

/** What taking it back needs to know. */
async function forUndo(
  parts: BulkParts,
  { tenant, action }: PeopleJob,
  id: string,
  before: StoredRecord | undefined,
): Promise<Pick<BulkRow, 'before'>> {
  switch (action) {
    case 'extend':
      return { before: before?.account?.invitation?.expiresAt ?? null };
    case 'invite': {
      const made = (await parts.read(tenant, id))?.account?.invitation?.id;
      return made === undefined ? {} : { before: made };
    }
    case 'delete': {
      const at = await parts.deletedAt(tenant, id);
      return at === undefined ? {} : { before: at };
    }
    default:
      return {};
  }
}

/** Those whose turn has not come are planned. */
function told(counts: BulkCounts, total: number): BulkCounts {
  return { ...counts, planned: Math.max(0, total - sumOf({ ...counts, planned: 0 })) };
}
