import type { JobHandler, JobRun } from '../jobs/job-runner.ts';
import { ScimError } from '../scim/model/scim-error.ts';
import { bulkRules } from './bulk-actions.ts';
import { actorOf, bodyOf, type BulkParts, type OnePlan } from './bulk-parts.ts';
import { eachOf } from './each-of.ts';
import { noCounts, withRows, type BulkCounts, type BulkRow, type PeopleJob } from './people-job.ts';
import { chunkPeople } from './people-job-notes.ts';

type Ended = Awaited<ReturnType<JobHandler>>;

/** How far a plan is. */
export type PlanCheckpoint = {
  readonly chunk: number;
  /** Of a filter: where its next page begins; absent once all are found. */
  readonly next?: string;
  readonly counts: BulkCounts;
  readonly effects: Readonly<Record<string, number>>;
  readonly messages: number;
  readonly people: number;
};

/** Dry runs at the same time. */
const atOnce = 4;

/** Works out for each person what would happen, by the dry run of the operation; writes nothing of the people. */
export async function planPeopleJob(parts: BulkParts, job: PeopleJob, run: JobRun<PlanCheckpoint>): Promise<Ended> {
  const isFilter = job.query !== undefined;
  let at: PlanCheckpoint = run.checkpoint ?? {
    chunk: 0,
    counts: noCounts,
    effects: {},
    messages: 0,
    people: 0,
    ...(isFilter ? { next: '' } : {}),
  };
  const total = isFilter ? undefined : job.total;
  while (isFilter ? at.next !== undefined : at.chunk < job.chunks) {
    if (run.mustStop()) return undefined;
    const page = isFilter
      ? await parts.find(job.tenant, job.query, chunkPeople, at.next ?? '')
      : { people: await parts.notes.rows(job, at.chunk) };
    const planned = await eachOf(page.people, atOnce, (person) => planOne(parts, job, person));
    const rows = planned.map(({ row }) => row);
    await parts.notes.putRows(job, at.chunk, rows);
    const { next, ...rest } = at;
    void next;
    at = {
      ...rest,
      chunk: at.chunk + 1,
      counts: withRows(at.counts, rows),
      effects: planned.reduce(withEffects, at.effects),
      messages: planned.reduce((sum, { plan }) => sum + messagesOf(plan), at.messages),
      people: at.people + rows.length,
      ...('next' in page && page.next !== undefined ? { next: page.next } : {}),
    };
    await run.save(at, { done: at.people, phase: 'planning', ...(total === undefined ? {} : { total }) });
  }
  const { chunk, counts, effects, messages, people } = at;
  await parts.notes.change(job.tenant, job.id, (now) => ({
    ...now,
    stage: now.stage === 'planning' ? 'planned' : now.stage,
    chunks: chunk,
    total: people,
    counts,
    effects,
    messages,
  }));
  return { state: 'done' };
}

async function planOne(
  parts: BulkParts,
  job: PeopleJob,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<{ readonly row: BulkRow; readonly plan?: OnePlan }> {
  const record = name === '' ? await parts.read(job.tenant, id) : undefined;
  const shown = name !== '' ? name : record === undefined ? id : parts.nameOf(record);
  try {
    const actor = actorOf(job, job.createdBy);
    const plan = await parts.perform(bulkRules[job.action].operation, actor, id, bodyOf(job), true);
    if (plan?.effects.length === 1 && plan.effects[0] === 'nothing')
      return { row: { id, name: shown, state: 'refused', reason: 'Nothing changes: it is so already.' } };
    return { row: { id, name: shown, state: 'planned' }, ...(plan === undefined ? {} : { plan }) };
  } catch (cause) {
    if (!(cause instanceof ScimError) || cause.status >= 500) throw cause;
    return { row: { id, name: shown, state: 'refused', reason: cause.message } };
  }
}

function withEffects(
  effects: Readonly<Record<string, number>>,
  { plan }: { readonly plan?: OnePlan },
): Readonly<Record<string, number>> {
  const sum = { ...effects };
  for (const effect of plan?.effects ?? []) sum[effect] = (sum[effect] ?? 0) + 1;
  return sum;
}

function messagesOf(plan: OnePlan | undefined): number {
  return plan?.deliveries.filter(({ to }) => to !== undefined).length ?? 0;
}
