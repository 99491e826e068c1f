import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor } from '../domain/actor.ts';
import type { DomainEvent } from '../domain/events.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { eraseFromAudit } from '../history/erase-from-audit.ts';
import { jobHandler, type JobHandler, type JobRun } from '../jobs/job-runner.ts';
import type { RequestContext } from '../scim/port/resource-handler.ts';
import { Traces } from '../text/traces.ts';
import { eraseAnswers, eraseCalls, eraseMessages, eraseNotes } from './erase-copies.ts';
import { collectValues } from './collect-values.ts';
import type { ErasedCounts, ErasureParts, Person } from './erasure-parts.ts';
import { leaveReports } from './leave-reports.ts';

/** How far an erasure is, as its job keeps it. */
interface Checkpoint {
  readonly phase: number;
  readonly values: readonly string[];
  readonly counts: ErasedCounts;
}

const nothing: ErasedCounts = { events: 0, messages: 0, calls: 0, notes: 0, answers: 0, reports: 0 };

/** Batches of events that are settled while a person's last ones are looked for. */
const mostBatches = 2_000;
const batchSize = 250;
const defaultLateMs = 1_500;

type Phase = (person: Person, counts: ErasedCounts) => Promise<ErasedCounts>;

/**
 * The job that erases a person from everything that is kept: it may break off anywhere and is gone on with by whichever
 * process takes it. What it must know to go on it keeps while it runs, and forgets at its end.
 */
export function erasePerson(parts: ErasureParts): JobHandler {
  const phases: readonly Phase[] = [
    async ({ tenant, id, context }, counts) => {
      if ((await parts.store.get(tenant, parts.userType.name, id)) !== undefined)
        await parts.handler.remove(context, parts.userType, id, {});
      await parts.deleted.forget(tenant, id);
      return counts;
    },
    async (person, counts) => ({ ...counts, reports: counts.reports + (await leaveReports(parts, person)) }),
    async ({ tenant, id }, counts) => {
      await settleEvents(parts, tenant, id);
      return counts;
    },
    async (person, counts) => ({ ...counts, messages: counts.messages + (await eraseMessages(parts, person)) }),
    async (person, counts) => ({
      ...counts,
      notes: counts.notes + (await eraseNotes(parts, person)) + (await forgetWaiting(parts, person)),
    }),
    async (person, counts) => ({ ...counts, answers: counts.answers + (await eraseAnswers(parts, person)) }),
    async (_person, counts) => {
      await sleep(parts.lateMs ?? defaultLateMs);
      return counts;
    },
    async (person, counts) => ({ ...counts, calls: counts.calls + (await eraseCalls(parts, person)) }),
    async (person, counts) => ({ ...counts, events: counts.events + (await eraseEvents(parts, person)) }),
    async (_person, counts) => {
      await parts.data.forgetRemoved();
      return counts;
    },
  ];
  return jobHandler<Checkpoint>(async (run) => {
    const { job, save, mustStop } = run;
    const id = textOf(job.data['user']);
    const { tenant } = job;
    let at = run.checkpoint ?? { phase: 0, values: [], counts: nothing };
    const write = (next: Checkpoint): Promise<void> => {
      at = next;
      return save(next, { done: next.phase, total: phases.length });
    };
    if (run.checkpoint === undefined) await write({ ...at, values: await collectValues(parts, tenant, id) });
    const person: Person = { tenant, id, traces: new Traces(at.values), context: contextOf(run) };
    while (at.phase < phases.length) {
      if (mustStop()) return undefined;
      const counts = await phases[at.phase]!(person, at.counts);
      await write({ ...at, phase: at.phase + 1, counts });
    }
    const event = erasedEvent(parts, run, at.counts);
    await parts.events.append([event]);
    // In place of what was still to be told of them.
    await parts.outbox.settleEvents([], parts.plan(event));
    await write({ ...at, values: [] });
    // What was known of the person to erase them is the last that is left.
    await parts.data.forgetRemoved();
    return { state: 'done' };
  });
}

/** Batches that wait to be carried out. */
async function forgetWaiting({ forgetRequests }: ErasureParts, { tenant, id, traces }: Person): Promise<number> {
  return forgetRequests?.(tenant, (text) => text.includes(id) || traces.isIn(text)) ?? 0;
}

function eraseEvents(parts: ErasureParts, { tenant, id, traces, context }: Person): Promise<number> {
  const { actor, requestId } = context;
  return eraseFromAudit(parts, { tenant, id, values: traces.values, actor, requestId: requestId || undefined });
}

/** What the erasure changes it changes on behalf of who asked for it. */
function contextOf({ job: { tenant, data } }: Pick<JobRun, 'job'>): RequestContext {
  const { actor, requestId } = data as { actor?: Actor & JsonObject; requestId?: string };
  return {
    tenant,
    client: { id: actor?.id ?? '', name: actor?.name ?? '' },
    profile: 'strict',
    triggeredBy: 'admin_api',
    requestId: requestId ?? '',
    ...(actor === undefined ? {} : { actor }),
    dryRun: false,
  };
}

/** Plans and files what events of the person ask for, so that none of them waits with their values. */
async function settleEvents(
  { outbox, plan }: Pick<ErasureParts, 'outbox' | 'plan'>,
  tenant: string,
  id: string,
): Promise<void> {
  for (let batch = 0; batch < mostBatches; batch += 1) {
    const events = await outbox.pendingEvents(batchSize);
    if (events.length > 0) await outbox.settleEvents(events, events.flatMap(plan));
    if (events.length < batchSize && !events.some((one) => one.tenant === tenant && one.resourceId === id)) return;
  }
  throw new Error('events of the person were not settled');
}

/**
 * The one event that stays: that somebody was erased, by whom and when. Its id makes it one, however often it is filed.
 */
function erasedEvent(
  { clock }: Pick<ErasureParts, 'clock'>,
  { job }: Pick<JobRun, 'job'>,
  counts: ErasedCounts,
): DomainEvent {
  const { actor, requestId } = job.data as { actor?: Actor & JsonObject; requestId?: string };
  return {
    id: textOf(job.data['event']),
    tenant: job.tenant,
    type: 'user.erased',
    at: clock.now().toISOString(),
    resourceType: 'User',
    resourceId: textOf(job.data['user']),
    version: 0,
    triggeredBy: 'admin_api',
    ...(actor === undefined ? {} : { actor }),
    ...(requestId === undefined ? {} : { requestId }),
    data: { ...counts },
  };
}

function textOf(value: Json | undefined): string {
  if (typeof value !== 'string') throw new Error('the job of an erasure lacks what it is about');
  return value;
}
