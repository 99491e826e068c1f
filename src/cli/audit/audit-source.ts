import type { Config } from '../../config/config.ts';
import type { ChainHead } from '../../history/chain-entry.ts';
import { type CheckedRange, checkStretch } from '../../history/verify/checked-stretch.ts';
import type { EventLog } from '../../history/event-log.ts';
import type { ChainSource } from '../../history/verify/verify-stored.ts';
import { openAudit } from '../../store/sqlite/open-audit.ts';
import { composeCore } from '../../composition/core/compose-core.ts';
import { createLog, textLines } from '../../base/log.ts';
import { linkBase } from '../link-base.ts';

/** The chains of a store, for reading, whichever store it is. */
export interface AuditSource extends ChainSource {
  base(tenant: string): Promise<ChainHead>;
  head(tenant: string): Promise<ChainHead>;
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
      ranges: (tenant, after) => audit.ranges(tenant, after),
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
    ranges: (tenant, after) => rangesInTurn(events, tenant, after),
    keys: (tenant) => checkpointer.publicKeys(tenant),
    checkpoint: async (tenant) => (await checkpointer.issue(tenant)).note,
    close: () => core.close(),
  };
}

/** Entries read at once. */
const chunk = 2_000;

/** One range after another; the next is on its way while one is checked. */
async function* rangesInTurn(
  events: Pick<EventLog, 'read' | 'misfiled'>,
  tenant: string,
  base: number,
): AsyncGenerator<CheckedRange> {
  let after = base;
  for (let next = events.read(tenant, base, chunk); ;) {
    const entries = await next;
    const last = entries.at(-1);
    if (last === undefined) return;
    next = events.read(tenant, last.seq, chunk);
    // A fault is told where it is waited for.
    next.catch(() => undefined);
    const stretch = checkStretch(tenant, entries);
    const misfiled = await events.misfiled(tenant, after, last.seq);
    yield stretch === undefined ? { entries, misfiled } : { stretch, misfiled };
    after = last.seq;
  }
}
