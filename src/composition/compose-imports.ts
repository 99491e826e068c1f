import { BatchNotes } from '../imports/batch/batch-notes.ts';
import { loadFolders } from '../imports/folder/load-folders.ts';
import { WatchedFolder, type WatchedFolderParts } from '../imports/folder/watched-folder.ts';
import { Imports } from '../imports/run/imports.ts';
import type { Core } from './core/core.ts';
import type { JobTools } from './job-tools.ts';

/** Imports, and where their files come from beside the API. */
export interface ComposedImports {
  readonly imports: Imports;
  /** Those that `LATCHKEY_IMPORT_FOLDERS` names. */
  readonly folders: readonly WatchedFolder[];
}

/**
 * Puts together what imports need.
 * @param serves whether the process is a server, which watches folders
 */
export function composeImports(core: Core, { handler, jobs, wake, owner }: JobTools, serves: boolean): ComposedImports {
  const { config, store, types, userType, clock, settingsOf } = core;
  const groupType = types.byName('Group');
  if (groupType === undefined) throw new Error('the schemas define no Group');
  const imports = new Imports({
    handler,
    userType,
    groupType,
    timezoneOf: (tenant) => settingsOf(tenant).timezone,
    batches: new BatchNotes(store.notes, () => clock.now()),
    requests: store.requests,
    jobs,
    clock,
    wake,
  });
  const folders = config.importFolders === undefined ? [] : loadFolders(config.importFolders);
  return {
    imports,
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
