import type { Clock } from '../../base/clock.ts';
import type { Settings } from '../../config/settings.ts';
import type { EventLog } from '../../history/event-log.ts';
import { momentOf } from '../../history/audit-event.ts';
import { ConflictError, InvalidValueError, NotFoundError } from '../../scim/model/scim-error.ts';
import { isStream, type StreamEndpoint } from '../../streams/stream-endpoint.ts';
import type { StreamState, StreamStates } from '../../streams/stream-states.ts';
import { operation, type Operation } from '../operation.ts';
import { readMoment } from '../read-moment.ts';

/** How far a stream is, as administrators see it. */
export interface StreamView {
  readonly id: string;
  readonly kind: string;
  /** The last event that was taken, and the last there is. */
  readonly position: number;
  readonly end: number;
  readonly state: 'runs' | 'paused';
  readonly pausedAt?: string | undefined;
  readonly reason?: string | undefined;
  /** What the receiver said of a token. */
  readonly fault?: string | undefined;
}

/** What the operations work with. */
export interface StreamOperationsParts {
  readonly settingsOf: (tenant: string) => Settings;
  readonly states: StreamStates;
  readonly events: Pick<EventLog, 'head' | 'base' | 'read'>;
  /** Files what streams are to be sent. */
  readonly look: (tenant: string) => Promise<void>;
  readonly clock: Clock;
}

/** What administrators do about streams of the audit: pause, go on, tell again. */
export function streamOperations(parts: StreamOperationsParts): Readonly<Record<string, Operation>> {
  const { settingsOf, states, events, look, clock } = parts;
  const streamOf = (tenant: string, id: string): StreamEndpoint => {
    const endpoint = settingsOf(tenant).webhooks.find((one) => one.id === id);
    if (endpoint === undefined || !isStream(endpoint))
      throw new NotFoundError(`The settings have no stream '${id.slice(0, 100)}' of the kind siem, push or poll.`);
    return endpoint;
  };
  const view = async (tenant: string, endpoint: StreamEndpoint): Promise<StreamView> =>
    viewOf(endpoint, await states.find(tenant, endpoint.id), (await events.head(tenant)).seq);
  return {
    getStream: operation(async ({ actor: { tenant }, id }) => ({ body: await view(tenant, streamOf(tenant, id)) })),
    pauseStream: operation(async ({ actor: { tenant, client }, id }) => {
      const endpoint = streamOf(tenant, id);
      const { seq } = await events.head(tenant);
      const pausedAt = clock.now().toISOString();
      await states.change(tenant, id, (state) => {
        if (state?.pausedAt !== undefined) throw new ConflictError('The stream is paused already.');
        return { ...(state ?? { position: seq, taken: [] }), pausedAt, reason: `paused by ${client}` };
      });
      return { body: await view(tenant, endpoint) };
    }),
    resumeStream: operation(async ({ actor: { tenant }, id }) => {
      const endpoint = streamOf(tenant, id);
      await states.change(tenant, id, (state) => {
        if (state?.pausedAt === undefined) throw new ConflictError('The stream is not paused.');
        const { pausedAt, reason, ...rest } = state;
        void [pausedAt, reason];
        return rest;
      });
      await look(tenant);
      return { body: await view(tenant, endpoint) };
    }),
    replayStream: operation<{ readonly seq?: number; readonly since?: string }>(
      async ({ actor: { tenant }, id, body: { seq, since } }) => {
        const endpoint = streamOf(tenant, id);
        if ((seq === undefined) === (since === undefined))
          throw new InvalidValueError('Say from where: either seq, the place of an event, or since, a moment.');
        const from = seq ?? (await placeAt(parts, tenant, since ?? ''));
        const [base, head] = [await events.base(tenant), await events.head(tenant)];
        if (from > head.seq + 1)
          throw new InvalidValueError(`seq: the last event has ${head.seq}; say a place up to ${head.seq + 1}.`);
        const position = Math.max(base.seq, from - 1);
        await states.change(tenant, id, (state) => {
          const { delivery, upTo, ...rest } = state ?? { position, taken: [] };
          void [delivery, upTo];
          return { ...rest, position, taken: [] };
        });
        await look(tenant);
        return { status: 202, body: await view(tenant, endpoint) };
      },
    ),
  };
}

function viewOf({ id, kind }: StreamEndpoint, state: StreamState | undefined, end: number): StreamView {
  const { position = end, pausedAt, reason, fault } = state ?? {};
  return {
    id,
    kind,
    position: Math.min(position, end),
    end,
    state: pausedAt === undefined ? 'runs' : 'paused',
    pausedAt,
    reason: pausedAt === undefined ? undefined : reason,
    fault,
  };
}

/** The place of the first event that happened at a moment or later; events are sealed about in the order of time. */
async function placeAt({ events, settingsOf }: StreamOperationsParts, tenant: string, since: string): Promise<number> {
  const moment = readMoment('since', since, settingsOf(tenant).timezone).toISOString();
  let [low, high] = [(await events.base(tenant)).seq, (await events.head(tenant)).seq];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [entry] = await events.read(tenant, middle, 1);
    if (entry !== undefined && momentOf(entry) < moment) low = entry.seq;
    else high = middle;
  }
  return low + 1;
}
