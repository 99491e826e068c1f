import type { JSONWebKeySet } from 'jose';
import type { Json } from '../../base/json.ts';
import type { Log } from '../../base/log.ts';
import type { FetchText } from './fetch-key-set.ts';
import { readKeySet } from './public-keys.ts';

/** How long a set is used without asking again; how long it is kept while its issuer does not answer. */
const freshMs = 3_600_000;
const keptMs = 24 * 3_600_000;
/** The shortest time between two requests to one address, whatever key is asked for. */
const pauseMs = 10_000;
const mostSets = 1000;

interface KnownSet {
  keys?: JSONWebKeySet;
  /** When it was got, and when it was last asked for. */
  gotAt: number;
  askedAt: number;
  asking?: Promise<void> | undefined;
  /** Why it could not be got the last time. */
  fault?: string | undefined;
}

/** What key sets are got with. */
export interface KeySetsParts {
  readonly fetchText: FetchText;
  /** Milliseconds. */
  readonly now: () => number;
  readonly log: Pick<Log, 'warn'>;
}

/**
 * The public keys of issuers, by the address of their sets: cached for an hour, kept through an outage for a day, and
 * fetched again when a key is missing, at a limited rate.
 */
export class KeySets {
  readonly #parts: KeySetsParts;
  readonly #sets = new Map<string, KnownSet>();

  constructor(parts: KeySetsParts) {
    this.#parts = parts;
  }

  /**
   * The set at an address.
   * @param anew whether the cached set lacks the needed key
   * @returns undefined when there is no usable set
   */
  async at(url: string, anew = false): Promise<JSONWebKeySet | undefined> {
    const known = this.#known(url);
    const age = this.#parts.now() - known.gotAt;
    if (known.keys === undefined || age >= freshMs || anew) await this.#ask(url, known);
    return known.keys !== undefined && this.#parts.now() - known.gotAt < keptMs ? known.keys : undefined;
  }

  /** Why the set at an address could not be got the last time; undefined where it could. */
  faultAt(url: string): string | undefined {
    return this.#sets.get(url)?.fault;
  }

  #known(url: string): KnownSet {
    const known = this.#sets.get(url) ?? { gotAt: -Infinity, askedAt: -Infinity };
    // The one that was not asked for longest gives way.
    this.#sets.delete(url);
    this.#sets.set(url, known);
    if (this.#sets.size > mostSets) this.#sets.delete(this.#sets.keys().next().value!);
    return known;
  }

  #ask(url: string, known: KnownSet): Promise<void> {
    if (known.asking !== undefined) return known.asking;
    if (this.#parts.now() - known.askedAt < pauseMs) return Promise.resolve();
    known.askedAt = this.#parts.now();
    known.asking = this.#fetch(url, known).finally(() => {
      known.asking = undefined;
    });
    return known.asking;
  }

  async #fetch(url: string, known: KnownSet): Promise<void> {
    const { fetchText, now, log } = this.#parts;
    try {
      known.keys = readKeySet(JSON.parse(await fetchText(new URL(url))) as Json);
      known.gotAt = now();
      known.fault = undefined;
    } catch (cause) {
      const reason = cause instanceof SyntaxError ? 'it is not JSON' : cause instanceof Error ? cause.message : '';
      known.fault = `${new URL(url).host}: ${reason}`.slice(0, 200);
      log.warn({ host: new URL(url).host, reason }, 'the keys of an issuer could not be fetched');
    }
  }
}
