/** How often something has happened of late under one key. */
export interface Tally {
  readonly count: number;
  /** When it last happened: ISO 8601 UTC. */
  readonly lastAt: string;
}

/**
 * PORT: counts that all processes share, that outlive restarts, and that time forgets. Keys are short and do not reveal
 * the user; see `KeyedTallies`.
 */
export interface Tallies {
  /** The tallies of these keys that are not out of date, by key. */
  read(keys: readonly string[], now: Date): Promise<ReadonlyMap<string, Tally>>;
  /**
   * Counts one more under a key, atomically: of several at once each gets a number of its own. An expired tally starts
   * again with one.
   * @param memoryMs how long after this the tally is remembered, in milliseconds
   */
  add(key: string, now: Date, memoryMs: number): Promise<Tally>;
  /** Removes tallies, if there are any. */
  forget(keys: readonly string[]): Promise<void>;
  /** Removes expired tallies and, beyond `most` of the others, those that expire first. */
  purge(now: Date, most: number): Promise<void>;
}
