import type { Erasures } from '../erasure/erasures.ts';
import type { WatchedFolder } from '../imports/folder/watched-folder.ts';
import type { Imports } from '../imports/run/imports.ts';
import { JobRunner, type JobHandler } from '../jobs/job-runner.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { NoteJobs } from '../jobs/note-jobs.ts';
import { systemScheduler } from '../jobs/scheduler.ts';
import { planDeliveries } from '../notify/delivery/plan.ts';
import { senderDomain } from '../notify/mail/sender-domain.ts';
import { DeletedUsers } from '../provisioning/records/deleted-users.ts';
import { DryRuns } from '../provisioning/resources/dry-runs.ts';
import { ResourceService } from '../provisioning/resources/resource-service.ts';
import { composeErasures } from './compose-erasures.ts';
import { composeImports } from './compose-imports.ts';
import type { Core } from './core/core.ts';

/** Work that outlives requests, and what does it in this process. */
export interface ComposedJobs {
  readonly imports: Imports;
  /** Folders whose files are imported. */
  readonly folders: readonly WatchedFolder[];
  readonly erasures: Erasures;
  readonly work: MoreJobs;
  readonly runner: JobRunner;
}

/** For work whose handlers are made later, before the runner starts. */
export interface MoreJobs {
  readonly jobs: Jobs;
  /** Called where there is a job to do, or something is asked of one. */
  readonly wake: () => void;
  readonly handle: (handlers: Readonly<Record<string, JobHandler>>) => void;
}

/**
 * Puts together the work that is done as jobs: with a handler like that of SCIM calls, whose dry runs write no messages
 * out.
 * @param serves whether the process is a server, which is told when to begin with jobs
 */
export function composeJobs(core: Core, serves = true): ComposedJobs {
  const { config, store, clock, log } = core;
  const parts = { ...core, store: store.resources };
  const rehearsal = new DryRuns({
    ...parts,
    plan: (event) => planDeliveries(event, senderDomain(config.mailFrom)),
    // A plan says how many messages go and when: to write out a hundred thousand of them takes minutes.
    write: () => ({ text: '' }),
  });
  const handler = new ResourceService({ ...parts, rehearsal, deleted: new DeletedUsers(store.notes, clock) });
  // The embedded store has one process: a fixed name lets a restart go on at once.
  const owner = store.kind === 'sqlite' ? 'embedded' : clock.newId();
  const jobs = new NoteJobs({ notes: store.notes, leases: store.leases, clock, owner });
  // A command begins to do jobs when it has one; a server does when it starts.
  const wake = (): void => (serves ? runner.wake() : runner.start());
  const tools = { handler, jobs, wake, owner };
  const { imports, folders } = composeImports(core, tools, serves);
  const { erasures, handlers } = composeErasures(core, tools);
  const all: Record<string, JobHandler> = { ...imports.handlers(), ...handlers };
  const runner: JobRunner = new JobRunner({ jobs, handlers: all, scheduler: systemScheduler, log });
  const handle: MoreJobs['handle'] = (more) => void Object.assign(all, more);
  return { imports, folders, erasures, work: { jobs, wake, handle }, runner };
}
