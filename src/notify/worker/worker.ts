import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Addressee } from '../delivery/addressee.ts';
import { attemptDelivery, type AttemptParts, refusedOf } from './attempt-delivery.ts';
import type { Channel } from '../delivery/channel.ts';
import { concludeDelivery, outcomeOfPause, type Outcome } from '../delivery/delivery-outcome.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { FairTurns, type Turns } from './fair-turns.ts';
import { LeasedDeliveries, type Leased } from './leased-deliveries.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { Pacing } from '../pacing/pacing.ts';
import type { Refused } from '../pacing/refusal-streak.ts';
import { WakeableLoop } from '../../jobs/wakeable-loop.ts';
import type { Reporter } from './reporter.ts';
import type { Scheduler } from '../../jobs/scheduler.ts';

/** What a Worker needs. */
export interface WorkerOptions {
  readonly outbox: Pick<Outbox, 'lease' | 'update' | 'release' | 'nextDue' | 'requeue' | 'find'>;
  readonly addressee: Pick<Addressee, 'prepare' | 'putBack'>;
  readonly reporter: Pick<Reporter, 'tell'>;
  readonly channel: Channel;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  /**
   * Names this worker in leases; default: a new id. Where only one process can own the outbox a fixed name lets a
   * start take over at once what a crashed process had leased.
   */
  readonly owner?: string;
  readonly turns?: Turns | undefined;
  /** What links begin with; kept out of what servers say. */
  readonly publicUrl?: string | undefined;
  /** Sends under way at most; default 5. */
  readonly concurrency?: number;
  /** Sends in a minute at most; default: no limit. */
  readonly perMinute?: number;
  /** Milliseconds a lease lasts; default 60,000. It is renewed while the delivery is in hand. */
  readonly leaseMs?: number;
  /** Milliseconds `stop` waits for sends under way; default 30,000. */
  readonly graceMs?: number;
  /** From 0 to below 1; for jitter. */
  readonly random?: () => number;
}

/** The longest sleep: finds leases that others let run out, and what a jump of the clock made due. */
export const longestSleepMs = 15_000;
/** Something is due that may not be leased now: another worker's, a busy domain's, another channel's. */
const blockedSleepMs = 1000;
const channels: readonly Delivery['channel'][] = ['email', 'sms', 'webhook'];

/**
 * Works one channel's share of the outbox: lease → prepare → send → write the outcome → report. Any number run side
 * by side. Waits by elapsed time only, so a clock that jumps makes it neither hang nor spin.
 */
