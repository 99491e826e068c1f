import type { Clock } from '../../base/clock.ts';
import { AuditReader } from '../../history/audit-reader.ts';
import { appendFile } from 'node:fs/promises';
import { AuditTrail } from '../../history/audit-trail.ts';
import { Checkpointer } from '../../history/checkpointer.ts';
import { Sequencer } from '../../history/sequencer.ts';
import { systemScheduler } from '../../jobs/scheduler.ts';
import type { Log } from '../../base/log.ts';
import type { Store } from '../../store/store.ts';

/** The parts that keep, seal and show the audit. */
export interface History {
  readonly trail: AuditTrail;
  readonly sequencer: Sequencer;
  readonly checkpointer: Checkpointer;
  readonly reader: AuditReader;
  start(): void;
  /** Writes noted events and seals waiting ones, as far as the store allows. */
  stop(): Promise<void>;
}

/** What the parts are told beside the store. */
export interface HistoryOptions {
  /** A tenant's seeds for signing, 32 bytes each. */
  readonly seedsOf: (tenant: string) => readonly Buffer[];
  /** Where a tenant is served, without a slash at the end. */
  readonly publicUrlOf: (tenant: string) => string;
  /** A file that checkpoints are added to. */
  readonly checkpointsFile: string | undefined;
}

/** Puts together what keeps the audit. */
export function composeHistory(store: Store, clock: Clock, log: Log, options: HistoryOptions): History {
  const { seedsOf, publicUrlOf, checkpointsFile } = options;
  const checkpointer = new Checkpointer({
    events: store.events,
    notes: store.notes,
    seedsOf,
    originOf: (tenant) => `${publicUrlOf(tenant).replace(/^https?:\/\//, '')}/audit/${tenant}`,
    clock,
    log,
    ...(checkpointsFile === undefined
      ? {}
      : { send: (_tenant: string, note: string) => appendFile(checkpointsFile, `${note}\n`, { mode: 0o600 }) }),
  });
  const trail = new AuditTrail(store.events, clock, log);
  const sequencer = new Sequencer({
    events: store.events,
    leases: store.leases,
    // The embedded store has one process: a fixed name lets a restart go on at once.
    owner: store.kind === 'sqlite' ? 'embedded' : clock.newId(),
    scheduler: systemScheduler,
    log,
    onSealed: (tenant) => checkpointer.tick(tenant),
  });
  return {
    trail,
    sequencer,
    checkpointer,
    reader: new AuditReader({ events: store.events, sequencer, trail }),
    start: () => sequencer.start(),
    stop: async () => {
      await sequencer.stop();
      await trail
        .flush()
        .catch((error: unknown) => log.warn({ err: error }, 'refused and read calls could not be noted for the audit'));
    },
  };
}
