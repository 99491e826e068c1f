import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Addressee, Prepared } from './addressee.ts';
import { Breaker } from './breaker.ts';
import type { Channel } from './channel.ts';
import { concludeDelivery, outcomeOfPause, outcomeOfSend, outcomeWithoutSending, type Outcome } from './delivery-outcome.ts';
import type { Delivery } from './delivery.ts';
import { DomainGate, domainOf, verdictOnDomain, type Leave } from './domain-gate.ts';
import { HeldDeliveries, type Held } from './held-deliveries.ts';
import { probeLater } from './mailbox-probe.ts';
import type { SendResult } from './mailer.ts';
import type { Outbox } from './outbox.ts';
import { Pulse } from './pulse.ts';
import { RateLimit } from './rate-limit.ts';
import type { Reporter } from './reporter.ts';
import type { Scheduler } from './scheduler.ts';

/** What a Worker needs. */
export interface WorkerOptions {
  readonly outbox: Pick<Outbox, 'lease' | 'update' | 'release' | 'nextDue'>;
  readonly addressee: Pick<Addressee, 'prepare'>;
  readonly reporter: Pick<Reporter, 'tell'>;
  readonly channel: Channel;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  /**
   * Names this worker in leases; default: a new id. Where only one process can own the outbox a fixed name lets a start take
   * over at once what a crashed process had leased.
   */
  readonly owner?: string;
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

/** What a worker's turn came to; without an outcome the delivery is left to its lease. */
interface Turn {
  readonly outcome: Outcome | undefined;
  /** Whether the channel was asked. */
  readonly sent: boolean;
}

/** The longest sleep: finds leases that others let run out, and what a jump of the clock made due. */
const longestSleepMs = 15_000;
/** Something is due that may not be leased now: another worker's, a busy domain's, another channel's. */
const blockedSleepMs = 1000;
const downSettings = { threshold: 1, firstPauseMs: 2000, longestPauseMs: 5 * 60_000 };
/** A server that counts by the minute is asked again soon enough to use each minute. */
const throttleSettings = { threshold: 1, firstPauseMs: 1000, longestPauseMs: 10_000 };
const channels: readonly Delivery['channel'][] = ['email', 'sms', 'webhook'];

/**
 * Works one channel's share of the outbox: lease → prepare → send → write the outcome → report. Any number run side by side.
 * Waits by elapsed time only, so a clock that jumps makes it neither hang nor spin.
 */
export class Worker {
  readonly owner: string;
  readonly #options: WorkerOptions;
  readonly #concurrency: number;
  readonly #leaseMs: number;
  readonly #random: () => number;
  readonly #gate: DomainGate;
  /** Open while the channel is down, and for a moment when it is sent too much. */
  readonly #down: Breaker;
  readonly #throttle: Breaker;
  readonly #rate: RateLimit;
  readonly #leasing: Pulse;
  readonly #held: HeldDeliveries;
  /** In hand, waiting for their domain's turn. */
  #parked: Held[] = [];
  #underWay = 0;
  #leaseFailures = 0;
  #stopping = false;
  #whenIdle: (() => void) | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#concurrency = options.concurrency ?? 5;
    this.#leaseMs = options.leaseMs ?? 60_000;
    this.#random = options.random ?? Math.random;
    this.owner = options.owner ?? options.clock.newId();
    this.#gate = new DomainGate(this.#concurrency, this.#perDomain, this.#random);
    this.#down = new Breaker(downSettings, this.#random);
    this.#throttle = new Breaker(throttleSettings, this.#random);
    this.#rate = new RateLimit(options.perMinute);
    this.#leasing = new Pulse(options.scheduler, () => this.#leaseMore());
    this.#held = new HeldDeliveries({ ...options, owner: this.owner, leaseMs: this.#leaseMs });
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
   * Ends: begins no more sends, waits for those under way (bounded by `graceMs`), and gives leases back. A send whose end is not
   * known by then keeps its lease until that runs out, so that nobody repeats it at once.
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
      this.#options.log.warn({ underWay: this.#underWay }, 'stopped while messages were being sent; their leases will run out');
      return;
    }
    await this.#options.outbox.release(this.owner).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'leases could not be given back; they will run out');
    });
  }

  /** One domain may not fill every slot. */
  get #perDomain(): number {
    return Math.max(1, this.#concurrency - 1);
  }

  /** How many more may begin now: by slots, by the rate, and one at a time while the channel is on trial. */
  #room(now: number): number {
    if (this.#paused(now) > 0) return 0;
    const slots = (this.#down.suspect || this.#throttle.suspect ? 1 : this.#concurrency) - this.#underWay;
    return Math.max(0, Math.min(slots, this.#rate.available(now)));
  }

  /** Milliseconds until the channel may be tried again; 0 when it may now. */
  #paused(now: number): number {
    return Math.max(this.#down.remaining(now), this.#throttle.remaining(now));
  }

  /** One run of the lease loop; answers how long to sleep. What ends a flight wakes it. */
  async #leaseMore(): Promise<number> {
    const { outbox, clock, scheduler, log, channel } = this.#options;
    this.#beginParked();
    const room = this.#room(scheduler.elapsed());
    if (room === 0) {
      const now = scheduler.elapsed();
      return Math.min(longestSleepMs, Math.max(this.#paused(now), this.#rate.wait(now)) || longestSleepMs);
    }
    try {
      const leased = await outbox.lease({
        owner: this.owner, now: clock.now(), leaseMs: this.#leaseMs, limit: room, perDomain: this.#perDomain,
        channels: channels.filter((name) => name !== channel.name),
      });
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
      const now = this.#options.scheduler.elapsed();
      const gate = this.#gate.ask(held.delivery.domain, now);
      const channelPaused = this.#paused(now) > 0;
      if (held.lost) this.#held.drop(held);
      else if (channelPaused) void this.#run(held, async () => this.#conclude(held, { kind: 'returned', reply: 'The channel takes nothing for the moment.' }));
      else if (gate.verdict === 'paused') void this.#run(held, async () => this.#conclude(held, outcomeOfPause(gate)));
      else if (gate.verdict === 'wait' || this.#room(now) === 0) this.#parked.push(held);
      else void this.#run(held, () => this.#attempt(held));
    }
  }

  async #run(held: Held, work: () => Promise<void>): Promise<void> {
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

  /** One attempt, from the secret's minting to the report. */
  async #attempt(held: Held): Promise<void> {
    this.#rate.take(this.#options.scheduler.elapsed());
    const known = held.delivery.domain;
    const leave = known === undefined ? undefined : this.#gate.enter(known);
    let turn: Turn;
    try {
      turn = await this.#takeTurn(held, leave);
    } catch (error) {
      this.#options.log.error({ err: error, delivery: held.delivery.id, template: held.delivery.template }, 'a message could not be prepared');
      turn = { outcome: { kind: 'retry', reply: 'The message could not be prepared.' }, sent: false };
    } finally {
      // Where a send ended the turn its verdict was given already, and this one counts for nothing.
      leave?.('unknown', 0, '');
    }
    if (!turn.sent) this.#rate.giveBack();
    if (turn.outcome !== undefined) await this.#conclude(held, turn.outcome);
  }

  async #takeTurn(held: Held, entered: Leave | undefined): Promise<Turn> {
    const { channel, scheduler, clock } = this.#options;
    const prepared = await this.#prepare(held.delivery);
    if (prepared.outcome !== 'send') return { outcome: outcomeWithoutSending(prepared), sent: false };
    const domain = domainOf(prepared.to);
    held.delivery = { ...held.delivery, to: prepared.to, ...(domain === undefined ? {} : { domain }) };
    if (entered === undefined) {
      const gate = this.#gate.ask(domain, scheduler.elapsed());
      if (gate.verdict === 'paused') return { outcome: outcomeOfPause(gate), sent: false };
    }
    if (this.#stopping || !(await this.#held.isOurs(held))) return { outcome: undefined, sent: false };
    const leave = entered ?? (domain === undefined ? undefined : this.#gate.enter(domain));
    let result: SendResult | undefined;
    try {
      result = await channel.send(held.delivery, prepared);
    } finally {
      leave?.(verdictOnDomain(result), scheduler.elapsed(), result?.reply ?? '');
    }
    this.#judgeChannel(result);
    const probe = probeLater(result, prepared.mailboxExpectedBy, held.delivery.attempts, clock.now());
    return { outcome: probe ?? outcomeOfSend(result, held.delivery, clock.now()), sent: true };
  }

  async #prepare(delivery: Delivery): Promise<Prepared> {
    const prepared = await this.#options.addressee.prepare(delivery);
    if (prepared.outcome === 'hold' && Number.isNaN(prepared.until.getTime())) throw new RangeError('held until no valid date');
    return prepared;
  }

  /** Writes the outcome, and once it stands tells the user's record. */
  async #conclude(held: Held, outcome: Outcome): Promise<void> {
    const { clock, log, reporter, channel } = this.#options;
    const ended = concludeDelivery(held.delivery, outcome, clock.now(), this.#random, channel.backoff);
    const line = { delivery: ended.id, template: ended.template, state: ended.state, attempts: ended.attempts, reply: ended.lastReply };
    if (!(await this.#held.conclude(held, ended))) {
      if (outcome.kind === 'sent') log.warn(line, 'a message was sent but its lease had gone to another worker');
      return;
    }
    if (ended.state === 'dead') log.warn(line, 'a message is given up');
    else log.info(line, 'delivery');
    await reporter.tell(ended);
  }

  #judgeChannel({ outcome, reply }: SendResult): void {
    const { scheduler, log, channel } = this.#options;
    const now = scheduler.elapsed();
    const line = () => ({ channel: channel.name, reply, pauseMs: Math.round(this.#paused(now)) });
    if (outcome === 'channelDown') {
      this.#down.failed(now);
      log.error(line(), 'the channel is down; messages wait in the queue');
    } else if (outcome === 'throttled') {
      this.#down.succeeded();
      this.#throttle.failed(now);
      log.warn(line(), 'the server is sent too much at once; messages wait a moment');
    } else {
      this.#down.succeeded();
      // Only what was taken says that more would be.
      if (outcome === 'accepted') this.#throttle.succeeded();
    }
  }
}
