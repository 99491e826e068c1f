import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../base/json.ts';
import type { Clock } from '../base/clock.ts';
import { jobHandler, type JobHandler, type JobRun } from '../jobs/job-runner.ts';
import { hasEnded, type Job, type Jobs, type JobWish } from '../jobs/jobs.ts';
import { ConflictError, NotFoundError } from '../scim/model/scim-error.ts';
import { bulkRules, type BulkAction } from './bulk-actions.ts';
import type { BulkParts } from './bulk-parts.ts';
import { noCounts, type BulkActor, type BulkRow, type PeopleJob } from './people-job.ts';
import { chunkPeople } from './people-job-notes.ts';
import { peopleJobRow, peopleJobView, type PeopleJobRow, type PeopleJobView } from './people-job-view.ts';
import { planPeopleJob } from './plan-people-job.ts';
import { runPeopleJob } from './run-people-job.ts';
import { undoPeopleJob } from './undo-people-job.ts';

/** What jobs over people work with. */
export interface PeopleJobsParts extends Omit<BulkParts, 'now'> {
  readonly jobs: Jobs;
  readonly clock: Clock;
  /** Called when there is a job to do, or something is asked of one. */
  readonly wake: () => void;
}

/** Whom to act on: people one by one, or all that a filter finds at this moment. */
export type BulkTarget = { readonly ids: readonly string[] } | { readonly query: JsonObject };

/** For so many days after its start it can be taken back. */
const undoDays = 7;
const dayMs = 86_400_000;
const pollMs = 50;
const rowsShown = 50;

type Kind = 'peoplePlan' | 'peopleRun' | 'peopleUndo';

/** Actions on many people: planned by a dry run, approved, run as a durable job, taken back. */
export class PeopleJobs {
  readonly #parts: PeopleJobsParts;

  constructor(parts: PeopleJobsParts) {
    this.#parts = parts;
  }

