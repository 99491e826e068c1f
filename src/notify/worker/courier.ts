import type { DomainEvent } from '../../domain/events.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Addressee } from '../delivery/addressee.ts';
import type { Channel } from '../delivery/channel.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { Relay, type RelayOptions } from '../outbox/relay.ts';
import { Reporter } from './reporter.ts';
import type { Scheduler } from '../../jobs/scheduler.ts';
import { longestSleepMs, Worker, type WorkerOptions } from './worker.ts';

/** What a Courier needs. */
export interface CourierOptions {
  readonly outbox: Outbox;
  readonly addressee: Addressee;
  /** With the limits of each; a channel without a worker keeps its deliveries in the queue. */
  readonly channels: readonly Pick<WorkerOptions, 'channel' | 'concurrency' | 'perMinute'>[];
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Log;
  readonly plan: RelayOptions['plan'];
  /** See WorkerOptions.owner; each channel's worker adds the channel's name. */
  readonly owner?: string;
  readonly graceMs?: number;
  /** See RelayOptions.watch. */
  readonly watch?: RelayOptions['watch'];
  /** See WorkerOptions.turns. */
  readonly turns?: WorkerOptions['turns'];
  /** See WorkerOptions.publicUrl. */
  readonly publicUrl?: string | undefined;
}

/** Everything that carries events to people: the relay, one worker per channel, the reporter. */
export class Courier {
  readonly #relay: Relay;
  readonly #reporter: Reporter;
  readonly #workers: readonly Worker[];
  readonly #channels: readonly Channel[];

  constructor({
    outbox,
    addressee,
    channels,
    clock,
    scheduler,
    log,
    plan,
    owner = clock.newId(),
    graceMs,
    publicUrl,
    watch,
    turns,
  }: CourierOptions) {
    this.#reporter = new Reporter({ outbox, addressee, scheduler, log });
    this.#workers = channels.map(
      ({ channel, concurrency, perMinute }) =>
        new Worker({
          outbox,
          addressee,
          reporter: this.#reporter,
          channel,
          clock,
          scheduler,
          log,
          owner: `${owner}.${channel.name}`,
          concurrency,
          perMinute,
          graceMs,
          publicUrl,
          turns,
        }),
    );
    this.#channels = channels.map(({ channel }) => channel);
    this.#relay = new Relay({
      outbox,
      scheduler,
      log,
      plan,
      onSettled: ({ filed, others }) => {
        if (others) {
          this.wakeWorkers();
          this.#reporter.wake();
          return;
        }
        // Workers look at least so often by themselves.
        const soon = new Date(clock.now().getTime() + longestSleepMs).toISOString();
        for (const [index, { channel }] of channels.entries())
          if (filed.some((delivery) => delivery.channel === channel.name && delivery.notBefore < soon))
            this.#workers[index]?.wake();
      },
      ...(watch === undefined ? {} : { watch }),
    });
  }

  /** Begins; resolves when leases of an earlier run are taken over. */
  async start(): Promise<void> {
    this.#relay.start();
    this.#reporter.start();
    await Promise.all(this.#workers.map(async (worker) => worker.start()));
  }

  /** To be called after commits that held events; cheap, however often. */
  wake(events?: readonly Pick<DomainEvent, 'type'>[]): void {
    this.#relay.wake(events);
  }

  /** To be called when a delivery was requeued by hand. */
  wakeWorkers(): void {
    for (const worker of this.#workers) worker.wake();
  }

  /** Finishes what is under way, gives leases back, ends connections. */
  async stop(): Promise<void> {
    await this.#relay.stop();
    await Promise.all(this.#workers.map(async (worker) => worker.stop()));
    await this.#reporter.stop();
    await Promise.all(this.#channels.map(async (channel) => channel.close()));
  }
}
