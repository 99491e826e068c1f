import { setTimeout as sleep } from 'node:timers/promises';
import type { Leases } from '../domain/leases.ts';
import type { Log } from '../base/log.ts';
import type { Scheduler } from '../jobs/scheduler.ts';
import { WakeableLoop } from '../jobs/wakeable-loop.ts';
import type { EventLog } from './event-log.ts';

/** What a Sequencer works with. */
export interface SequencerParts {
  readonly events: EventLog;
  readonly leases: Leases;
  /** One name for each process that lives. */
  readonly owner: string;
  readonly scheduler: Scheduler;
  readonly log: Pick<Log, 'warn'>;
  /** Told after each batch of a tenant; what it does is waited for. */
  readonly onSealed?: (tenant: string) => Promise<void>;
}

/** Events that one write seals: other writes wait as long. */
const batchSize = 200;
/** Batches of one tenant before another has its turn. */
const mostBatches = 10;
/** How often it looks, in milliseconds; what is promised is five seconds. */
const lookMs = 1_000;
const leaseMs = 10_000;
const longestRetryMs = 30_000;

/** How long a reader waits for a sequencer of another process, in milliseconds. */
const readerWaitsMs = 2_000;
const readerLooksMs = 50;

/**
 * Gives events their places in the chains of their tenants. Of any number of processes one does it for a tenant at a
 * time, by a lease; the event log keeps two from forking a chain where the lease fails.
 */
export class Sequencer {
  readonly #parts: SequencerParts;
  readonly #loop: WakeableLoop;
  /** Tenants whose events come faster than they are sealed in the background. */
  readonly #behind = new Set<string>();
  #failures = 0;

  constructor(parts: SequencerParts) {
    this.#parts = parts;
    this.#loop = new WakeableLoop(parts.scheduler, () => this.#turn());
  }

  start(): void {
    this.#loop.start();
  }

  /** Resolves when the batch under way is sealed. */
  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  /**
   * Seals the events of a tenant that wait now, so that the next read finds them; what comes meanwhile may wait, or a
   * reader would never get its turn while others write. Waits a while for another process.
   */
  async catchUp(tenant: string): Promise<void> {
    for (let waited = 0; waited < readerWaitsMs; waited += readerLooksMs) {
      const tail = (await this.#parts.events.unsealed()).find((one) => one.tenant === tenant);
      if (tail === undefined) return;
      if ((await this.#seal(tenant, Math.ceil(tail.events / batchSize), false)) !== 'busy') return;
      await sleep(readerLooksMs);
    }
  }

  async #turn(): Promise<number> {
    const { events, log } = this.#parts;
    try {
      let isDone = true;
      for (const { tenant } of await events.unsealed()) {
        // Other writes go first, but not for ever: what is promised is five seconds.
        const sealed = await this.#seal(tenant, mostBatches, !this.#behind.has(tenant));
        if (sealed === 'some') this.#behind.add(tenant);
        else this.#behind.delete(tenant);
        isDone = sealed === 'all' && isDone;
      }
      this.#failures = 0;
      return isDone ? lookMs : Math.min(lookMs, 100);
    } catch (error) {
      this.#failures += 1;
      log.warn(
        { err: error, failures: this.#failures },
        'events could not be sealed; they are safe and will be tried again',
      );
      return Math.min(500 * 2 ** this.#failures, longestRetryMs);
    }
  }

  /** @returns whether nothing was left; `busy` while another process seals this tenant's events */
  async #seal(tenant: string, batches: number, inBackground: boolean): Promise<'all' | 'some' | 'busy'> {
    const { events, leases, owner, onSealed } = this.#parts;
    const lease = `audit/${tenant}`;
    let sealed = batchSize;
    for (let batch = 0; batch < batches && sealed === batchSize; batch += 1) {
      if (!(await leases.take(lease, owner, leaseMs))) return 'busy';
      sealed = await events.seal(tenant, batchSize, inBackground);
    }
    await onSealed?.(tenant);
    await leases.release(lease, owner);
    return sealed < batchSize ? 'all' : 'some';
  }
}
