import { createHmac } from 'node:crypto';
import { addressBlock } from '../../network/address-block.ts';
import type { Tallies, Tally } from '../../domain/tallies.ts';
import { delayAfter, failuresMemoryMs } from '../user/account-lock.ts';

/** A try to sign in, as far as limits are concerned. */
export interface SignInTry {
  readonly tenant: string;
  /** The unique key of the user name. */
  readonly name: string;
  /** The mark of the account's last proved change of password, so that a reset ends limits; empty for unknown names. */
  readonly mark: string;
  /** Where the person is, where that is known. */
  readonly address: string | undefined;
  /** The id of the browser, where the account's owner has signed in with it before. */
  readonly browser: string | undefined;
}

/** Until when tries are refused, where they are: ISO 8601 UTC. */
export interface Pauses {
  /** For a name without an account. */
  readonly name: string | undefined;
  /** For this name at this place, or for the place. */
  readonly place: string | undefined;
  /** For this browser of the account's owner. */
  readonly browser: string | undefined;
}

const minuteMs = 60_000;
/** Failures from one address that cause no delay; each successful sign-in from there allows some more. */
const addressAllowance = 100;
const allowancePerArrival = 3;
/** After each so many failures for one name, the place they come from is refused for that name. */
const failuresPerPlaceLock = 10;
const firstPlaceLockMs = 15 * minuteMs;
const longestPlaceLockMs = 24 * 60 * minuteMs;
const placeLocksMemoryMs = 2 * longestPlaceLockMs;
/** How long a try waits that others have overtaken. */
const overtakenMs = 5_000;
/** How long wrong codes are remembered: those for a live code, and those for no code at all. */
const codeMemoryMs = 30 * 24 * 60 * minuteMs;

/**
 * Counts failed sign-ins by everything that is not on the account itself, in the store, under keyed hashes: names
 * without an account, addresses, places at which a name is tried, the owner's own browsers, codes. Nothing of it says
 * whether there is such an account: names with and without one cost the same reads and writes.
 */
export class SignInLimits {
  readonly #tallies: Tallies;
  readonly #key: Buffer;

  /** @param key makes the hashes; 32 bytes */
  constructor(tallies: Tallies, key: Buffer) {
    this.#tallies = tallies;
    this.#key = key;
  }

  /** What is refused at this moment. */
  async pauses(attempt: SignInTry, now: Date): Promise<Pauses> {
    const { name, locks, address, arrivals, browser } = this.#keysOf(attempt);
    const read = await this.#tallies.read([name, locks, address, arrivals, browser], now);
    const allowance = addressAllowance + allowancePerArrival * (read.get(arrivals)?.count ?? 0);
    const until = (key: string, delayMs: (count: number) => number): string | undefined =>
      endOf(read.get(key), delayMs, now);
    const atPlace = until(locks, placeLockMs);
    const ofAddress = until(address, (count) => delayAfter(count - allowance));
    return {
      name: until(name, delayAfter),
      place: [atPlace, ofAddress]
        .filter((one) => one !== undefined)
        .sort()
        .at(-1),
      browser: until(browser, delayAfter),
    };
  }

