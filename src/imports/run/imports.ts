import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import type { JobHandler } from '../../jobs/job-runner.ts';
import { hasEnded, type Job, type Jobs, type JobWish } from '../../jobs/jobs.ts';
import { ConflictError } from '../../scim/model/scim-error.ts';
import {
  newBatch,
  type ImportBatch,
  type ImportClient,
  type ImportOptions,
  type Refusal,
} from '../batch/import-batch.ts';
import { importId } from '../batch/import-id.ts';
import { refuseUnanswered, type Approval } from '../batch/approval.ts';
import { importJobs, stageKinds, type ImportJobKind } from './import-jobs.ts';
import { rowOf, viewOf, type ImportRow, type ImportView } from '../batch/import-view.ts';
import { outdatedPlan, type RunParts } from './run-batch.ts';
import { justChanged, notAsked, notFound, notUndoable, underWay, undoDays } from './import-refusals.ts';
import { FileReadings, withoutLostReading } from './file-readings.ts';

/** What imports work with. */
export interface ImportsParts extends Omit<RunParts, 'now'> {
  readonly jobs: Jobs;
  readonly clock: Clock;
  /** Called when there is a job to do, or something is asked of one. */
  readonly wake: () => void;
}

/** A file that was sent. */
export interface SentFile {
  /** What people know it by. */
  readonly name: string;
  /** Where it lies on this machine; it can be removed once the import is made. */
  readonly path: string;
}

const dayMs = 86_400_000;
const mostRefusals = 200;
const pollMs = 50;

/** Files of people: planned, approved, run, taken back. What console, API and command line do goes through here. */
export class Imports {
  readonly #parts: ImportsParts;
  readonly #run: RunParts;
  readonly #readings: FileReadings;

  constructor(parts: ImportsParts) {
    this.#parts = parts;
    this.#readings = new FileReadings(parts, (batch, to) => this.#begin(batch, 'importPlan', to));
    this.#run = { ...parts, now: () => parts.clock.now() };
  }

