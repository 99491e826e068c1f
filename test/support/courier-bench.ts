import type { Addressee, Prepared } from '../../src/notify/delivery/addressee.ts';
import type { Channel } from '../../src/notify/delivery/channel.ts';
import type { Delivery } from '../../src/notify/delivery/delivery.ts';
import type { SendResult } from '../../src/notify/delivery/send-result.ts';
import { Reporter } from '../../src/notify/worker/reporter.ts';
import { Worker, type WorkerOptions } from '../../src/notify/worker/worker.ts';
import { ManualTime } from './manual-time.ts';
import { MemoryOutbox } from './memory-outbox.ts';

/** A queued delivery; its user's address is `<id>@<domain>`. */
export function queued(id: string, domain: string, more: Partial<Delivery> = {}): Delivery {
  return {
    id,
    tenant: 'default',
    channel: 'email',
    template: 'invitation',
    userId: id,
    eventId: `e-${id}`,
    data: {},
    state: 'queued',
    createdAt: '2026-11-21T09:00:00.000Z',
    notBefore: '2026-11-21T09:00:00.000Z',
    attempts: 0,
    domain,
    messageId: `<${id}@x>`,
    reported: true,
    ...more,
  };
}

/** A log that keeps what it was told. */
export class MemoryLog {
  readonly lines: { level: string; fields: object; text: string }[] = [];
  readonly info = this.#keep('info');
  readonly warn = this.#keep('warn');
  readonly error = this.#keep('error');

  #keep(level: string) {
    return (fields: object, text: string): void => {
      this.lines.push({ level, fields, text });
    };
  }
}

/**
 * Outbox, addressee and channel around workers, all in memory and under one manual time. `answer` and `prepare` are
 * the script.
 */
export class CourierBench {
  readonly time = new ManualTime();
  readonly outbox = new MemoryOutbox();
  readonly log = new MemoryLog();
  readonly sent: { id: string; at: number; owner: string }[] = [];
  readonly reports: Delivery[] = [];
  underWay = 0;
  mostUnderWay = 0;
  /** Milliseconds a send takes. */
  sendMs = 20;
  answer: (delivery: Delivery) => SendResult = () => ({ outcome: 'accepted', reply: '250 ok' });
  prepare: Addressee['prepare'] = async (delivery): Promise<Prepared> => ({
    outcome: 'send',
    to: `${delivery.id}@${delivery.domain ?? 'unknown.example'}`,
    locales: ['en'],
    values: {},
  });
  report: Addressee['report'] = async (delivery) => {
    this.reports.push(delivery);
  };

  worker(owner: string, more: Partial<WorkerOptions> = {}): Worker {
    const { time: clock, time: scheduler, outbox, log } = this;
    const reporter = new Reporter({
      outbox,
      scheduler,
      log: log as never,
      addressee: { report: async (delivery) => this.report(delivery) },
    });
    return new Worker({
      outbox,
      reporter,
      clock,
      scheduler,
      owner,
      random: () => 0.999,
      log: log as never,
      channel: this.channel(owner),
      addressee: { prepare: async (delivery) => this.prepare(delivery) },
      ...more,
    });
  }

  file(...deliveries: Delivery[]): void {
    for (const delivery of deliveries) this.outbox.deliveries.set(delivery.id, delivery);
  }

  get(id: string): Delivery {
    const delivery = this.outbox.deliveries.get(id);
    if (delivery === undefined) throw new Error(`no delivery ${id}`);
    return delivery;
  }

  channel(owner: string, name: Channel['name'] = 'email'): Channel {
    return {
      name,
      send: async (delivery) => {
        this.underWay += 1;
        this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
        await new Promise<void>((resolve) => this.time.after(this.sendMs, resolve));
        this.underWay -= 1;
        const result = this.answer(delivery);
        if (result.outcome === 'accepted') this.sent.push({ id: delivery.id, at: this.time.elapsed(), owner });
        return result;
      },
      close: async () => undefined,
    };
  }
}