  /**
   * Counts a failure.
   * @param hasAccount true where the account counts its failures itself
   */
  async fail(attempt: SignInTry, hasAccount: boolean, now: Date): Promise<void> {
    const { name, place, locks, address, browser } = this.#keysOf(attempt);
    if (attempt.browser !== undefined) {
      await this.#tallies.add(browser, now, failuresMemoryMs);
      return;
    }
    const counted = hasAccount ? [] : [this.#tallies.add(name, now, failuresMemoryMs)];
    if (attempt.address !== undefined) counted.push(this.#tallies.add(address, now, failuresMemoryMs));
    await Promise.all(counted);
    if (attempt.address === undefined) return;
    const { count } = await this.#tallies.add(place, now, longestPlaceLockMs);
    if (count % failuresPerPlaceLock === 0) await this.#tallies.add(locks, now, placeLocksMemoryMs);
  }

  /**
   * After a successful sign-in: the counts of this place and browser start again, and the address may fail somewhat
   * more often. What strangers have tried for the name still counts where the owner came by a browser that is known.
   */
  async succeed(attempt: SignInTry, now: Date): Promise<void> {
    const { name, place, locks, arrivals, browser } = this.#keysOf(attempt);
    await this.#tallies.forget([...(attempt.browser === undefined ? [name] : []), place, locks, browser]);
    if (attempt.address !== undefined) await this.#tallies.add(arrivals, now, failuresMemoryMs);
  }

  /**
   * Counts a try of a code, before it is checked: many at once are counted as so many one after another.
   * @param code names the code; undefined where there is none, which is counted all the same
   * @param bits what a guess at the code is up against
   * @returns `place`: this place may try it; `spent`: it has been guessed at too often, from everywhere together
   */
  async tryCode(
    { tenant, name, address }: SignInTry,
    code: string | undefined,
    bits: number,
    now: Date,
  ): Promise<{ readonly place: boolean; readonly spent: boolean }> {
    const subject = code ?? name;
    const memoryMs = code === undefined ? failuresMemoryMs : codeMemoryMs;
    const [total, here] = await Promise.all([
      this.#tallies.add(this.#hash('code', tenant, subject), now, memoryMs),
      this.#tallies.add(this.#hash('code at', tenant, subject, blockOf(address)), now, memoryMs),
    ]);
    const { everywhere, atOnePlace } = codeTries(bits);
    return { place: here.count <= atOnePlace, spent: total.count > everywhere };
  }

  /**
   * Counts a try at the name of somebody whose account does not count failures itself, before the secret is checked:
   * many at once are counted as so many one after another. `succeed` takes the count back.
   * @returns until when tries are refused; undefined: this one may be checked
   */
  async begin(attempt: SignInTry, now: Date): Promise<string | undefined> {
    const { name, place, browser } = this.#keysOf(attempt);
    const counted = attempt.browser === undefined ? [name, place] : [browser];
    const [before, pauses] = await Promise.all([this.#tallies.read(counted, now), this.pauses(attempt, now)]);
    const until = attempt.browser === undefined ? (pauses.place ?? pauses.name) : pauses.browser;
    if (until !== undefined) return until;
    await this.fail(attempt, false, now);
    const after = await this.#tallies.read(counted, now);
    // Others were counted since: only as many go on as would have gone on one after another.
    const overtaken = counted.find((key) => {
      const others = (after.get(key)?.count ?? 1) - 1;
      const isAlone = others <= (before.get(key)?.count ?? 0);
      return !isAlone && (key === place ? others >= failuresPerPlaceLock : delayAfter(others) > 0);
    });
    return overtaken === undefined ? undefined : pauseFrom(now);
  }

  /**
   * Counts a try of the secret that the holder of a session or of a first factor gives, before it is checked.
   * `passPresent` takes the count back.
   * @returns until when tries are refused; undefined: this one may be checked
   */
  async beginPresent(tenant: string, userId: string, now: Date): Promise<string | undefined> {
    const key = this.#hash('present', tenant, userId);
    const before = (await this.#tallies.read([key], now)).get(key);
    const until = endOf(before, delayAfter, now);
    if (until !== undefined) return until;
    const others = (await this.#tallies.add(key, now, failuresMemoryMs)).count - 1;
    return others > (before?.count ?? 0) && delayAfter(others) > 0 ? pauseFrom(now) : undefined;
  }

  /** The secret was right: its tries start again. */
  async passPresent(tenant: string, userId: string): Promise<void> {
    await this.#tallies.forget([this.#hash('present', tenant, userId)]);
  }

  #keysOf({ tenant, name, mark, address, browser }: SignInTry) {
    const block = blockOf(address);
    return {
      name: this.#hash('name', tenant, name),
      place: this.#hash('place', tenant, name, mark, block),
      locks: this.#hash('place locks', tenant, name, mark, block),
      address: this.#hash('address', tenant, block),
      arrivals: this.#hash('arrivals', tenant, block),
      browser: this.#hash('browser', tenant, browser ?? ''),
    };
  }

  #hash(...parts: readonly string[]): string {
    return createHmac('sha256', this.#key).update(JSON.stringify(parts)).digest('base64url');
  }
}

/**
 * How many wrong tries a code of so many bits can take: together they find it with a chance of one in ten thousand at
 * most, from one place one in a million. A code that is short takes 100, and 5.
 */
export function codeTries(bits: number): { readonly everywhere: number; readonly atOnePlace: number } {
  const codes = 2 ** bits;
  return { everywhere: Math.max(100, Math.floor(codes / 1e4)), atOnePlace: Math.max(5, Math.floor(codes / 1e6)) };
}

function placeLockMs(locks: number): number {
  return locks === 0 ? 0 : Math.min(longestPlaceLockMs, firstPlaceLockMs * 4 ** (locks - 1));
}

function endOf(tally: Tally | undefined, delayMs: (count: number) => number, now: Date): string | undefined {
  if (tally === undefined) return undefined;
  const until = new Date(Date.parse(tally.lastAt) + delayMs(tally.count));
  return until > now ? until.toISOString() : undefined;
}

/** Where many tries overtake one another: some seconds. */
function pauseFrom(now: Date): string {
  return new Date(now.getTime() + overtakenMs).toISOString();
}

function blockOf(address: string | undefined): string {
  return address === undefined ? '' : addressBlock(address);
}
