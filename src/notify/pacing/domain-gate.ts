import { Breaker } from './breaker.ts';
import type { SendResult } from '../delivery/send-result.ts';

/**
 * May a delivery to a domain be sent now? `wait`: not while others to it are under way. `paused`: the domain keeps
 * failing.
 */
export type GateVerdict =
  { readonly verdict: 'go' | 'wait' } | { readonly verdict: 'paused'; readonly forMs: number; readonly reply: string };

/** What a try says about a domain. `throttled`: it, or the server for all, is sent too much. `unknown`: nothing. */
export type DomainVerdict = 'worked' | 'failed' | 'throttled' | 'unknown';

/** Ends a try at a domain; only the first call counts. `now` in elapsed ms. */
export type Permit = (result: DomainVerdict, now: number, reply: string) => void;

interface DomainState {
  readonly breaker: Breaker;
  /** Open for a moment after the domain was throttled: then others are tried first, and show whether all are. */
  readonly throttle: Breaker;
  underWay: number;
  lastReply: string;
}

const throttleSettings = { threshold: 1, firstPauseMs: 2000, longestPauseMs: 20_000 };
const settings = { threshold: 3, firstPauseMs: 60_000, longestPauseMs: 15 * 60_000 };

/**
 * Keeps one bad domain from starving the others: a domain that last failed gets one try at a time, all such domains
 * together at most half the slots, and one that keeps failing is paused. Times are elapsed ms.
 */
export class DomainGate {
  readonly #domains = new Map<string, DomainState>();
  readonly #perDomain: number;
  readonly #suspectSlots: number;
  readonly #random: () => number;
  #suspectsUnderWay = 0;
  /** Throttled since the last try that worked. */
  readonly #throttled = new Set<DomainState>();

  /**
   * @param slots how many sends the worker has under way at most
   * @param perDomain how many of them may go to one healthy domain
   */
  constructor(slots: number, perDomain: number, random: () => number) {
    this.#perDomain = perDomain;
    this.#suspectSlots = Math.max(1, Math.floor(slots / 2));
    this.#random = random;
  }

  /** @param domain undefined while it is not known: always goes */
  ask(domain: string | undefined, now: number): GateVerdict {
    const state = domain === undefined ? undefined : this.#domains.get(domain);
    if (state === undefined) return { verdict: 'go' };
    const forMs = state.breaker.remaining(now);
    if (forMs > 0) return { verdict: 'paused', forMs, reply: state.lastReply };
    if (state.throttle.remaining(now) > 0) return { verdict: 'wait' };
    const free = state.breaker.suspect
      ? state.underWay === 0 && this.#suspectsUnderWay < this.#suspectSlots
      : state.underWay < this.#perDomain;
    return { verdict: free ? 'go' : 'wait' };
  }

  /**
   * Sending works again. If several domains were throttled, the server throttled them all, so none needs to wait any
   * longer.
   */
  #resume(): void {
    if (this.#throttled.size > 1) for (const { throttle } of this.#throttled) throttle.succeeded();
    this.#throttled.clear();
  }

  /** Counts a try as under way until it leaves. */
  enter(domain: string): Permit {
    const state = this.#domains.get(domain) ?? {
      breaker: new Breaker(settings, this.#random),
      throttle: new Breaker(throttleSettings, this.#random),
      underWay: 0,
      lastReply: '',
    };
    this.#domains.set(domain, state);
    const asSuspect = state.breaker.suspect;
    state.underWay += 1;
    if (asSuspect) this.#suspectsUnderWay += 1;
    let left = false;
    return (result, now, reply) => {
      if (left) return;
      left = true;
      state.underWay -= 1;
      if (asSuspect) this.#suspectsUnderWay -= 1;
      if (result === 'throttled') {
        state.throttle.failed(now);
        this.#throttled.add(state);
      }
      if (result === 'worked') {
        state.breaker.succeeded();
        state.throttle.succeeded();
        this.#resume();
      }
      if (result === 'failed') {
        state.breaker.failed(now);
        state.lastReply = reply;
      }
      if (state.underWay === 0 && !state.breaker.suspect && !state.throttle.suspect) this.#domains.delete(domain);
    };
  }
}

/**
 * Does a temporary answer speak of the whole domain? Not where its enhanced status code (RFC 3463) speaks of one
 * mailbox (4.2.x) or of policy, as greylisting does (4.7.x): the next recipient may well be taken.
 */
export function concernsDomain(reply: string): boolean {
  return !/^4\d\d[ -]4\.[27]\.\d/.test(reply);
}

/** What the answer to a send says about the domain; undefined: the send came to no answer. */
export function verdictOnDomain(result: SendResult | undefined): DomainVerdict {
  if (result?.outcome === 'throttled') return 'throttled';
  if (result?.outcome === 'accepted' || result?.outcome === 'permanent') return 'worked';
  return result?.outcome === 'temporary' && concernsDomain(result.reply) ? 'failed' : 'unknown';
}

/** The domain of a mail address, in lower case; undefined for what has none, such as a phone number. */
export function domainOf(to: string): string | undefined {
  const at = to.lastIndexOf('@');
  return at === -1 ? undefined : to.slice(at + 1).toLowerCase();
}
