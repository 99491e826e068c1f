import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import type { Settings } from '../config/settings.ts';
import type { EventLog } from '../history/event-log.ts';
import { type Facts, readPart } from '../history/chain-entry.ts';
import type { RequestContext } from '../scim/port/resource-handler.ts';
import type { TokenFeeds, TokensAsked, TokensGiven } from '../scim/port/token-feeds.ts';
import { type Feed, placeOf, type TokenClaims, tokensOf } from './security-events.ts';
import { asksFor } from './stream-endpoint.ts';
import { verificationOf } from './stream-sender.ts';
import type { StreamState, StreamStates } from './stream-states.ts';
import type { TokenSigner } from './token-signer.ts';

/** What the feeds are made of. */
export interface PolledFeedsParts {
  readonly settingsOf: (tenant: string) => Settings;
  readonly events: Pick<EventLog, 'base' | 'read'>;
  readonly states: StreamStates;
  readonly signer: Pick<TokenSigner, 'sign'>;
  readonly feedOf: (tenant: string, endpoint: { readonly id: string; readonly audience: string | null }) => Feed;
  readonly clock: Clock;
  /** How long a call waits for something to happen, and how often it looks, in milliseconds. */
  readonly waitMs?: number;
  readonly lookMs?: number;
}

const chunk = 500;
/** Entries read for one answer. */
const mostRead = 5_000;
/** Tokens out of their order that are remembered as taken; beyond it the earlier ones must be acknowledged first. */
const mostTaken = 1_000;

/** Feeds of security event tokens that their client fetches (RFC 8936): what is not acknowledged comes again. */
export class PolledFeeds implements TokenFeeds {
  readonly #parts: PolledFeedsParts;
  /** Feeds that a call waits at: another one is answered at once. */
  readonly #waiting = new Set<string>();

  constructor(parts: PolledFeedsParts) {
    this.#parts = parts;
  }

  async poll(context: RequestContext, id: string, asked: TokensAsked): Promise<TokensGiven | undefined> {
    const { settingsOf, states, waitMs = 10_000, lookMs = 250 } = this.#parts;
    const { tenant, client } = context;
    const endpoint = settingsOf(tenant).webhooks.find((one) => one.id === id);
    if (endpoint?.kind !== 'poll' || endpoint.client !== client.id) return undefined;
    await this.#acknowledge(tenant, id, asked);
    if (asked.maxEvents === 0) return { sets: {}, moreAvailable: false };
    const key = `${tenant}/${id}`;
    const mayWait = !asked.returnImmediately && !this.#waiting.has(key);
    if (mayWait) this.#waiting.add(key);
    try {
      for (let waited = 0; ; waited += lookMs) {
        const state = await states.find(tenant, id);
        const feed = limited(this.#parts.feedOf(tenant, endpoint), context);
        const found = await this.#collect(tenant, { feed, patterns: endpoint.events, state, most: asked.maxEvents });
        const isDone = found.claims.length > 0 || !mayWait || waited >= waitMs || context.isOver?.() === true;
        if (isDone) return await this.#given(tenant, found);
        await sleep(lookMs);
      }
    } finally {
      if (mayWait) this.#waiting.delete(key);
    }
  }

  async #given(tenant: string, { claims, more }: Collected): Promise<TokensGiven> {
    const signed = claims.map(async (one) => [one.jti, await this.#parts.signer.sign(tenant, one)] as const);
    return { sets: Object.fromEntries(await Promise.all(signed)), moreAvailable: more };
  }

  /** Tokens that were acknowledged, or that the receiver will not take, are not sent again. */
  async #acknowledge(tenant: string, id: string, { ack, setErrs }: TokensAsked): Promise<void> {
    const refused = Object.entries(setErrs);
    const ids = [...ack, ...refused.map(([jti]) => jti)];
    if (ids.length === 0) return;
    const [first] = refused;
    const fault = first && `${first[0].slice(0, 120)}: ${first[1].err} ${first[1].description}`.trim();
    await this.#parts.states.change(tenant, id, (state) => {
      if (state === undefined) return undefined;
      const { test, ...rest } = state;
      const ours = ids.filter((jti) => (placeOf(jti, id) ?? 0) > state.position);
      return {
        ...rest,
        ...(test === undefined || ids.includes(`${id}.test.${test}`) ? {} : { test }),
        taken: [...new Set([...state.taken, ...ours])].slice(0, mostTaken),
        ...(fault === undefined ? {} : { fault }),
      };
    });
  }

  /** Tokens that are not acknowledged, the oldest first; what has been dealt with is left behind. */
  async #collect(tenant: string, asked: Asked): Promise<Collected> {
    const { events, states, clock } = this.#parts;
    const { feed, patterns, state, most } = asked;
    if (state === undefined || state.pausedAt !== undefined) return { claims: [], more: false };
    const claims: TokenClaims[] = state.test === undefined ? [] : [verificationOf(feed, state.test, clock.now())];
    const taken = new Set(state.taken);
    let at = Math.max(state.position, (await events.base(tenant)).seq);
    let done = at;
    let more = false;
    for (let read = 0; !more;) {
      const entries = await events.read(tenant, at, chunk);
      for (const entry of entries) {
        const type = readPart<Facts>(entry.facts)?.[1];
        const open =
          type !== undefined && asksFor(patterns, type)
            ? tokensOf(entry, feed).filter(({ jti }) => !taken.has(jti))
            : [];
        more = open.length > 0 && claims.length + open.length > most;
        if (more) break;
        if (open.length === 0 && done === entry.seq - 1) done = entry.seq;
        claims.push(...open);
        at = entry.seq;
      }
      read += entries.length;
      if (entries.length < chunk) break;
      more ||= read >= mostRead;
    }
    if (done > state.position)
      await states.change(tenant, feed.id, (now) =>
        now === undefined || now.position !== state.position
          ? undefined
          : { ...now, position: done, taken: now.taken.filter((jti) => (placeOf(jti, feed.id) ?? 0) > done) },
      );
    return { claims, more };
  }
}

interface Asked {
  readonly feed: Feed;
  readonly patterns: readonly string[];
  readonly state: StreamState | undefined;
  readonly most: number;
}

interface Collected {
  readonly claims: readonly TokenClaims[];
  readonly more: boolean;
}

/** Of what the client may not see it is told nothing. */
function limited(feed: Feed, { client }: RequestContext): Feed {
  return {
    ...feed,
    endpointOf: (type) => (client.resourceTypes?.includes(type) === false ? undefined : feed.endpointOf(type)),
  };
}
