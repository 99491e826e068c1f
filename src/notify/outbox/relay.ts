import type { DomainEvent } from '../../events.ts';
import type { Log } from '../../log.ts';
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
  readonly onSettled: () => void;
}

const batchSize = 250;
/** Finds what a lost wake, or a process that died between commit and wake, left behind. */
const pollMs = 2000;
const longestRetryMs = 30_000;

/**
 * Moves events into the outbox: plans the deliveries they ask for and files them, in batches, woken after commits.
 * Any number may run side by side: filing twice is harmless.
 */
export class Relay {
  readonly #options: RelayOptions;
  readonly #pulse: WakeableLoop;
  #failures = 0;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#pulse = new WakeableLoop(options.scheduler, () => this.#step(), 5);
  }

  start(): void {
    this.#pulse.start();
  }

  /** To be called after a commit that held events; cheap, however often. */
  wake(): void {
    this.#pulse.wake();
  }

  /** Resolves when the batch under way is filed. */
  async stop(): Promise<void> {
    await this.#pulse.stop();
  }

  async #step(): Promise<number> {
    const { outbox, log, plan, onSettled } = this.#options;
    try {
      const events = await outbox.pendingEvents(batchSize);
      if (events.length > 0) {
        const deliveries = events.flatMap(plan);
        await outbox.settleEvents(events, deliveries);
        if (
          deliveries.length > 0
          || events.some(({ type }) => type === 'deliveries.cancelled' || type === 'delivery.requeued')
        )
          onSettled();
      }
      this.#failures = 0;
      return events.length < batchSize ? pollMs : 0;
    } catch (error) {
      this.#failures += 1;
      log.warn(
        { err: error, failures: this.#failures },
        'events could not be moved to the outbox; they are safe and will be tried again',
      );
      return Math.min(500 * 2 ** this.#failures, longestRetryMs);
    }
  }
}
