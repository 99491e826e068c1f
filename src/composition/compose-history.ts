import type { Clock } from '../clock.ts';
import { AuditReader } from '../history/audit-reader.ts';
import { AuditTrail } from '../history/audit-trail.ts';
import { Sequencer } from '../history/sequencer.ts';
import { systemScheduler } from '../jobs/scheduler.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';

/** The parts that keep, seal and show the audit. */
export interface History {
  readonly trail: AuditTrail;
  readonly sequencer: Sequencer;
  readonly reader: AuditReader;
  start(): void;
  /** Files what is noted and seals what waits, as far as the store lets it. */
  stop(): Promise<void>;
}

/** Puts together what keeps the audit. */
export function composeHistory(store: Store, clock: Clock, log: Log): History {
  const trail = new AuditTrail(store.events, clock, log);
  const sequencer = new Sequencer({
    events: store.events,
    leases: store.leases,
    // The embedded store has one process: a fixed name lets a restart go on at once.
    owner: store.kind === 'sqlite' ? 'embedded' : clock.newId(),
    scheduler: systemScheduler,
    log,
  });
  return {
    trail,
    sequencer,
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