  /** What does the jobs, for the process's runner. */
  handlers(): Readonly<Record<Kind, JobHandler>> {
    const parts: BulkParts = { ...this.#parts, now: () => this.#parts.clock.now() };
    const on = <Checkpoint extends object>(
      work: (parts: BulkParts, job: PeopleJob, run: JobRun<Checkpoint>) => ReturnType<JobHandler>,
    ): JobHandler =>
      jobHandler<Checkpoint>(async (run) => {
        const { job } = run.job.data;
        const found = await parts.notes.find(run.job.tenant, typeof job === 'string' ? job : '');
        return found === undefined ? { state: 'done' } : work(parts, found, run);
      });
    return { peoplePlan: on(planPeopleJob), peopleRun: on(runPeopleJob), peopleUndo: on(undoPeopleJob) };
  }

  /** Has an action on many people planned; nothing is done to them. @returns its id */
  async start(
    tenant: string,
    by: BulkActor,
    action: BulkAction,
    target: BulkTarget,
    options: JsonObject,
  ): Promise<string> {
    const { notes, clock } = this.#parts;
    const ids = 'ids' in target ? [...new Set(target.ids)] : [];
    const id = this.#newId();
    const createdAt = clock.now().toISOString();
    const chunks = Math.ceil(ids.length / chunkPeople);
    for (let chunk = 0; chunk < chunks; chunk += 1) {
      const rows = ids.slice(chunk * chunkPeople, (chunk + 1) * chunkPeople);
      await notes.putRows(
        { tenant, id, createdAt },
        chunk,
        rows.map((person): BulkRow => ({ id: person, name: '', state: 'planned' })),
      );
    }
    const job: PeopleJob = {
      tenant,
      id,
      action,
      options,
      stage: 'planning',
      createdAt,
      createdBy: by,
      ...('query' in target ? { query: target.query } : {}),
      chunks,
      total: ids.length,
      counts: noCounts,
      effects: {},
      messages: 0,
    };
    await notes.add(job);
    await this.#begin(job, 'peoplePlan', 'planning');
    return id;
  }

  /** Newest first. @param after the id after which to go on */
  async list(tenant: string, count: number, after?: string): Promise<readonly PeopleJobRow[]> {
    const jobs = await this.#parts.notes.list(tenant, count, after);
    return Promise.all(jobs.map(async (job) => peopleJobRow(job, await this.#jobOf(job), this.#parts.clock.now())));
  }

  /** @throws NotFoundError */
  async view(tenant: string, id: string): Promise<PeopleJobView> {
    const job = await this.find(tenant, id);
    const people: BulkRow[] = [];
    const others: BulkRow[] = [];
    for (let chunk = 0; chunk < job.chunks && people.length < rowsShown; chunk += 1)
      for (const row of await this.#parts.notes.rows(job, chunk))
        (row.reason === undefined ? people : others).push(row);
    for (let chunk = job.chunks - 1; chunk >= 0 && others.length < rowsShown && hasOthers(job); chunk -= 1)
      for (const row of await this.#parts.notes.rows(job, chunk))
        if (row.reason !== undefined && !others.some(({ id: known }) => known === row.id)) others.push(row);
    return peopleJobView(job, await this.#jobOf(job), this.#parts.clock.now(), {
      people: people.slice(0, rowsShown),
      others: others.slice(0, rowsShown),
    });
  }

  /** The view once nothing of it is under way any more, or after a while as it is then. */
  async settled(tenant: string, id: string, waitMs: number): Promise<PeopleJobView> {
    const deadline = performance.now() + waitMs;
    for (;;) {
      const job = await this.#jobOf(await this.find(tenant, id));
      const isBusy = job !== undefined && !hasEnded(job) && job.state !== 'paused';
      if (!isBusy || performance.now() >= deadline) return this.view(tenant, id);
      await sleep(pollMs);
    }
  }

  /**
   * Runs what was approved.
   * @param people how many the plan says it will be done to
   * @throws ConflictError where the plan says another number, or it cannot be run
   */
  async run(tenant: string, id: string, by: BulkActor, people: number): Promise<void> {
    const job = await this.find(tenant, id);
    this.#refuse(job, await this.#jobOf(job), 'run');
    if (people !== job.counts.planned)
      throw new ConflictError(
        `people: the plan concerns ${job.counts.planned} people, not ${people}. Look at it again, and approve that.`,
      );
    const now = this.#parts.clock.now();
    await this.#begin(job, 'peopleRun', 'running', {
      approvedBy: by,
      startedAt: now.toISOString(),
      undoUntil: new Date(now.getTime() + undoDays * dayMs).toISOString(),
    });
  }

  /** @throws ConflictError where its state has no room for it */
  async ask(tenant: string, id: string, wish: JobWish, by: BulkActor): Promise<void> {
    const job = await this.find(tenant, id);
    this.#refuse(job, await this.#jobOf(job), wish);
    if (wish === 'cancel' && job.stage === 'planned') {
      await this.#parts.notes.change(tenant, id, (now) => ({ ...now, stage: 'cancelled' }));
      return;
    }
    // The administrator who resumes it answers for it from then on.
    if (wish === 'resume') await this.#parts.notes.change(tenant, id, (now) => ({ ...now, approvedBy: by }));
    const asked = await this.#parts.jobs.ask(tenant, job.job ?? '', wish);
    if (asked.outcome !== 'done') throw new ConflictError('The job has just changed: look at it again.');
    this.#parts.wake();
  }

  /** Takes back what it has done. @throws ConflictError where there is nothing to take back, or no longer */
  async undo(tenant: string, id: string, by: BulkActor): Promise<void> {
    const job = await this.find(tenant, id);
    if (bulkRules[job.action].undo === undefined)
      throw new ConflictError(`The action ${job.action} cannot be taken back.`);
    this.#refuse(job, await this.#jobOf(job), 'undo');
    await this.#begin(job, 'peopleUndo', 'undoing', { approvedBy: by });
  }

  /** @throws NotFoundError */
  async find(tenant: string, id: string): Promise<PeopleJob> {
    const job = id.length > 100 ? undefined : await this.#parts.notes.find(tenant, id);
    if (job === undefined) throw new NotFoundError(`There is no job "${id.slice(0, 100)}".`);
    return job;
  }

  #refuse(job: PeopleJob, inHand: Job | undefined, wish: PeopleJobRow['actions'][number]): void {
    const { state, actions } = peopleJobRow(job, inHand, this.#parts.clock.now());
    if (!actions.includes(wish)) throw new ConflictError(`The job is ${state}, so it cannot ${verbs[wish]}.`);
  }

  async #begin(
    { tenant, id }: PeopleJob,
    kind: Kind,
    stage: PeopleJob['stage'],
    more: Partial<PeopleJob> = {},
  ): Promise<void> {
    const job = `${id}-${this.#parts.clock.newId()}`;
    await this.#parts.notes.change(tenant, id, (now) => ({ ...now, ...more, stage, job }));
    await this.#parts.jobs.add({ tenant, id: job, kind, data: { job: id } });
    this.#parts.wake();
  }

  /** A process that died between the header's change and its job left the job to be added. */
  async #jobOf({ tenant, id, job, stage }: PeopleJob): Promise<Job | undefined> {
    if (job === undefined) return undefined;
    const kind = stageKinds[stage];
    const found = await this.#parts.jobs.find(tenant, job);
    if (found !== undefined || kind === undefined) return found;
    const added = await this.#parts.jobs.add({ tenant, id: job, kind, data: { job: id } });
    this.#parts.wake();
    return added;
  }

  /** Counts down with time, so that the newest comes first. */
  #newId(): string {
    const { clock } = this.#parts;
    const left = (36 ** 8 - 1 - clock.now().getTime()).toString(36).padStart(8, '0');
    return `${left}${clock.newId().replaceAll('-', '').slice(-6)}`;
  }
}

const stageKinds: Partial<Record<PeopleJob['stage'], Kind>> = {
  planning: 'peoplePlan',
  running: 'peopleRun',
  undoing: 'peopleUndo',
};

const verbs = {
  run: 'be run',
  pause: 'be paused',
  resume: 'be resumed',
  cancel: 'be cancelled',
  undo: 'be taken back',
} as const;

function hasOthers({ counts }: PeopleJob): boolean {
  return counts.refused + counts.unsure + counts.left > 0;
}
