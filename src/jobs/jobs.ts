import type { JsonObject } from '../base/json.ts';

/** What to do, as it is kept. */
export interface JobDraft {
  readonly tenant: string;
  /** Chosen by the caller: adding it twice adds it once. At most 150 characters, without a slash. */
  readonly id: string;
  /** Which handler does it: `importRun`, `auditExport` … */
  readonly kind: string;
  /** What the handler needs to know; never a secret. */
  readonly data: JsonObject;
}

/**
 * `waiting` for a worker, `running`, `paused` until it is resumed; the other three are final. A job whose process died
 * stays `running` until another worker takes it.
 */
export type JobState = 'waiting' | 'running' | 'paused' | 'done' | 'cancelled' | 'failed';

/** What is asked of a job. */
export type JobWish = 'pause' | 'resume' | 'cancel';

/** How far a job is. */
export type JobProgress = {
  readonly done: number;
  /** Absent while it is not known. */
  readonly total?: number;
  /** What the job is busy with, in one word. */
  readonly phase?: string;
};

/** A job as it is kept. Times are ISO 8601 UTC. */
export interface Job extends JobDraft {
  readonly state: JobState;
  /** Asked for and not yet seen by the worker. */
  readonly wish?: 'pause' | 'cancel';
  /** Where to go on: the handler's own, written with each step. */
  readonly checkpoint: JsonObject;
  readonly progress: JobProgress;
  /** Why it is paused or has failed: a sentence for people. */
  readonly reason?: string;
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** How often a worker has taken it: more than once after a pause, a restart or a crash. */
  readonly runs: number;
}

/** The result of a request: `conflict` when it does not fit the job's state. */
export type JobAsked =
  | { readonly outcome: 'done'; readonly job: Job }
  | { readonly outcome: 'conflict'; readonly job: Job }
  | { readonly outcome: 'notFound' };

/** What a step of a job writes down. */
export interface JobStep {
  readonly checkpoint: JsonObject;
  readonly progress: JobProgress;
}

/** How a turn at a job ended; `waiting` gives it back for another worker to go on with. */
export interface JobEnd {
  readonly state: 'waiting' | 'paused' | 'done' | 'cancelled' | 'failed';
  readonly reason?: string;
}

/** A job in one worker's hands. */
export interface TakenJob {
  readonly job: Job;
  /**
   * Keeps the job for another while.
   * @returns what is asked of it meanwhile
   * @throws JobLostError when another worker has it
   */
  keep(): Promise<'pause' | 'cancel' | undefined>;
  /** Writes down how far it is; what `keep` answers and throws. */
  save(step: JobStep): Promise<'pause' | 'cancel' | undefined>;
  /** Ends this turn. Does nothing where another worker has it. */
  end(end: JobEnd): Promise<void>;
}

/**
 * PORT: work that outlives requests and processes. A job is done by one worker at a time, which writes down how far it
 * is; when its process dies, another goes on from there. So each step of a job must be safe to repeat.
 */
export interface Jobs {
  /** Adds a job, or answers the one of this id that is there already. */
  add(draft: JobDraft): Promise<Job>;
  find(tenant: string, id: string): Promise<Job | undefined>;
  /** A tenant's jobs in the order of their ids, by code point. */
  list(query: { readonly tenant: string; readonly after?: string; readonly limit: number }): Promise<readonly Job[]>;
  /**
   * Asks something of a job. One that runs is paused or cancelled when its worker has finished the step at hand.
   * Asking for what is so already is `done`.
   */
  ask(tenant: string, id: string, wish: JobWish): Promise<JobAsked>;
  /** Takes a job of one of these kinds that waits, or that no living worker has; undefined when there is none. */
  take(kinds: readonly string[]): Promise<TakenJob | undefined>;
  /** Forgets a job; only what has ended can be forgotten. @returns false where there is none such */
  remove(tenant: string, id: string): Promise<boolean>;
}

/** The worker has lost the job to another: it must stop at once and write nothing more. */
export class JobLostError extends Error {
  override readonly name = 'JobLostError';
}

/** True once nothing more will happen to the job. */
export function hasEnded({ state }: Pick<Job, 'state'>): boolean {
  return state === 'done' || state === 'cancelled' || state === 'failed';
}
