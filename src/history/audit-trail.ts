import type { Actor } from '../domain/actor.ts';
import type { Clock } from '../base/clock.ts';
import type { DomainEvent, EventType } from '../domain/events.ts';
import type { JsonObject } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import type { EventLog } from './event-log.ts';

/** Something that changed nothing and that the audit tells all the same. */
export interface AuditNote {
  readonly tenant: string;
  readonly type: EventType;
  readonly actor: Actor;
  readonly triggeredBy: DomainEvent['triggeredBy'];
  readonly address?: string | undefined;
  readonly requestId?: string | undefined;
  /** A resource type or an endpoint, and an id; empty where there is none. */
  readonly target: { readonly type: string; readonly id: string };
  readonly outcome?: 'refused' | 'held';
  readonly reason?: string;
  readonly rules?: readonly string[];
  readonly data?: JsonObject;
}

/** Notes that are kept when the store is away; what comes beyond is counted in the log. */
const mostWaiting = 20_000;
const batchSize = 500;

/** Notes what is refused and read, for the audit; many together, a little later. */
export class AuditTrail {
  readonly #events: Pick<EventLog, 'append'>;
  readonly #clock: Clock;
  readonly #log: Pick<Log, 'warn'>;
  #waiting: DomainEvent[] = [];
  #writing: Promise<void> = Promise.resolve();
  #lost = 0;

  constructor(events: Pick<EventLog, 'append'>, clock: Clock, log: Pick<Log, 'warn'>) {
    this.#events = events;
    this.#clock = clock;
    this.#log = log;
  }

  /** Takes a note down; it is in the store after the next `flush`. */
  note(note: AuditNote): void {
    if (this.#waiting.length >= mostWaiting) {
      this.#lost += 1;
      return;
    }
    const { target, data = {}, address, requestId, ...rest } = note;
    this.#waiting.push({
      id: this.#clock.newId(),
      at: this.#clock.now().toISOString(),
      resourceType: target.type,
      resourceId: target.id,
      version: 0,
      ...rest,
      ...(address === undefined || address === '' ? {} : { address }),
      ...(requestId === undefined ? {} : { requestId }),
      data,
    });
  }

  /** Files all notes. @throws what the event log throws; nothing is lost by it */
  async flush(): Promise<void> {
    const written = this.#writing.then(() => this.#write());
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async #write(): Promise<void> {
    if (this.#lost > 0) {
      this.#log.warn({ notes: this.#lost }, 'the audit lacks refused or read calls: the store was away for too long');
      this.#lost = 0;
    }
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, batchSize);
      await this.#events.append(batch);
      this.#waiting.splice(0, batch.length);
    }
  }
}
