import type { KeyTable } from './key-table.ts';

const hashBytes = 10;

/**
 * Finds rows of a file that would make somebody their own manager in the end: a reports to b, b to c, c to a. Of a
 * million rows it keeps some twenty megabytes.
 */
export class ManagerCycles {
  readonly #count: number;
  /** Of each row its line, in rising order, and the hash of its manager's key; all zeros: it names none. */
  readonly #lines: Uint32Array;
  #managers: Buffer | undefined;
  #rows = 0;
  #first: ReadonlyMap<number, number> = new Map();

  /** @param count how many rows there will be at most */
  constructor(count: number) {
    this.#count = count;
    this.#lines = new Uint32Array(count);
  }

  /** Notes a row. @param manager the hash of the manager's key, where the row names one */
  add(line: number, manager: Buffer | undefined): void {
    this.#lines[this.#rows] = line;
    if (manager !== undefined) {
      this.#managers ??= Buffer.alloc(this.#count * hashBytes);
      manager.copy(this.#managers, this.#rows * hashBytes, 0, hashBytes);
    }
    this.#rows += 1;
  }

  /** Looks for cycles, now that all rows are noted. @param table of the keys by which managers are named */
  find(table: KeyTable): void {
    const managers = this.#managers;
    if (managers === undefined) return;
    const none = Buffer.alloc(hashBytes);
    const superior = new Int32Array(this.#rows).fill(-1);
    for (let row = 0; row < this.#rows; row += 1) {
      const hash = managers.subarray(row * hashBytes, (row + 1) * hashBytes);
      const line = hash.equals(none) ? undefined : table.lineOfHash(hash);
      if (line !== undefined) superior[row] = this.#rowOf(line);
    }
    this.#managers = undefined;
    this.#first = cyclesIn(superior, this.#lines);
  }

  /** The first line of the cycle that a line is in; undefined where it is in none. */
  of(line: number): number | undefined {
    return this.#first.get(line);
  }

  /** By halves; -1 where no row has the line. */
  #rowOf(line: number): number {
    let [low, high] = [0, this.#rows - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.#lines[middle] ?? 0;
      if (found === line) return middle;
      if (found < line) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}

/** Of each line in a cycle the first line of it. */
function cyclesIn(superior: Int32Array, lines: Uint32Array): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  /** The walk in which a row was seen first. */
  const walks = new Int32Array(superior.length).fill(-1);
  for (let start = 0; start < superior.length; start += 1) {
    let at = start;
    while (at >= 0 && walks[at] === -1) {
      walks[at] = start;
      at = superior[at] ?? -1;
    }
    if (at < 0 || walks[at] !== start) continue;
    const members: number[] = [];
    for (let one = at; members.length === 0 || one !== at; one = superior[one] ?? -1) members.push(lines[one] ?? 0);
    const first = members.reduce((least, line) => Math.min(least, line));
    for (const line of members) found.set(line, first);
  }
  return found;
}
