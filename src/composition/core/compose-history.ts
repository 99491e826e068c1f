import type { Clock } from '../../base/clock.ts';
import { AuditReader } from '../../history/audit-reader.ts';
import { appendFile } from 'node:fs/promises';
import { AuditTrail } from '../../history/audit-trail.ts';
import { Checkpointer, type IssuedCheckpoint } from '../../history/checkpointer.ts';
import type { DomainEvent } from '../../domain/events.ts';
import type { WebhookEndpoint } from '../../config/settings.ts';
import { planWebhooks } from '../../webhooks/plan-webhooks.ts';
import { Retention } from '../../history/retention.ts';
import { Sequencer } from '../../history/sequencer.ts';
import { systemScheduler } from '../../jobs/scheduler.ts';
import type { Log } from '../../base/log.ts';
import type { Delivery } from '../../notify/delivery/delivery.ts';
import type { Store } from '../../store/store.ts';
import { type CheckpointMails, mailCheckpoint } from './checkpoint-mails.ts';

/** The parts that keep, seal and show the audit. */
export interface History {
  readonly trail: AuditTrail;
  readonly sequencer: Sequencer;
  readonly checkpointer: Checkpointer;
  readonly reader: AuditReader;
  readonly retention: Retention;
  /**
   * The place of an event in its tenant's chain: one that has none yet is given it first, where this can be done now.
   */
  readonly seqOf: (tenant: string, event: string) => Promise<number | undefined>;
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
  /** A tenant's `audit.keepDays`. */
  readonly keepDaysOf: (tenant: string) => number | null;
  /** The endpoints that a tenant's events are told to. */
  readonly webhooksOf: (tenant: string) => readonly WebhookEndpoint[];
  /** Who gets a tenant's checkpoints by mail. */
  readonly mailsOf: (tenant: string) => CheckpointMails;
  /** A file that checkpoints are added to. */
  readonly checkpointsFile: string | undefined;
  /** Called where a checkpoint has made messages. */
  readonly wake: () => void;
}

/** Puts together what keeps the audit. */
export function composeHistory(store: Store, clock: Clock, log: Log, options: HistoryOptions): History {
  const { seedsOf, publicUrlOf, keepDaysOf, webhooksOf, mailsOf, checkpointsFile, wake } = options;
  // The embedded store has one process: a fixed name lets a restart go on at once.
  const owner = store.kind === 'sqlite' ? 'embedded' : clock.newId();
  const post = async (deliveries: readonly Delivery[]): Promise<void> => {
    if (deliveries.length === 0) return;
    await store.outbox.settleEvents([], deliveries);
    wake();
  };
  const checkpointer = new Checkpointer({
    events: store.events,
    notes: store.notes,
    seedsOf,
    originOf: (tenant) => `${publicUrlOf(tenant).replace(/^https?:\/\//, '')}/audit/${tenant}`,
    clock,
    log,
    send: async (tenant, issued) => {
      if (checkpointsFile !== undefined) await appendFile(checkpointsFile, `${issued.note}\n`, { mode: 0o600 });
      await post(planWebhooks(checkpointEvent(clock, tenant, issued), webhooksOf(tenant)));
      await mailCheckpoint({ notes: store.notes, clock, post }, tenant, issued, mailsOf(tenant));
    },
  });
  const trail = new AuditTrail(store.events, clock, log);
  const sequencer = new Sequencer({
    events: store.events,
    leases: store.leases,
    owner,
    scheduler: systemScheduler,
    log,
    onSealed: (tenant) => checkpointer.tick(tenant),
  });
  return {
    trail,
    sequencer,
    checkpointer,
    retention: new Retention({ events: store.events, checkpointer, leases: store.leases, owner, keepDaysOf, clock }),
    reader: new AuditReader({ events: store.events, sequencer, trail }),
    seqOf: async (tenant, event) => {
      const known = await store.events.find(tenant, event);
      if (known !== undefined) return known.seq;
      await sequencer.catchUp(tenant);
      return (await store.events.find(tenant, event))?.seq;
    },
    start: () => sequencer.start(),
    stop: async () => {
      await sequencer.stop();
      await trail
        .flush()
        .catch((error: unknown) => log.warn({ err: error }, 'refused and read calls could not be noted for the audit'));
    },
  };
}

/** A checkpoint as webhooks are told of it. */
function checkpointEvent(clock: Clock, tenant: string, { size, note, at }: IssuedCheckpoint): DomainEvent {
  return {
    id: clock.newId(),
    tenant,
    type: 'audit.checkpoint',
    at,
    resourceType: 'AuditEvent',
    resourceId: '',
    version: 0,
    triggeredBy: 'system',
    data: { size, checkpoint: note },
  };
}
