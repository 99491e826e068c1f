import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/**
 * The time and id seam: everything that needs "now" or a new id is handed one of these, so tests can hold time still.
 */
export interface Clock {
  /** The present moment. */
  now(): Date;
  /** A new id: a UUID version 7, so ids sort by the moment they were made (RFC 9562 §5.7). */
  newId(): string;
}

/**
 * Bytes of randomness drawn at once: one call to the system for each id would cost more than everything else about the
 * id.
 */
const drawn = Buffer.alloc(16 * 256);
let used = drawn.length;

function random16(): Buffer {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  used += 16;
  return drawn.subarray(used - 16, used);
}

let msecs = 0;
let seq = 0;

/** Ids of one millisecond, and those made while the machine's clock goes back, count up (RFC 9562 §6.2, method 1). */
function newId(): string {
  const random = random16();
  const now = Date.now();
  // The counter begins in the lower half of its range, so that the upper half is left to count in.
  seq = now > msecs ? random.readUInt32BE(6) >>> 1 : seq + 1;
  msecs = Math.max(now, msecs);
  return v7({ random, msecs, seq });
}

/** The machine's own time and random ids. */
export const systemClock: Clock = { now: () => new Date(), newId };
