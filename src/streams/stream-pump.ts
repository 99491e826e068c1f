import type { Clock } from '../base/clock.ts';
import type { Settings } from '../config/settings.ts';
import type { Leases } from '../domain/leases.ts';
import type { EventLog } from '../history/event-log.ts';
import { type Facts, readPart } from '../history/chain-entry.ts';
import type { Delivery } from '../notify/delivery/delivery.ts';
import type { Outbox } from '../notify/outbox/outbox.ts';
import { subscriberOf } from '../webhooks/plan-webhooks.ts';
import { asksFor, isStream, type SentStream, type StreamEndpoint } from './stream-endpoint.ts';
import type { StreamState, StreamStates } from './stream-states.ts';

/** What a StreamPump works with. */
export interface StreamPumpParts {
  readonly states: StreamStates;
  readonly events: Pick<EventLog, 'head' | 'base' | 'read'>;
  readonly outbox: Pick<Outbox, 'find' | 'settleEvents'>;
  readonly settingsOf: (tenant: string) => Settings;
  readonly clock: Clock;
  readonly leases: Leases;
  /** One name for each process that lives. */
  readonly owner: string;
  /** Called when there is something to send. */
  readonly wake: () => void;
}

/** Events read in one turn where none of them is asked for. */
const mostPassed = 20_000;
const chunk = 1_000;
/** Tokens go one by one: so many in one delivery. */
const tokensAtOnce = 100;
const leaseMs = 15_000;

/**
 * Files what streams are to be sent, one delivery of each at a time, so that a receiver gets events in the order of
 * the chain. A delivery says from where to where it goes; what it holds is read when it is sent.
 */
export class StreamPump {
  readonly #parts: StreamPumpParts;
  readonly #turns = new Map<string, Promise<void>>();

  constructor(parts: StreamPumpParts) {
    this.#parts = parts;
  }

  /** Files what is due of every stream of a tenant; of several processes one does it at a time. */
  async look(tenant: string): Promise<void> {
    if (!this.#parts.settingsOf(tenant).webhooks.some(isStream)) return;
    const before = this.#turns.get(tenant) ?? Promise.resolve();
    const turn = before.catch(() => undefined).then(() => this.#lookAlone(tenant));
    this.#turns.set(tenant, turn);
    await turn;
  }

  async #lookAlone(tenant: string): Promise<void> {
    const { leases, owner, settingsOf } = this.#parts;
    const lease = `streams/${tenant}`;
    if (!(await leases.take(lease, owner, leaseMs))) return;
    try {
      for (const endpoint of settingsOf(tenant).webhooks) if (isStream(endpoint)) await this.#advance(tenant, endpoint);
    } finally {
      await leases.release(lease, owner);
    }
  }

  /** To be called when a delivery has ended. */
  async ended({ tenant, data, channel }: Delivery): Promise<void> {
    if (channel === 'webhook' && data['stream'] !== undefined) await this.look(tenant);
  }

  async #advance(tenant: string, endpoint: StreamEndpoint): Promise<void> {
    const { states, events, outbox } = this.#parts;
    const known = await states.find(tenant, endpoint.id);
    if (known === undefined) {
      // A stream begins with what happens from now on; what is before can be had by a replay.
      const { seq: position } = await events.head(tenant);
      await states.change(tenant, endpoint.id, (state) => (state === undefined ? { position, taken: [] } : undefined));
      return;
    }
    if (endpoint.kind === 'poll' || known.pausedAt !== undefined) return;
    if (known.delivery === undefined) return this.#file(tenant, endpoint, known);
    const underWay = await outbox.find(tenant, known.delivery);
    // Noted and not filed, or called off: a crash or a pause came between.
    if (underWay === undefined || underWay.state === 'cancelled') return this.#fileAgain(tenant, endpoint, known);
    if (underWay.state === 'dead') return this.#giveUp(tenant, endpoint, known, underWay.lastReply ?? '');
    if (underWay.state === 'sent') await this.#goOn(tenant, endpoint, known);
  }

