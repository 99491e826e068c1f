import { isJsonObject, type JsonObject } from '../base/json.ts';
import type { Clock } from '../base/clock.ts';
import { RefusedAddressError } from '../network/public-address.ts';
import type { Settings } from '../config/settings.ts';
import { auditResource } from '../history/audit-event.ts';
import { type ChainEntry, type Facts, readPart } from '../history/chain-entry.ts';
import type { EventLog } from '../history/event-log.ts';
import type { Addressee } from '../notify/delivery/addressee.ts';
import type { Channel } from '../notify/delivery/channel.ts';
import type { Delivery } from '../notify/delivery/delivery.ts';
import type { SendResult } from '../notify/delivery/send-result.ts';
import type { PostWebhook } from '../webhooks/post-webhook.ts';
import { readRetryAfter } from '../webhooks/retry-after.ts';
import { signWebhook } from '../webhooks/sign-webhook.ts';
import { asksFor, isStream, type SentStream } from './stream-endpoint.ts';
import { type Feed, placeOf, type TokenClaims, tokensOf } from './security-events.ts';
import type { StreamPump } from './stream-pump.ts';
import type { StreamStates } from './stream-states.ts';
import type { TokenSigner } from './token-signer.ts';

/** What the streams are sent with. */
export interface StreamSenderParts {
  readonly settingsOf: (tenant: string) => Settings;
  readonly events: Pick<EventLog, 'read'>;
  readonly states: StreamStates;
  readonly pump: Pick<StreamPump, 'ended'>;
  readonly signer: Pick<TokenSigner, 'sign'>;
  readonly feedOf: (tenant: string, endpoint: { readonly id: string; readonly audience: string | null }) => Feed;
  /** The signing keys behind a tenant's endpoint's `secrets`, in that order. */
  readonly keysOf: (tenant: string, secrets: readonly string[]) => Promise<readonly Buffer[]>;
  /** What is at a place where a secret is kept. */
  readonly textOf: (tenant: string, reference: string) => Promise<string>;
  readonly post: PostWebhook;
  readonly clock: Clock;
}

/** Answers whose `Retry-After` counts. */
const waits: ReadonlySet<number> = new Set([429, 503]);
const chunk = 1_000;
const verification = 'https://schemas.openid.net/secevent/ssf/event-type/verification';

/** The webhook channel with one that sends streams, each where it belongs. */
export function withStreams(channel: Channel, parts: StreamSenderParts): Channel {
  return {
    ...channel,
    send: async (delivery, ready) => {
      const endpoint = streamOf(parts.settingsOf(delivery.tenant), delivery);
      if (endpoint === undefined) return channel.send(delivery, ready);
      return endpoint.kind === 'siem' ? sendBatch(parts, delivery, endpoint) : sendTokens(parts, delivery, endpoint);
    },
  };
}

/** The addressee of webhook deliveries, where those of streams are told to the stream. */
export function streamSubscribers(
  others: Addressee,
  { settingsOf, states, pump }: Pick<StreamSenderParts, 'settingsOf' | 'states' | 'pump'>,
): Addressee {
  return {
    ...others,
    prepare: async (delivery) => {
      const endpoint = streamOf(settingsOf(delivery.tenant), delivery);
      if (endpoint === undefined || delivery.data['stream'] === undefined) return others.prepare(delivery);
      const state = await states.find(delivery.tenant, endpoint.id);
      if (state?.pausedAt !== undefined) return { outcome: 'cancel', reason: 'The stream is paused.' };
      if (state?.delivery !== delivery.id) return { outcome: 'cancel', reason: 'The stream goes on elsewhere.' };
      return { outcome: 'send', to: endpoint.id, locales: [], values: {} };
    },
    report: async (delivery) => {
      await others.report(delivery);
      await pump.ended(delivery);
    },
  };
}

function streamOf({ webhooks }: Settings, { data }: Delivery): SentStream | undefined {
  const found = webhooks.find(({ id }) => id === data['endpoint']);
  return found !== undefined && isStream(found) && found.kind !== 'poll' ? found : undefined;
}

/** Many events of the audit as one webhook (Standard Webhooks), in the order of the chain. */
async function sendBatch(
  parts: StreamSenderParts,
  delivery: Delivery,
  { id: stream, url, secrets, events: patterns }: Extract<SentStream, { readonly kind: 'siem' }>,
): Promise<SendResult> {
  const { tenant, data } = delivery;
  const range = rangeOf(data['stream']);
  const now = parts.clock.now();
  const events: JsonObject[] = [];
  if (range !== undefined)
    for await (const entry of entriesIn(parts.events, tenant, range, patterns))
      events.push({ ...auditResource(entry), id: entry.id });
  const content =
    range === undefined && isJsonObject(data['payload'])
      ? data['payload']
      : { type: 'audit.batch', timestamp: now.toISOString(), data: { tenant, stream, ...range, events } };
  const body = JSON.stringify(content);
  const timestamp = Math.floor(now.getTime() / 1000);
  const id = delivery.messageId;
  return posted(parts, url, body, {
    'Content-Type': 'application/json',
    'User-Agent': 'Latchkey-Webhooks',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signWebhook({ id, timestamp, body }, await parts.keysOf(tenant, secrets)),
  });
}

