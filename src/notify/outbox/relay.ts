import type { DomainEvent } from '../../domain/events.ts';
import type { Leases } from '../../domain/leases.ts';
import type { Log } from '../../base/log.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Outbox } from './outbox.ts';
import { WakeableLoop } from '../../jobs/wakeable-loop.ts';
import type { Scheduler } from '../../jobs/scheduler.ts';

/** What a Relay needs. */
export interface RelayOptions {
  readonly outbox: Outbox;
  readonly scheduler: Scheduler;
  readonly log: Pick<Log, 'warn'>;
  /** The deliveries that an event asks for; pure, so that planning the same event twice files them once. */
  readonly plan: (event: DomainEvent) => readonly Delivery[];
  /** Called after each batch that changed what is to be sent or reported. */
  readonly onSettled: (changed: Settled) => void;
  /** Where several processes share the outbox: which of them looks after what the others leave behind. */
  readonly watch?: Watch;
}

/** What a batch of events has changed. */
export interface Settled {
  /** The deliveries that it filed. */
  readonly filed: readonly Delivery[];
  /** True when queued deliveries were called off or queued again. */
  readonly others: boolean;
}

/** The watch over what is left behind: one process has it at a time. */
export interface Watch {
  readonly leases: Leases;
  /** One name for each process that lives. */
  readonly owner: string;
}

const batchSize = 250;
/** Finds what a lost wake, or a process that died between commit and wake, left behind. */
const pollMs = 2000;
/** How long events wait that ask for no message. */
const quietMs = 500;
/** The lease of the watch outlasts a poll or two. */
const watchMs = 5_000;
const watchName = 'relay';
const longestRetryMs = 30_000;

/**
 * Moves events into the outbox: plans the deliveries they ask for and files them, in batches, woken after commits.
 * Any number may run side by side: each moves what its own process has committed, and one of them what others have
 * left behind. Filing twice is harmless.
 */
export class Relay {
  readonly #options: RelayOptions;
  readonly #pulse: WakeableLoop;
  #failures = 0;
  #polledAt: number | undefined;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#pulse = new WakeableLoop(options.scheduler, () => this.#step(), 5);
  }

  start(): void {
    this.#pulse.start();
  }

  /**
   * To be called after a commit that held events; cheap, however often. What tells nothing but the audit may wait a
   * little: mostly something else follows it, and both go together.
   */
  wake(events: readonly Pick<DomainEvent, 'type'>[] = []): void {
    const isQuiet = events.length > 0 && events.every(({ type }) => type === 'record.updated');
    this.#pulse.wake(isQuiet ? quietMs : undefined);
  }

  /** Resolves when the batch under way is filed. */
  async stop(): Promise<void> {
    await this.#pulse.stop();
    const { watch } = this.#options;
    await watch?.leases.release(watchName, watch.owner).catch(() => undefined);
  }

  async #step(): Promise<number> {
    const { scheduler, log } = this.#options;
    try {
      let isMore = await this.#move('own');
      const now = scheduler.elapsed();
      if (!isMore && (this.#polledAt === undefined || now - this.#polledAt >= pollMs)) {
        if (await this.#hasWatch()) isMore = await this.#move('left');
        if (!isMore) this.#polledAt = now;
      }
      this.#failures = 0;
      return isMore ? 0 : pollMs;
    } catch (error) {
      this.#failures += 1;
      log.warn(
        { err: error, failures: this.#failures },
        'events could not be moved to the outbox; they are safe and will be tried again',
      );
      return Math.min(500 * 2 ** this.#failures, longestRetryMs);
    }
  }

  /** @returns whether there may be more */
  async #move(whose: 'own' | 'left'): Promise<boolean> {
    const { outbox, plan, onSettled } = this.#options;
    const events = await outbox.pendingEvents(batchSize, whose);
    if (events.length === 0) return false;
    const filed = events.flatMap(plan);
    await outbox.settleEvents(events, filed);
    const others = events.some(({ type }) => type === 'deliveries.cancelled' || type === 'delivery.requeued');
    if (filed.length > 0 || others) onSettled({ filed, others });
    return events.length >= batchSize;
  }

  async #hasWatch(): Promise<boolean> {
    const { watch } = this.#options;
    return watch === undefined || (await watch.leases.take(watchName, watch.owner, watchMs));
  }
}
