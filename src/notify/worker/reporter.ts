import type { Log } from '../../base/log.ts';
import type { Addressee } from '../delivery/addressee.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { WakeableLoop } from '../../jobs/wakeable-loop.ts';
import type { Scheduler } from '../../jobs/scheduler.ts';

/** What a Reporter needs. */
export interface ReporterOptions {
  readonly outbox: Pick<Outbox, 'unreported' | 'markReported'>;
  readonly addressee: Pick<Addressee, 'report'>;
  readonly scheduler: Scheduler;
  readonly log: Pick<Log, 'warn'>;
}

const batchSize = 100;
const sweepMs = 10_000;

/**
 * Tells users' records what became of their deliveries. What a process that died, or a record that could not be
 * written, left untold is swept up at start and regularly: telling is repeated until it succeeds.
 */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #pulse: WakeableLoop;
  /** Told since the sweep under way read its list: what the list holds of them is old news. */
  readonly #toldSince = new Set<string>();
  /** Tells under way: news of one delivery goes out in order. */
  readonly #telling = new Map<string, Promise<boolean>>();

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#pulse = new WakeableLoop(options.scheduler, () => this.#sweep(), 100);
  }

  start(): void {
    this.#pulse.start();
  }

  /** Asks for a sweep soon. */
  wake(): void {
    this.#pulse.wake();
  }

  async stop(): Promise<void> {
    await this.#pulse.stop();
  }

  /**
   * Tells of one delivery. Never rejects: what fails is left to the sweep.
   * @returns whether the record knows now
   */
  async tell(delivery: Delivery): Promise<boolean> {
    const telling = (this.#telling.get(delivery.id) ?? Promise.resolve(true)).then(() => this.#tellNow(delivery));
    this.#telling.set(delivery.id, telling);
    const told = await telling;
    if (this.#telling.get(delivery.id) === telling) this.#telling.delete(delivery.id);
    return told;
  }

  async #tellNow(delivery: Delivery): Promise<boolean> {
    const { outbox, addressee, log } = this.#options;
    try {
      await addressee.report(delivery);
      await outbox.markReported([delivery.id]);
      this.#toldSince.add(delivery.id);
      return true;
    } catch (error) {
      log.warn(
        { err: error, delivery: delivery.id },
        'a user record could not be told of its delivery; it will be tried again',
      );
      return false;
    }
  }

  async #sweep(): Promise<number> {
    try {
      this.#toldSince.clear();
      const untold = await this.#options.outbox.unreported(batchSize);
      let told = 0;
      for (const delivery of untold) {
        if (this.#toldSince.has(delivery.id) || this.#telling.has(delivery.id) || (await this.tell(delivery)))
          told += 1;
      }
      return untold.length === batchSize && told > 0 ? 0 : sweepMs;
    } catch (error) {
      this.#options.log.warn({ err: error }, 'untold deliveries could not be read; it will be tried again');
      return sweepMs;
    }
  }
}
