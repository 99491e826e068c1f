import type { Clock } from '../../src/base/clock.ts';
import { JobRunner, type JobHandler } from '../../src/jobs/job-runner.ts';
import { NoteJobs } from '../../src/jobs/note-jobs.ts';
import type { Scheduler } from '../../src/jobs/scheduler.ts';
import { MemoryLeases, MemoryNotes } from './memory-notes.ts';

/** Timers that keep no test process alive. */
export const idle: Scheduler = {
  elapsed: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
};

/** Jobs in memory, with a runner that can be stopped as a process dies and begun anew. */
export class BenchJobs {
  readonly notes: MemoryNotes;
  readonly jobs: NoteJobs;
  readonly handlers: Record<string, JobHandler> = {};
  readonly errors: unknown[] = [];
  runner: JobRunner;

  constructor(clock: Clock) {
    this.notes = new MemoryNotes(() => clock.now());
    this.jobs = new NoteJobs({ notes: this.notes, leases: new MemoryLeases(), clock, owner: 'bench' });
    this.runner = this.#newRunner();
    this.runner.start();
  }

  readonly wake = (): void => this.runner.wake();

  readonly handle = (more: Readonly<Record<string, JobHandler>>): void => void Object.assign(this.handlers, more);

  /** Another process takes the place of this one. */
  async restart(): Promise<void> {
    await this.runner.stop();
    this.runner = this.#newRunner();
    this.runner.start();
  }

  #newRunner(): JobRunner {
    const log = {
      warn: (error: unknown) => void this.errors.push(error),
      error: (error: unknown) => void this.errors.push(error),
    };
    const { jobs, handlers } = this;
    return new JobRunner({ jobs, handlers, scheduler: idle, log });
  }
}