export class Worker {
  readonly owner: string;
  readonly #options: WorkerOptions;
  readonly #leaseMs: number;
  readonly #random: () => number;
  readonly #pacing: Pacing;
  readonly #attempt: AttemptParts;
  readonly #leasing: WakeableLoop;
  readonly #held: LeasedDeliveries;
  readonly #turns: FairTurns;
  /** In hand, waiting for their domain's turn. */
  #parked: Leased[] = [];
  #underWay = 0;
  #leaseFailures = 0;
  #stopping = false;
  #whenIdle: (() => void) | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#leaseMs = options.leaseMs ?? 60_000;
    this.#random = options.random ?? Math.random;
    this.owner = options.owner ?? options.clock.newId();
    this.#pacing = new Pacing({
      ...options,
      concurrency: options.concurrency ?? 5,
      perMinute: options.perMinute,
      random: this.#random,
    });
    this.#attempt = {
      ...options,
      pacing: this.#pacing,
      maySend: async (held) => !this.#stopping && this.#held.isOurs(held),
      putBack: (refused) => void this.#putBack(refused),
    };
    this.#turns = new FairTurns(options.turns, options.concurrency ?? 5);
    this.#leasing = new WakeableLoop(options.scheduler, () => this.#leaseMore());
    this.#held = new LeasedDeliveries({ ...options, owner: this.owner, leaseMs: this.#leaseMs });
  }

  /** Takes over what an earlier worker of this name left leased, and begins. */
  async start(): Promise<void> {
    await this.#options.outbox.release(this.owner).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'old leases could not be given back; they will run out');
    });
    if (this.#stopping) return;
    this.#leasing.start();
    this.#held.start();
  }

  /** To be called when there may be something new to send. */
  wake(): void {
    this.#leasing.wake();
  }

  /**
   * Stops: begins no more sends, waits up to `graceMs` for those under way, and gives leases back. A send that has not
   * ended by then keeps its lease until the lease expires, so that it is not repeated at once.
   */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#leasing.stop();
    for (const held of this.#parked.splice(0)) this.#held.drop(held);
    if (this.#underWay > 0) {
      await new Promise<void>((resolve) => {
        const callOff = this.#options.scheduler.after(this.#options.graceMs ?? 30_000, resolve);
        this.#whenIdle = () => {
          callOff();
          resolve();
        };
      });
    }
    await this.#held.stop();
    if (this.#underWay > 0) {
      this.#options.log.warn(
        { underWay: this.#underWay },
        'stopped while messages were being sent; their leases will run out',
      );
      return;
    }
    await this.#options.outbox.release(this.owner).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'leases could not be given back; they will run out');
    });
  }

  /** One run of the lease loop; answers how long to sleep. What ends a flight wakes it. */
  async #leaseMore(): Promise<number> {
    const { outbox, clock, log, channel } = this.#options;
    this.#beginParked();
    const room = this.#pacing.room(this.#underWay);
    if (room === 0) return Math.min(longestSleepMs, this.#pacing.waitMs() || longestSleepMs);
    try {
      const leased = await outbox.lease({
        owner: this.owner,
        now: clock.now(),
        leaseMs: this.#leaseMs,
        limit: room,
        perDomain: this.#pacing.perDomain,
        channels: channels.filter((name) => name !== channel.name),
        ...this.#turns.share(),
      });
      this.#turns.note(leased);
      this.#leaseFailures = 0;
      this.#parked.push(...leased.flatMap((delivery) => this.#held.accept(delivery) ?? []));
      this.#beginParked();
      if (leased.length === room) return 0;
      const due = await outbox.nextDue();
      if (due === undefined) return this.#parked.length > 0 ? blockedSleepMs : longestSleepMs;
      const wait = due.getTime() - clock.now().getTime();
      return wait <= 0 || this.#parked.length > 0 ? blockedSleepMs : Math.min(wait, longestSleepMs);
    } catch (error) {
      this.#leaseFailures += 1;
      log.warn({ err: error, failures: this.#leaseFailures }, 'the outbox could not be read; it will be tried again');
      return Math.min(500 * 2 ** this.#leaseFailures, longestSleepMs);
    }
  }

  /** Begins what may begin, in order; puts back what is for a paused domain. */
  #beginParked(): void {
    if (this.#stopping) return;
    const waiting = this.#parked;
    this.#parked = [];
    for (const held of waiting) {
      const gate = this.#pacing.ask(held.delivery.domain);
      if (held.lost) this.#held.drop(held);
      else if (this.#pacing.paused)
        void this.#run(held, async () =>
          this.#conclude(held, { kind: 'returned', reply: 'The channel takes nothing for the moment.' }),
        );
      else if (gate.verdict === 'paused') void this.#run(held, async () => this.#conclude(held, outcomeOfPause(gate)));
      else if (gate.verdict === 'wait' || this.#pacing.room(this.#underWay) === 0) this.#parked.push(held);
      else void this.#run(held, () => this.#try(held));
    }
  }

  async #run(held: Leased, work: () => Promise<void>): Promise<void> {
    this.#underWay += 1;
    try {
      await work();
    } catch (error) {
      this.#options.log.error({ err: error, delivery: held.delivery.id }, 'a delivery was left to its lease');
    } finally {
      this.#underWay -= 1;
      this.#held.drop(held);
      if (this.#underWay === 0) this.#whenIdle?.();
      this.#leasing.wake();
    }
  }

  async #try(held: Leased): Promise<void> {
    const outcome = await attemptDelivery(this.#attempt, held);
    if (outcome !== undefined) await this.#conclude(held, outcome);
  }

  /** Writes the outcome, and then updates the user's record. */
  async #conclude(held: Leased, outcome: Outcome): Promise<void> {
    const { clock, log, reporter, channel } = this.#options;
    const ended = concludeDelivery(held.delivery, outcome, clock.now(), this.#random, channel.backoff);
    const line = {
      delivery: ended.id,
      template: ended.template,
      state: ended.state,
      attempts: ended.attempts,
      reply: ended.lastReply,
    };
    if (!(await this.#held.conclude(held, ended))) {
      if (outcome.kind === 'sent') log.warn(line, 'a message was sent but its lease had gone to another worker');
      return;
    }
    if (ended.state === 'dead') log.warn(line, 'a message is given up');
    else log.info(line, 'delivery');
    await reporter.tell(ended);
    const refused = refusedOf(ended, outcome.reply);
    if (ended.state === 'dead' && this.#pacing.isAboutUs(refused)) await this.#putBack([refused]);
  }

  /** Queues messages again that were given up for a trouble of ours; one that has not ended yet is left alone. */
  async #putBack(refused: readonly Refused[]): Promise<void> {
    const { outbox, addressee, clock, log } = this.#options;
    for (const { id, tenant } of refused) {
      try {
        if (!(await outbox.requeue(tenant, id, clock.now()))) continue;
        log.info({ delivery: id }, 'a message is queued again: its refusal was about our account');
        const again = await outbox.find(tenant, id);
        if (again !== undefined) await addressee.putBack?.(again);
      } catch (error) {
        log.error({ err: error, delivery: id }, 'a message could not be queued again: requeue it');
      }
    }
  }
}