/** One token after another (RFC 8935 §2); those that were taken are not sent again. */
async function sendTokens(
  parts: StreamSenderParts,
  delivery: Delivery,
  endpoint: Extract<SentStream, { readonly kind: 'push' }>,
): Promise<SendResult> {
  const { tenant, data, messageId } = delivery;
  const range = rangeOf(data['stream']);
  const feed = parts.feedOf(tenant, endpoint);
  const headers = {
    'Content-Type': 'application/secevent+jwt',
    Accept: 'application/json',
    'User-Agent': 'Latchkey-Events',
    ...(endpoint.authorization === null
      ? {}
      : { Authorization: (await parts.textOf(tenant, endpoint.authorization)).trim() }),
  };
  const send = async (claims: TokenClaims): Promise<SendResult> =>
    posted(parts, endpoint.url, await parts.signer.sign(tenant, claims), headers);
  if (range === undefined) return send(verificationOf(feed, messageId, parts.clock.now()));
  const taken = (await parts.states.find(tenant, endpoint.id))?.taken ?? [];
  // They go in their order: of what is before the last one that was taken nothing is left.
  const reached = Math.max(0, ...taken.map((jti) => placeOf(jti, feed.id) ?? 0));
  let count = 0;
  for await (const entry of entriesIn(parts.events, tenant, range, endpoint.events))
    for (const claims of tokensOf(entry, feed)) {
      if (entry.seq < reached || taken.includes(claims.jti)) continue;
      const result = await send(claims);
      if (result.outcome !== 'accepted') return result;
      count += 1;
      await parts.states.change(tenant, endpoint.id, (state) =>
        state === undefined ? undefined : { ...state, taken: takenWith(state.taken, claims.jti, endpoint.id) },
      );
    }
  return { outcome: 'accepted', reply: `${count} tokens were taken.` };
}

function takenWith(taken: readonly string[], jti: string, stream: string): string[] {
  const place = placeOf(jti, stream);
  return [...taken.filter((one) => placeOf(one, stream) === place), jti];
}

/** The test of a stream (OpenID Shared Signals Framework, verification event). */
export function verificationOf(feed: Feed, state: string, now: Date): TokenClaims {
  const { id, iss, aud } = feed;
  return {
    jti: `${id}.test.${state}`,
    iat: Math.floor(now.getTime() / 1000),
    iss,
    aud,
    txn: state,
    sub_id: { format: 'opaque', id },
    events: { [verification]: { state } },
  };
}

async function posted(
  { post, clock }: StreamSenderParts,
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<SendResult> {
  try {
    const { status, retryAfter } = await post(new URL(url), headers, body);
    const reply = `HTTP ${status}`;
    if (status >= 200 && status < 300) return { outcome: 'accepted', reply };
    const retryAfterMs =
      waits.has(status) && retryAfter !== undefined ? readRetryAfter(retryAfter, clock.now()) : undefined;
    return { outcome: 'temporary', reply, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  } catch (error) {
    const reply =
      error instanceof RefusedAddressError ? `Refused: ${error.message}.` : 'The endpoint could not be reached.';
    return { outcome: 'temporary', reply };
  }
}

async function* entriesIn(
  events: Pick<EventLog, 'read'>,
  tenant: string,
  { after, upTo }: { readonly after: number; readonly upTo: number },
  patterns: readonly string[],
): AsyncGenerator<ChainEntry> {
  for (let at = after; at < upTo;) {
    const entries = (await events.read(tenant, at, chunk)).filter(({ seq }) => seq <= upTo);
    for (const entry of entries) {
      const type = readPart<Facts>(entry.facts)?.[1];
      if (type !== undefined && asksFor(patterns, type)) yield entry;
    }
    const last = entries.at(-1);
    if (last === undefined) return;
    at = last.seq;
  }
}

function rangeOf(value: unknown): { readonly after: number; readonly upTo: number } | undefined {
  if (typeof value !== 'object' || value === null || !('after' in value) || !('upTo' in value)) return undefined;
  const { after, upTo } = value;
  return typeof after === 'number' && typeof upTo === 'number' ? { after, upTo } : undefined;
}