  async #goOn(tenant: string, endpoint: SentStream, known: StreamState): Promise<void> {
    const state = await this.#parts.states.change(tenant, endpoint.id, (now) =>
      now?.delivery === known.delivery && now?.upTo !== undefined ? without(now, now.upTo) : undefined,
    );
    if (state !== undefined && state.delivery === undefined && state.pausedAt === undefined)
      await this.#file(tenant, endpoint, state);
  }

  async #giveUp(tenant: string, endpoint: SentStream, { delivery }: StreamState, reply: string): Promise<void> {
    const pausedAt = this.#parts.clock.now().toISOString();
    await this.#parts.states.change(tenant, endpoint.id, (now) =>
      now?.delivery === delivery && now !== undefined
        ? { ...without(now, now.position), pausedAt, reason: `given up after many tries: ${reply}`.slice(0, 300) }
        : undefined,
    );
  }

  async #fileAgain(tenant: string, endpoint: SentStream, known: StreamState): Promise<void> {
    const state = await this.#parts.states.change(tenant, endpoint.id, (now) =>
      now?.delivery === known.delivery && now !== undefined ? without(now, now.position) : undefined,
    );
    if (state !== undefined && state.delivery === undefined && state.pausedAt === undefined)
      await this.#file(tenant, endpoint, state);
  }

  /** Files the next delivery, where there is something to tell. */
  async #file(tenant: string, endpoint: SentStream, known: StreamState): Promise<void> {
    const { states, outbox, clock, wake } = this.#parts;
    const next = await this.#next(tenant, endpoint, known.position);
    if (next.upTo === known.position) return;
    const id = `${clock.newId()}.webhook.${endpoint.id}`;
    const isStill = (now: StreamState | undefined): now is StreamState =>
      now !== undefined && now.delivery === undefined && now.position === known.position && now.pausedAt === undefined;
    const state = await states.change(tenant, endpoint.id, (now) => {
      if (!isStill(now)) return undefined;
      return next.isEmpty ? { ...now, position: next.upTo } : { ...now, delivery: id, upTo: next.upTo };
    });
    // Another process was first.
    if (state?.delivery !== id) return;
    await outbox.settleEvents(
      [],
      [streamDelivery(tenant, endpoint, id, { after: known.position, upTo: next.upTo }, clock.now().toISOString())],
    );
    wake();
  }

  /** How far the next delivery goes, and whether there is nothing in it that is asked for. */
  async #next(
    tenant: string,
    { kind, events: patterns, ...endpoint }: SentStream,
    position: number,
  ): Promise<{ readonly upTo: number; readonly isEmpty: boolean }> {
    const { events } = this.#parts;
    const most = kind === 'siem' && 'batch' in endpoint ? endpoint.batch : tokensAtOnce;
    let upTo = Math.max(position, (await events.base(tenant)).seq);
    let wanted = 0;
    for (let read = 0; read < mostPassed;) {
      const entries = await events.read(tenant, upTo, chunk);
      for (const entry of entries) {
        upTo = entry.seq;
        const type = readPart<Facts>(entry.facts)?.[1];
        if (type !== undefined && asksFor(patterns, type)) wanted += 1;
        if (wanted === most) return { upTo, isEmpty: false };
      }
      read += entries.length;
      if (entries.length < chunk) break;
    }
    return { upTo, isEmpty: wanted === 0 };
  }
}

/** The state once nothing is on its way any more. */
function without({ delivery, upTo, ...state }: StreamState, position: number): StreamState {
  void [delivery, upTo];
  return { ...state, position };
}

function streamDelivery(
  tenant: string,
  { id: endpoint }: SentStream,
  id: string,
  stream: { readonly after: number; readonly upTo: number },
  now: string,
): Delivery {
  const [first = id] = id.split('.webhook.');
  return {
    id,
    tenant,
    channel: 'webhook',
    template: 'event',
    userId: subscriberOf(endpoint),
    eventId: first,
    data: { endpoint, stream },
    state: 'queued',
    createdAt: now,
    notBefore: now,
    attempts: 0,
    domain: subscriberOf(endpoint),
    messageId: `msg_${first}`,
    // Its end is told to the stream, which goes on.
    reported: true,
  };
}
