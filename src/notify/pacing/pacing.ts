import type { Log } from '../../base/log.ts';
import { Breaker } from './breaker.ts';
import type { Channel } from '../delivery/channel.ts';
import { DomainGate, type GateVerdict, type Permit, verdictOnDomain } from './domain-gate.ts';
import type { SendResult } from '../delivery/send-result.ts';
import { RateLimit } from './rate-limit.ts';
import { type Refused, RefusalStreak } from './refusal-streak.ts';
import type { Scheduler } from '../../jobs/scheduler.ts';

/** What Pacing needs. */
export interface PacingOptions {
  readonly channel: Pick<Channel, 'name'>;
  readonly scheduler: Pick<Scheduler, 'elapsed'>;
  readonly log: Pick<Log, 'warn' | 'error'>;
  /** Sends under way at most. */
  readonly concurrency: number;
  /** Sends in a minute at most; undefined: no limit. */
  readonly perMinute: number | undefined;
  /** From 0 to below 1; for jitter. */
  readonly random: () => number;
}

const downSettings = { threshold: 1, firstPauseMs: 2000, longestPauseMs: 5 * 60_000 };
const hourMs = 3_600_000;
const streakAdvice =
  'The server refuses recipients of different domains in the same words, so the trouble is with our '
  + 'account, sender or host. Ask the provider what the words mean.';
/** A server that counts by the minute is asked again soon enough to use each minute. */
const throttleSettings = { threshold: 1, firstPauseMs: 1000, longestPauseMs: 10_000 };

/**
 * How fast one worker may send: by its slots and its rate, by what the channel's server can bear, and fair between
 * domains.
 */
export class Pacing {
  /** Sends to one domain at most: it may not fill every slot. */
  readonly perDomain: number;
  readonly #options: PacingOptions;
  readonly #gate: DomainGate;
  /** Open while the channel is down, and for a moment when it is sent too much. */
  readonly #down: Breaker;
  readonly #throttle: Breaker;
  readonly #rate: RateLimit;
  readonly #streak = new RefusalStreak();
  /** What was last told as an error, and when. */
  #told: { readonly trouble: string; readonly at: number } | undefined;
  #acceptedAt = -Infinity;

  constructor(options: PacingOptions) {
    const { concurrency, perMinute, random } = options;
    this.#options = options;
    this.perDomain = Math.max(1, concurrency - 1);
    this.#gate = new DomainGate(concurrency, this.perDomain, random);
    this.#down = new Breaker(downSettings, random);
    this.#throttle = new Breaker(throttleSettings, random);
    this.#rate = new RateLimit(perMinute);
  }

  /** True while the channel is left alone. */
  get paused(): boolean {
    return this.#pauseMs() > 0;
  }

  /**
   * How many more may begin beside those under way: by slots, by the rate, and one at a time while the channel is on
   * trial.
   */
  room(underWay: number): number {
    if (this.paused) return 0;
    const slots = (this.#down.suspect || this.#throttle.suspect ? 1 : this.#options.concurrency) - underWay;
    return Math.max(0, Math.min(slots, this.#rate.available(this.#now())));
  }

  /** Milliseconds until something may begin again; 0 where only a free slot is missing. */
  waitMs(): number {
    return Math.max(this.#pauseMs(), this.#rate.wait(this.#now()));
  }

  /** @param domain undefined while it is not known: always goes */
  ask(domain: string | undefined): GateVerdict {
    return this.#gate.ask(domain, this.#now());
  }

  /** Takes one send out of the rate. */
  take(): void {
    this.#rate.take(this.#now());
  }

  /** Puts it back: nothing was sent after all. */
  giveBack(): void {
    this.#rate.giveBack();
  }

  /** Counts a try at a domain as under way until it leaves. */
  enter(domain: string): Permit {
    return this.#gate.enter(domain);
  }

  /** Ends a try at a domain, by what came of the send; undefined: it came to no answer. */
  release(leave: Permit | undefined, result: SendResult | undefined): void {
    leave?.(verdictOnDomain(result), this.#now(), result?.reply ?? '');
  }

  /** True where something was taken in the last hour. */
  get takesOthers(): boolean {
    return this.#now() - this.#acceptedAt < hourMs;
  }

  /**
   * Looks at an answer beside those before it: what refuses one domain after the other in the same words is about us,
   * and so is a channel that is down.
   * @param refused the message, as it was refused
   * @returns the answer as it is to be taken, and the messages refused before whose refusal was about us as well
   */
  judgeStreak(
    result: SendResult,
    refused: Refused,
  ): { readonly result: SendResult; readonly putBack: readonly Refused[] } {
    if (result.outcome === 'accepted') this.#streak.end();
    if (result.outcome !== 'permanent' || !this.#streak.add(refused)) return { result, putBack: [] };
    const { reply } = result;
    return {
      result: { outcome: 'channelDown', reply, advice: streakAdvice, retryAfterMs: 60_000 },
      putBack: this.#streak.takeBack(),
    };
  }

  /** True where this refusal is by now known to be about us; to be asked once the message has ended. */
  isAboutUs(refused: Refused): boolean {
    return this.#streak.covers(refused);
  }

  /** Takes in what an answer says of the channel. */
  judgeChannel(result: SendResult): void {
    const { outcome, reply } = result;
    const { log, channel } = this.#options;
    const line = () => ({ channel: channel.name, reply, pauseMs: Math.round(this.#pauseMs()) });
    if (outcome === 'accepted') this.#acceptedAt = this.#now();
    if (outcome === 'channelDown') {
      this.#down.failed(this.#now());
      this.#tellDown({ ...line(), ...(result.advice === undefined ? {} : { advice: result.advice }) });
    } else if (outcome === 'throttled') {
      this.#down.succeeded();
      this.#throttle.failed(this.#now());
      log.warn(line(), 'the server is sent too much at once; messages wait a moment');
    } else {
      this.#down.succeeded();
      // Only what was taken says that more would be.
      if (outcome === 'accepted') this.#throttle.succeeded();
    }
  }

  /** One log line for each trouble and hour: until someone acts, every attempt ends the same way. */
  #tellDown(line: { readonly reply: string; readonly advice?: string }): void {
    const trouble = line.advice ?? line.reply.replace(/\d/g, '');
    if (this.#told?.trouble === trouble && this.#now() - this.#told.at < hourMs) return;
    this.#told = { trouble, at: this.#now() };
    this.#options.log.error(line, 'the channel is down; messages wait in the queue');
  }

  #pauseMs(): number {
    return Math.max(this.#down.remaining(this.#now()), this.#throttle.remaining(this.#now()));
  }

  #now(): number {
    return this.#options.scheduler.elapsed();
  }
}
