import type { Config } from '../../config/config.ts';
import type { ChainEntry, ChainHead } from '../../history/chain-entry.ts';
import { openAudit } from '../../store/sqlite/open-audit.ts';
import { composeCore } from '../../composition/core/compose-core.ts';
import { createLog, textLines } from '../../base/log.ts';
import { linkBase } from '../link-base.ts';

/** The chains of a store, for reading, whichever store it is. */
export interface AuditSource {
  base(tenant: string): Promise<ChainHead>;
  head(tenant: string): Promise<ChainHead>;
  read(tenant: string, after: number, limit: number): Promise<readonly ChainEntry[]>;
  keys(tenant: string): Promise<readonly Buffer[]>;
  /** The signed note of the last checkpoint; empty where there is none. */
  checkpoint(tenant: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * Opens what the configuration names. The embedded store is read beside the server that has it.
 * @throws StoreUnavailableError
 */
export async function openAuditSource(config: Config): Promise<AuditSource> {
  if (config.mongodbUri === undefined) {
    const audit = openAudit(config.dataDir);
    return {
      base: async (tenant) => audit.base(tenant),
      head: async (tenant) => audit.head(tenant),
      read: async (tenant, after, limit) => audit.read(tenant, after, limit),
      keys: async (tenant) => audit.keys(tenant),
      checkpoint: async (tenant) => audit.checkpoint(tenant) ?? '',
      close: async () => audit.close(),
    };
  }
  const core = await composeCore(config, linkBase(config), createLog('error', textLines(config.logFormat)));
  const {
    store: { events },
    history: { checkpointer },
  } = core;
  return {
    base: (tenant) => events.base(tenant),
    head: (tenant) => events.head(tenant),
    read: (tenant, after, limit) => events.read(tenant, after, limit),
    keys: (tenant) => checkpointer.publicKeys(tenant),
    checkpoint: async (tenant) => (await checkpointer.issue(tenant)).note,
    close: () => core.close(),
  };
}
