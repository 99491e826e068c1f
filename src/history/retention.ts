import type { Clock } from '../base/clock.ts';
import type { Leases } from '../domain/leases.ts';
import { systemActor } from '../domain/actor.ts';
import { momentOf } from './audit-event.ts';
import type { Checkpointer } from './checkpointer.ts';
import type { EventLog } from './event-log.ts';

/** What Retention works with. */
export interface RetentionParts {
  readonly events: Pick<EventLog, 'base' | 'read' | 'cut' | 'append'>;
  readonly checkpointer: Pick<Checkpointer, 'issue'>;
  readonly leases: Leases;
  /** One name for each process that lives. */
  readonly owner: string;
  /** A tenant's `audit.keepDays`; null keeps everything. */
  readonly keepDaysOf: (tenant: string) => number | null;
  readonly clock: Clock;
}

const dayMs = 86_400_000;
const leaseMs = 60_000;
/** Events forgotten between two looks at the lease. */
const atOnce = 20_000;

/**
 * Forgets events that are older than their tenant keeps them, from the beginning of the chain on. What is needed to
 * prove the rest stays, a checkpoint over all of it is signed first, and the audit tells of it.
 */
export class Retention {
  readonly #parts: RetentionParts;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  /** Forgets what a tenant need not keep. @returns how many events; 0 while another process is at it */
  async run(tenant: string): Promise<number> {
    const { events, checkpointer, leases, owner, keepDaysOf, clock } = this.#parts;
    const days = keepDaysOf(tenant);
    if (days === null) return 0;
    const before = new Date(clock.now().getTime() - days * dayMs).toISOString();
    const lease = `audit-retention/${tenant}`;
    if (!(await leases.take(lease, owner, leaseMs))) return 0;
    try {
      const { seq: from } = await events.base(tenant);
      let base = from;
      for (;;) {
        const [oldest] = await events.read(tenant, base, 1);
        if (oldest === undefined || momentOf(oldest) >= before) break;
        // What is about to go has been vouched for.
        if (base === from) await checkpointer.issue(tenant);
        const { seq } = await events.cut(tenant, before, atOnce);
        if (seq === base || !(await leases.take(lease, owner, leaseMs))) break;
        base = seq;
      }
      const { seq } = await events.base(tenant);
      if (seq > from) await events.append([this.#told(tenant, from + 1, seq, before)]);
      return seq - from;
    } finally {
      await leases.release(lease, owner);
    }
  }

  #told(tenant: string, first: number, last: number, before: string) {
    const { clock } = this.#parts;
    return {
      id: clock.newId(),
      tenant,
      type: 'audit.cut',
      at: clock.now().toISOString(),
      resourceType: 'AuditEvent',
      resourceId: '',
      version: 0,
      triggeredBy: 'system',
      actor: systemActor,
      data: { first, last, before },
    } as const;
  }
}
