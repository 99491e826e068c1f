import { jobHandler, type JobHandler, type JobRun } from '../../jobs/job-runner.ts';
import type { ImportBatch } from '../batch/import-batch.ts';
import { seldom } from '../batch/steps.ts';
import { planBatch } from './plan-batch.ts';
import { runBatch, type RunParts } from './run-batch.ts';
import type { RunCheckpoint } from './run-checkpoint.ts';
import { undoBatch, type UndoCheckpoint } from './undo-batch.ts';

/** The kinds of jobs that imports are made of. */
export type ImportJobKind = 'importPlan' | 'importRun' | 'importUndo';

/** The kind of job that does the work of each stage. */
export const stageKinds: Partial<Record<ImportBatch['stage'], ImportJobKind>> = {
  planning: 'importPlan',
  running: 'importRun',
  undoing: 'importUndo',
};

type Ended = Awaited<ReturnType<JobHandler>>;

/**
 * What does the jobs of imports.
 * @param replan adds a new plan's job, where the approved one fits no more
 */
export function importJobs(
  parts: RunParts,
  replan: (batch: ImportBatch) => Promise<void>,
): Readonly<Record<ImportJobKind, JobHandler>> {
  /** The batch is gone when it was forgotten or its tenant erased: then there is nothing to do. */
  const onBatch = <Checkpoint extends object>(
    work: (batch: ImportBatch, run: JobRun<Checkpoint>) => Promise<Ended>,
  ): JobHandler =>
    jobHandler<Checkpoint>(async (run) => {
      const { tenant, data } = run.job;
      const batch = await parts.batches.find(tenant, textOf(data['batch']));
      return batch === undefined ? { state: 'done' } : work(batch, run);
    });
  return {
    importPlan: onBatch((batch, run) => plan(parts, batch, run)),
    importRun: onBatch<RunCheckpoint>((batch, run) => carryOut(parts, batch, run, replan)),
    importUndo: onBatch<UndoCheckpoint>((batch, run) => undo(parts, batch, run)),
  };
}

async function plan(parts: RunParts, batch: ImportBatch, run: JobRun): Promise<Ended> {
  const made = await planBatch(parts, batch, {
    mustStop: run.mustStop,
    step: seldom((done, total, phase) => run.save({}, { done, total, phase })),
  });
  if (made === undefined) return undefined;
  await parts.batches.change(batch.tenant, batch.id, (now) => ({ ...now, stage: 'planned', plan: made }));
  return { state: 'done' };
}

async function carryOut(
  parts: RunParts,
  batch: ImportBatch,
  run: JobRun<RunCheckpoint>,
  replan: (batch: ImportBatch) => Promise<void>,
): Promise<Ended> {
  let latest: RunCheckpoint | undefined;
  const watched: JobRun<RunCheckpoint> = {
    ...run,
    save: async (checkpoint, progress) => {
      latest = checkpoint;
      await run.save(checkpoint, progress);
    },
  };
  const end = await runBatch(parts, batch, watched);
  const at = latest ?? run.checkpoint;
  // Kept with the batch too: who takes it back, after a cancel as well, knows what was made.
  if (at !== undefined) {
    const { counts, madeGroups } = at;
    await parts.batches.change(batch.tenant, batch.id, (now) => ({
      ...now,
      counts,
      madeGroups,
      ...(end?.state === 'done' ? { stage: 'done', endedAt: parts.now().toISOString() } : {}),
    }));
  }
  if (end?.outdated === true) {
    await replan(batch);
    return { state: 'failed', reason: end.reason ?? '' };
  }
  return end;
}

async function undo(parts: RunParts, batch: ImportBatch, run: JobRun<UndoCheckpoint>): Promise<Ended> {
  const undone = await undoBatch(parts, batch, batch.madeGroups ?? [], run);
  if (undone === undefined) return undefined;
  await parts.batches.change(batch.tenant, batch.id, (now) => ({
    ...now,
    stage: 'undone',
    undone,
    endedAt: parts.now().toISOString(),
  }));
  return { state: 'done' };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