  /** What does the jobs, for the process's runner. */
  handlers(): Readonly<Record<ImportJobKind, JobHandler>> {
    return importJobs(this.#run, async (batch) => this.#replan(batch));
  }

  /**
   * Reads a file and has it planned. Writes nothing of the people themselves.
   * @param by who imports it, as people know them
   * @param more the id that `newId` has given, by which a repetition reads the file again; the client on whose behalf
   * @throws ImportFileError where the file as a whole cannot be imported; its detail names the line
   */
  async create(
    tenant: string,
    by: string,
    file: SentFile,
    options: Partial<ImportOptions>,
    { id = this.newId(), client }: { readonly id?: string; readonly client?: ImportClient | undefined } = {},
  ): Promise<string> {
    const at = this.#parts.clock.now().toISOString();
    await this.#readings.readAnew(newBatch({ tenant, id, name: file.name, by, at, options, client }), file.path);
    return id;
  }

  /**
   * The same for a file that takes long to read: it can be looked at, and cancelled, from its id on.
   * @returns the id, and `read`, which ends once the file is read, and fails as `create` does
   */
  async begin(
    tenant: string,
    by: string,
    file: SentFile,
    options: Partial<ImportOptions>,
  ): Promise<{ readonly id: string; readonly read: Promise<void> }> {
    const [id, at] = [this.newId(), this.#parts.clock.now().toISOString()];
    const batch = newBatch({ tenant, id, name: file.name, by, at, options, client: undefined });
    return { id, ...(await this.#readings.begin(batch, file.path)) };
  }

  /** Ends what is being read. */
  stop(): Promise<void> {
    return this.#readings.stop();
  }

  /** The batch as it is kept. */
  find(tenant: string, id: string): Promise<ImportBatch | undefined> {
    return this.#parts.batches.find(tenant, id);
  }

  /** Newest first. @param after the id after which to go on */
  async list(tenant: string, count: number, after?: string): Promise<readonly ImportRow[]> {
    const batches = await this.#parts.batches.list(tenant, count, after);
    const now = this.#parts.clock.now();
    return Promise.all(batches.map(async (batch) => rowOf(withoutLostReading(batch, now), await this.#jobOf(batch))));
  }

  /** @throws NotFoundError */
  async view(tenant: string, id: string): Promise<ImportView> {
    const batch = await this.#find(tenant, id);
    const refusals: Refusal[] = [];
    for await (const refusal of this.#parts.batches.refusals(batch)) if (refusals.push(refusal) === mostRefusals) break;
    const shown = withoutLostReading(this.#undoable(batch), this.#parts.clock.now());
    return viewOf(shown, await this.#jobOf(batch), await this.#parts.batches.details(batch), refusals);
  }

  /** The view once nothing of the import is under way any more, or after a while as it is then. */
  async settled(tenant: string, id: string, waitMs: number): Promise<ImportView> {
    const deadline = performance.now() + waitMs;
    for (;;) {
      const batch = await this.#find(tenant, id);
      const job = await this.#jobOf(batch);
      const isBusy = batch.stage === 'reading' || (job !== undefined && !hasEnded(job) && job.state !== 'paused');
      if (!isBusy || performance.now() >= deadline) return this.view(tenant, id);
      await sleep(pollMs);
    }
  }

  /**
   * Runs what was approved.
   * @throws ConflictError where the plan is another one, or not all is answered that it asks
   */
  async run(tenant: string, id: string, by: string, approval: Approval): Promise<void> {
    const batch = await this.#find(tenant, id);
    const { plan } = batch;
    const [row] = [rowOf(batch, await this.#jobOf(batch))];
    if (plan === undefined || !row.actions.includes('run'))
      throw new ConflictError(`The import is ${row.state}: only one that is planned can be run.`);
    if (approval.plan !== plan.hash)
      throw new ConflictError('plan: this is not the plan that the import has now. Look at it, and approve that one.');
    refuseUnanswered(batch, approval);
    if (plan.counts.refused === batch.rows + batch.refusedAtReading && plan.counts.deactivated === 0)
      throw new ConflictError(
        'There is nothing to run: every row is refused. Mend the errors, and send the file again.',
      );
    const { invite, webhooks, canary, perSecond } = approval;
    const now = this.#parts.clock.now();
    await this.#begin(batch, 'importRun', (current) => ({
      ...current,
      stage: 'running',
      approvedBy: by,
      startedAt: now.toISOString(),
      undoUntil: new Date(now.getTime() + undoDays * dayMs).toISOString(),
      options: {
        ...current.options,
        ...(invite === undefined ? {} : { invite }),
        ...(webhooks === undefined ? {} : { webhooks }),
        ...(canary === undefined ? {} : { canary }),
        ...(perSecond === undefined ? {} : { perSecond }),
      },
    }));
  }

  /** @throws ConflictError when it does not fit the state */
  async ask(tenant: string, id: string, wish: JobWish): Promise<void> {
    const batch = await this.#find(tenant, id);
    const { state, actions } = rowOf(withoutLostReading(batch, this.#parts.clock.now()), await this.#jobOf(batch));
    // The process that did it may be gone: this one goes on with it, unless another has it.
    if (wish === 'resume' && underWay.includes(state)) return this.#parts.wake();
    if (!actions.includes(wish)) throw notAsked(state, wish);
    if (state === 'planned' || state === 'reading') {
      if (!(await this.#readings.cancel(batch))) throw justChanged();
      return;
    }
    const asked = await this.#parts.jobs.ask(tenant, batch.job ?? '', wish);
    if (asked.outcome !== 'done') throw justChanged();
    this.#parts.wake();
  }

  /** Takes back what a run has done. @throws ConflictError where there is nothing to take back, or no longer */
  async undo(tenant: string, id: string): Promise<void> {
    const batch = this.#undoable(await this.#find(tenant, id));
    const { state, actions } = rowOf(batch, await this.#jobOf(batch));
    if (!actions.includes('undo')) throw notUndoable(batch, state);
    await this.#begin(batch, 'importUndo', (now) => ({ ...now, stage: 'undoing' }));
  }

  /** The rows that were refused, with what an errors file needs. @throws NotFoundError */
  async refusals(
    tenant: string,
    id: string,
  ): Promise<{ readonly batch: ImportBatch; readonly rows: AsyncIterable<Refusal> }> {
    const batch = await this.#find(tenant, id);
    return { batch, rows: this.#parts.batches.refusals(batch) };
  }

  async #replan(batch: ImportBatch): Promise<void> {
    const note = `A plan that was approved was not run: ${outdatedPlan}`;
    await this.#begin(batch, 'importPlan', ({ startedAt, undoUntil, counts, ...now }) => {
      void [startedAt, undoUntil, counts];
      return { ...now, stage: 'planning', notes: [...now.notes.filter((one) => one !== note), note] };
    });
  }

  async #begin(
    { tenant, id }: ImportBatch,
    kind: ImportJobKind,
    to: (batch: ImportBatch) => ImportBatch,
  ): Promise<ImportBatch> {
    const job = `${id}-${this.#parts.clock.newId()}`;
    const changed = await this.#parts.batches.change(tenant, id, (now) => {
      const next = to(now);
      return next === now ? now : { ...next, job };
    });
    if (changed === undefined) throw notFound(id);
    // Cancelled meanwhile.
    if (changed.job !== job) return changed;
    await this.#parts.jobs.add({ tenant, id: job, kind, data: { batch: id } });
    this.#parts.wake();
    return changed;
  }

  async #find(tenant: string, id: string): Promise<ImportBatch> {
    const batch = id.length > 100 ? undefined : await this.#parts.batches.find(tenant, id);
    if (batch === undefined) throw notFound(id);
    return batch;
  }

  /** A process that died between the batch's change and its job left the job to be added. */
  async #jobOf({ tenant, id, job, stage }: ImportBatch): Promise<Job | undefined> {
    if (job === undefined) return undefined;
    const kind = stageKinds[stage];
    const found = await this.#parts.jobs.find(tenant, job);
    if (found !== undefined || kind === undefined) return found;
    const added = await this.#parts.jobs.add({ tenant, id: job, kind, data: { batch: id } });
    this.#parts.wake();
    return added;
  }

  /** Past its days an import cannot be taken back. */
  #undoable(batch: ImportBatch): ImportBatch {
    const { undoUntil, ...rest } = batch;
    return undoUntil !== undefined && undoUntil <= this.#parts.clock.now().toISOString() ? rest : batch;
  }

  /** The id of an import to be made. */
  newId(): string {
    return importId(this.#parts.clock);
  }
}
