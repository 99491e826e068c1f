import { BatchNotes } from '../imports/batch/batch-notes.ts';
import { loadFolders } from '../imports/folder/load-folders.ts';
import { WatchedFolder, type WatchedFolderParts } from '../imports/folder/watched-folder.ts';
import { Imports } from '../imports/run/imports.ts';
import { JobRunner } from '../jobs/job-runner.ts';
import { NoteJobs } from '../jobs/note-jobs.ts';
import { systemScheduler } from '../jobs/scheduler.ts';
import { planDeliveries } from '../notify/delivery/plan.ts';
import { senderDomain } from '../notify/mail/sender-domain.ts';
import { DeletedUsers } from '../provisioning/records/deleted-users.ts';
import { DryRuns } from '../provisioning/resources/dry-runs.ts';
import { ResourceService } from '../provisioning/resources/resource-service.ts';
import type { Core } from './core/core.ts';

/** Imports, and what does their jobs in this process. */
export interface ComposedImports {
  readonly imports: Imports;
  readonly runner: JobRunner;
  /** Those that `LATCHKEY_IMPORT_FOLDERS` names. */
  readonly folders: readonly WatchedFolder[];
}

/**
 * Puts together what imports need: a handler like that of SCIM calls, whose dry runs write no messages out.
 * @param serves whether the process is a server, which is told when to begin with jobs
 */
export function composeImports(core: Core, serves = true): ComposedImports {
  const { config, store, types, userType, clock, settingsOf, log } = core;
  const groupType = types.byName('Group');
  if (groupType === undefined) throw new Error('the schemas define no Group');
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
  const imports = new Imports({
    handler,
    userType,
    groupType,
    timezoneOf: (tenant) => settingsOf(tenant).timezone,
    batches: new BatchNotes(store.notes, () => clock.now()),
    requests: store.requests,
    jobs,
    clock,
    // A command begins to do jobs when it has one; a server does when it starts.
    wake: () => (serves ? runner.wake() : runner.start()),
  });
  const runner: JobRunner = new JobRunner({ jobs, handlers: imports.handlers(), scheduler: systemScheduler, log });
  const folders = config.importFolders === undefined ? [] : loadFolders(config.importFolders);
  return {
    imports,
    runner,
    folders: serves ? folders.map((order) => new WatchedFolder(order, folderParts(core, imports, owner))) : [],
  };
}

function folderParts({ store, clients, log }: Core, imports: Imports, owner: string): WatchedFolderParts {
  return {
    imports,
    leases: store.leases,
    owner,
    log,
    elapsed: () => performance.now(),
    clientOf: async (tenant, id) => {
      const client = await clients.find(tenant, id);
      const mayWrite =
        client?.scopes.includes('scim:write') === true && (client.resourceTypes?.includes('User') ?? true);
      return mayWrite ? client : undefined;
    },
  };
}
