import { v7 } from 'uuid';

/** The time and id seam: everything that needs "now" or a new id is handed one of these, so tests can hold time still. */
export interface Clock {
  /** The present moment. */
  now(): Date;
  /** A new id: a UUID version 7, so ids sort by the moment they were made (RFC 9562 §5.7). */
  newId(): string;
}

/** The machine's own time and random ids. */
export const systemClock: Clock = { now: () => new Date(), newId: () => v7() };
