import type { JsonObject } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import { JobLostError, type Job, type JobEnd, type JobProgress, type Jobs, type TakenJob } from './jobs.ts';
import type { Scheduler } from './scheduler.ts';
import { WakeableLoop } from './wakeable-loop.ts';

/**
 * What a handler sees of the job that it does.
 * @typeParam Checkpoint of JSON values alone: what is written is read again as it was
 */
export interface JobRun<Checkpoint extends object = object> {
  readonly job: Job;
  /** Where to go on; undefined where the job is at its beginning. */
  readonly checkpoint: Checkpoint | undefined;
  /**
   * Writes down that everything up to here is done.
   * @throws JobLostError when another worker has the job: nothing more may be written for it
   */
  readonly save: (checkpoint: Checkpoint, progress: JobProgress) => Promise<void>;
  /** True once the handler should finish the step at hand, save and return: a pause, an end, or the process stops. */
  readonly mustStop: () => boolean;
}

/**
 * Does a job from its checkpoint on. What it throws is tried again, at most five times without progress.
 * @returns how it ended; undefined where it returned because it must stop
 */
export type JobHandler = (
  run: JobRun,
) => Promise<{ readonly state: 'done' | 'paused' | 'failed'; readonly reason?: string } | undefined>;

/** Makes a handler of work that knows the shape of its own checkpoints. */
export function jobHandler<Checkpoint extends object>(
  work: (run: JobRun<Checkpoint>) => ReturnType<JobHandler>,
): JobHandler {
  return (run) => work({ ...run, checkpoint: run.checkpoint as Checkpoint | undefined });
}

/** What a runner works with. */
export interface JobRunnerParts {
  readonly jobs: Jobs;
  /** By the kind of job. */
  readonly handlers: Readonly<Record<string, JobHandler>>;
  readonly scheduler: Scheduler;
  readonly log: Pick<Log, 'warn' | 'error'>;
  /** Jobs done at the same time. */
  readonly concurrency?: number;
  /** How often to look for jobs of other processes, and to keep those in hand, in milliseconds. */
  readonly everyMs?: number;
}

const mostFailures = 5;

/** Does jobs, those of this process as soon as it is woken, those of others when it looks. */
export class JobRunner {
  readonly #parts: JobRunnerParts;
  readonly #everyMs: number;
  readonly #loop: WakeableLoop;
  readonly #running = new Map<string, { readonly ended: Promise<void>; readonly check: () => void }>();
  readonly #failures = new Map<string, { readonly count: number; readonly done: number }>();
  #started = false;
  #stopping = false;

  constructor(parts: JobRunnerParts) {
    this.#parts = parts;
    this.#everyMs = parts.everyMs ?? 5_000;
    this.#loop = new WakeableLoop(parts.scheduler, () => this.#look());
  }

  /** Begins to do jobs; once it has begun, looks for more. */
  start(): void {
    if (this.#started) return this.wake();
    this.#started = true;
    this.#loop.start();
  }

  /** Looks at once: a job was added, or something is asked of one. */
  wake(): void {
    for (const { check } of this.#running.values()) check();
    this.#loop.wake();
  }

  /** Lets each handler finish its step, and gives the jobs back. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#loop.stop();
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  async #look(): Promise<number> {
    const { jobs, handlers, concurrency = 2, log } = this.#parts;
    try {
      while (!this.#stopping && this.#running.size < concurrency) {
        const taken = await jobs.take(Object.keys(handlers));
        if (taken === undefined) break;
        this.#begin(taken);
      }
    } catch (cause) {
      log.warn({ err: cause }, 'jobs could not be looked for');
    }
    return this.#everyMs;
  }

  #begin(taken: TakenJob): void {
    const key = JSON.stringify([taken.job.tenant, taken.job.id]);
    let wish: 'pause' | 'cancel' | 'lost' | undefined = taken.job.wish;
    const check = (): void => {
      void taken.keep().then(
        (asked) => (wish = asked),
        (cause: unknown) => {
          if (cause instanceof JobLostError) wish = 'lost';
        },
      );
    };
    let callOff = (): void => undefined;
    const again = (): void => {
      callOff = this.#parts.scheduler.after(this.#everyMs, () => {
        check();
        again();
      });
    };
    again();
    const ended = this.#do(taken, { wish: () => wish, saw: (asked) => (wish = asked) }).finally(() => {
      callOff();
      this.#running.delete(key);
      this.#loop.wake();
    });
    this.#running.set(key, { ended, check });
  }

  async #do(
    taken: TakenJob,
    asked: { wish: () => 'pause' | 'cancel' | 'lost' | undefined; saw: (wish: 'pause' | 'cancel' | undefined) => void },
  ): Promise<void> {
    const { handlers, log } = this.#parts;
    const { job } = taken;
    let done = job.progress.done;
    try {
      const handler = handlers[job.kind];
      if (handler === undefined) throw new Error(`there is no handler for jobs of the kind ${job.kind}`);
      const ended = await handler({
        job,
        checkpoint: Object.keys(job.checkpoint).length === 0 ? undefined : job.checkpoint,
        mustStop: () => this.#stopping || asked.wish() !== undefined,
        save: async (checkpoint, progress) => {
          asked.saw(await taken.save({ checkpoint: checkpoint as JsonObject, progress }));
          done = progress.done;
        },
      });
      this.#failures.delete(job.id);
      await taken.end(ended ?? endOf(asked.wish()));
    } catch (cause) {
      if (cause instanceof JobLostError) return void (await taken.end({ state: 'waiting' }));
      const before = this.#failures.get(job.id);
      const count = before === undefined || before.done !== done ? 1 : before.count + 1;
      this.#failures.set(job.id, { count, done });
      const isOver = count >= mostFailures;
      log[isOver ? 'error' : 'warn']({ err: cause, job: job.id, kind: job.kind }, 'a job has failed');
      await this.#rest(isOver ? 0 : count);
      const reason = 'It failed five times at the same place; the log says why.';
      await taken.end(isOver ? { state: 'failed', reason } : { state: 'waiting' }).catch(() => undefined);
    }
  }

  /** A while before the next try, which grows; none when the process stops. */
  #rest(failures: number): Promise<void> {
    if (failures === 0 || this.#stopping) return Promise.resolve();
    return new Promise((resolve) => {
      this.#parts.scheduler.after(Math.min(30_000, 250 * 2 ** failures), resolve);
    });
  }
}

function endOf(wish: 'pause' | 'cancel' | 'lost' | undefined): JobEnd {
  if (wish === 'pause') return { state: 'paused' };
  return wish === 'cancel' ? { state: 'cancelled' } : { state: 'waiting' };
}
