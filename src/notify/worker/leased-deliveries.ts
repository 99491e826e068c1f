import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { WakeableLoop } from '../../jobs/wakeable-loop.ts';
import type { Scheduler } from '../../jobs/scheduler.ts';

/** A delivery whose lease this worker has. */
export interface Leased {
  delivery: Delivery;
  /** Elapsed ms when the lease was last known to be ours. */
  heldAt: number;
  lost: boolean;
  /** Its outcome is being written: there is nothing to renew any more. */
  concluding: boolean;
}

/** What HeldDeliveries needs; `leaseMs` is how long a lease lasts. */
export interface LeasedDeliveriesOptions {
  readonly outbox: Pick<Outbox, 'update'>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Pick<Log, 'warn'>;
  readonly owner: string;
  readonly leaseMs: number;
}

/** The deliveries in one worker's hands: keeps their leases alive and writes down how they ended. */
export class LeasedDeliveries {
  readonly #options: LeasedDeliveriesOptions;
  readonly #held = new Map<string, Leased>();
  readonly #renewing: WakeableLoop;
  #abandoned = false;

  constructor(options: LeasedDeliveriesOptions) {
    this.#options = options;
    this.#renewing = new WakeableLoop(options.scheduler, () => this.#renewAll());
  }

  /** Begins to renew leases, three times in their life. */
  start(): void {
    this.#renewing.start();
  }

  /** Renews no more, and gives up outcomes that the database still does not take. */
  async stop(): Promise<void> {
    this.#abandoned = true;
    await this.#renewing.stop();
  }

  /**
   * Takes a leased delivery in hand.
   * @returns undefined when it is in hand already: a clock that jumped can make our own lease look run out
   */
  accept(delivery: Delivery): Leased | undefined {
    if (this.#held.has(delivery.id)) return undefined;
    const held: Leased = { delivery, heldAt: this.#options.scheduler.elapsed(), lost: false, concluding: false };
    this.#held.set(delivery.id, held);
    return held;
  }

  /** Lets go of it; what was not written is left to the lease. */
  drop({ delivery }: Leased): void {
    this.#held.delete(delivery.id);
  }

  /**
   * To be asked just before sending: work that took long may have outlived the lease, which is then asked for again.
   * @throws when the database cannot say
   */
  async isOurs(held: Leased): Promise<boolean> {
    if (held.lost) return false;
    const { scheduler, leaseMs } = this.#options;
    return scheduler.elapsed() - held.heldAt < leaseMs / 2 || this.#renew(held);
  }

  /**
   * Writes how a delivery ended, again and again until the database takes it: an outcome that is known must not be
   * lost while the process lives.
   * @returns false when the lease had gone to another worker
   * @throws the database's error after `stop`
   */
  async conclude(held: Leased, ended: Delivery): Promise<boolean> {
    const { outbox, scheduler, log, owner } = this.#options;
    held.concluding = true;
    for (let pause = 250; ; pause = Math.min(pause * 2, 10_000)) {
      try {
        return await outbox.update(owner, ended);
      } catch (error) {
        log.warn(
          { err: error, delivery: ended.id, state: ended.state },
          'an outcome could not be written; it will be tried again',
        );
        if (this.#abandoned) throw error;
        await new Promise<void>((resolve) => scheduler.after(pause, resolve));
      }
    }
  }

  async #renew(held: Leased): Promise<boolean> {
    const { outbox, clock, scheduler, owner, leaseMs } = this.#options;
    const asked = scheduler.elapsed();
    const until = new Date(clock.now().getTime() + leaseMs).toISOString();
    const ours = await outbox.update(owner, { ...held.delivery, state: 'leased', lease: { owner, until } });
    if (ours) held.heldAt = asked;
    else held.lost = true;
    return ours;
  }

  async #renewAll(): Promise<number> {
    const renewable = [...this.#held.values()].filter(({ concluding, lost }) => !concluding && !lost);
    const results = await Promise.allSettled(renewable.map(async (held) => this.#renew(held)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) this.#options.log.warn({ err: failed.reason as unknown }, 'leases could not be renewed');
    return this.#options.leaseMs / 3;
  }
}
