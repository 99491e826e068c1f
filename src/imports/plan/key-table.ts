import { hash as digestOf } from 'node:crypto';

/** Of each key at most so many second lines are known by number. */
const mostSeconds = 100_000;

/**
 * Which line of a file has a key, for a million keys in some ten megabytes: of each key 48 bits of its hash beside its
 * place. Two different keys of a million are taken for one another once in many thousand files.
 */
export class KeyTable {
  readonly #size: number;
  readonly #low: Uint32Array;
  readonly #high: Uint16Array;
  readonly #lines: Uint32Array;
  readonly #seconds = new Map<number, number>();

  /** @param count how many keys there will be at most */
  constructor(count: number) {
    this.#size = Math.max(16, Math.ceil(count * 1.4));
    this.#low = new Uint32Array(this.#size);
    this.#high = new Uint16Array(this.#size);
    this.#lines = new Uint32Array(this.#size);
  }

  /** Notes a key and its line. */
  add(key: string, line: number): void {
    const slot = this.#slotOf(key);
    if (this.#lines[slot] === 0) this.#lines[slot] = line;
    else if (!this.#seconds.has(slot) && this.#seconds.size < mostSeconds) this.#seconds.set(slot, line);
  }

  has(key: string): boolean {
    return this.lineOf(key) !== undefined;
  }

  /** The first line that has a key. */
  lineOf(key: string): number | undefined {
    const line = this.#lines[this.#slotOf(key)];
    return line === 0 ? undefined : line;
  }

  /** By which `lineOfHash` finds a key. */
  static hashOf(key: string): Buffer {
    return digestOf('md5', key, 'buffer').subarray(0, 10);
  }

  /** The first line that has the key of a hash. */
  lineOfHash(hash: Buffer): number | undefined {
    const line = this.#lines[this.#placeOf(hash)];
    return line === 0 ? undefined : line;
  }

  /** Another line than this one that has the same key. */
  otherLine(key: string, line: number): number | undefined {
    const slot = this.#slotOf(key);
    const first = this.#lines[slot];
    if (first !== line) return first;
    return this.#seconds.get(slot);
  }

  /** The key's slot, filled with its hash where it is new. */
  #slotOf(key: string): number {
    const hash = KeyTable.hashOf(key);
    const slot = this.#placeOf(hash);
    if (this.#lines[slot] === 0) {
      this.#low[slot] = hash.readUInt32LE(0);
      this.#high[slot] = hash.readUInt16LE(4);
    }
    return slot;
  }

  #placeOf(hash: Buffer): number {
    const low = hash.readUInt32LE(0);
    const high = hash.readUInt16LE(4);
    let slot = hash.readUInt32LE(6) % this.#size;
    while (this.#lines[slot] !== 0 && (this.#low[slot] !== low || this.#high[slot] !== high))
      slot = (slot + 1) % this.#size;
    return slot;
  }
}
