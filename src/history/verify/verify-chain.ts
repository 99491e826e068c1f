import type { Checkpoint } from '../checkpoint.ts';
import { type ChainEntry, hashOfEntry, isErased } from '../chain-entry.ts';
import { BlankedEntries, markOf } from './blanked-entries.ts';
import type { CheckedStretch } from './checked-stretch.ts';
import { type CheckedEntry, type ChainFault, classify, misfiled, type OddRow, rewritten } from './chain-faults.ts';
import type { Misfiled } from '../event-log.ts';
import { chosen, filled } from './rows-in-place.ts';
import type { MerkleFrontier } from '../merkle-frontier.ts';
import type { ChainVerdict, ChainVerifierOptions } from './chain-verdict.ts';

/** So many entries in a row that follow one another end a search for faults. */
const enoughInOrder = 8;

const mostFaults = 100;

/**
 * Verifies a chain entry by entry, in the order in which they are kept. Memory does not grow where nothing is wrong.
 */
export class ChainVerifier {
  readonly #options: ChainVerifierOptions;
  readonly #checkpoints: Checkpoint[];
  readonly #faults: ChainFault[] = [];
  readonly #odd: OddRow[] = [];
  readonly #blanked: BlankedEntries;
  readonly #misfiled: Misfiled[] = [];
  readonly #holes = new Map<number, string | undefined>();
  #seq: number;
  #last: { readonly seq: number; readonly hash: string; readonly entry?: CheckedEntry };
  #frontier: MerkleFrontier | undefined;
  #window: CheckedEntry[] = [];
  #inOrder = 0;
  #entries = 0;
  #erased = 0;
  #proved = 0;
  #leaves: Buffer[] = [];
  #mismatch: Checkpoint | undefined;

  constructor(options: ChainVerifierOptions) {
    this.#options = options;
    const { base, checkpoints = [], marks } = options;
    this.#blanked = new BlankedEntries(marks);
    this.#seq = base.seq;
    this.#last = { seq: base.seq, hash: base.hash };
    this.#frontier = base.frontier;
    this.#checkpoints = checkpoints.filter(({ size }) => size >= base.seq).sort((one, other) => one.size - other.size);
    this.#prove(base.seq);
  }

  /** The next entry. @param computed its hash, where that has been worked out elsewhere */
  add(entry: ChainEntry, computed = hashOfEntry(entry)): void {
    this.#entries += 1;
    if (isErased(entry)) this.#erased += 1;
    const isOwn = computed === entry.hash && entry.tenant === this.#options.tenant;
    if (this.#window.length === 0 && isOwn && entry.seq === this.#seq + 1 && entry.prev === this.#last.hash) {
      this.#place(entry.seq, entry.hash, entry);
      return;
    }
    this.#search({ entry, computed, isOwn });
  }

  /**
   * Entries that were checked elsewhere.
   * @returns false where they do not go on from here without a fault: then they are to be added one by one
   */
  addStretch({ count, first, prev, erased, hashes, subtree, last, marks }: CheckedStretch): boolean {
    if (this.#window.length > 0 || first !== this.#seq + 1 || prev !== this.#last.hash) return false;
    this.#entries += count;
    this.#erased += erased;
    for (const mark of marks) this.#blanked.add(mark);
    const isAtOnce = subtree !== undefined && this.#takes(subtree, count);
    if (isAtOnce) this.#seq += count;
    else
      for (let index = 0; index < count; index += 1) {
        this.#leaves.push(Buffer.from(hashes.buffer, hashes.byteOffset + 32 * index, 32));
        this.#seq += 1;
        if (this.#seq !== this.#checkpoints[0]?.size) continue;
        this.#flush();
        this.#prove(this.#seq);
      }
    this.#last = { seq: last.seq, hash: last.hash, entry: { entry: last, computed: last.hash, isOwn: true } };
    this.#flush();
    this.#prove(this.#seq);
    return true;
  }

  /** Entries that lists would not find by what they say: a fault each, unless their content is not theirs either. */
  addMisfiled(entries: readonly Misfiled[]): void {
    this.#misfiled.push(...entries.slice(0, mostFaults - this.#misfiled.length));
  }

  /**
   * What came of it.
   * @param end where the chain is said to end, where that was not known before; `unfinished` where the file broke off
   * @param receipt a checkpoint over that end
   */
  finish(end: number | 'unfinished' | undefined = this.#options.end, receipt?: Checkpoint): ChainVerdict {
    this.#close();
    const { tenant, base } = this.#options;
    const needed = Math.max(typeof end === 'number' ? end : 0, receipt?.size ?? 0, this.#checkpoints.at(-1)?.size ?? 0);
    this.#findLast(needed);
    this.#faults.push(...classify(tenant, this.#odd, this.#holes, this.#seq), ...this.#blanked.faults());
    const known = new Set(this.#faults.map(({ seq }) => seq));
    this.#faults.push(...this.#misfiled.filter(({ seq }) => !known.has(seq)).map(misfiled));
    this.#faults.sort((one, other) => one.seq - other.seq);
    if (needed > this.#seq)
      this.#faults.push({
        seq: this.#seq + 1,
        kind: 'cut',
        detail: `the chain ends at ${this.#seq}, ${needed - this.#seq} entries before its end at ${needed}`,
      });
    else if (end === 'unfinished')
      this.#faults.push({ seq: this.#seq + 1, kind: 'cut', detail: 'the file ends without a receipt' });
    this.#flush();
    if (receipt?.size === this.#seq) {
      if (this.#frontier?.root.toString('base64') === receipt.root) this.#proved = this.#seq;
      else this.#mismatch ??= receipt;
    }
    if (this.#mismatch !== undefined && this.#faults.length === 0)
      this.#faults.push({
        seq: base.seq + 1,
        kind: 'rebuilt',
        detail:
          `the entries up to ${this.#mismatch.size} follow one another, and are not those that the `
          + 'checkpoint was signed over',
      });
    const isGone = this.#faults.some(({ kind }) => kind === 'cut' || kind === 'removed' || kind === 'rebuilt');
    return {
      tenant,
      entries: this.#entries,
      first: base.seq + 1,
      last: this.#seq,
      erased: this.#erased,
      integrity: this.#faults.length === 0 ? 'intact' : 'broken',
      completeness: isGone ? 'incomplete' : this.#proved > 0 ? 'complete' : 'unproved',
      faults: this.#faults.slice(0, mostFaults),
      proved: this.#proved,
      hash: this.#last.hash,
      root: this.#frontier?.root.toString('base64') ?? '',
      frontier: this.#frontier,
    };
  }

  #place(seq: number, hash: string, entry?: ChainEntry): void {
    const mark = entry && markOf(entry);
    if (mark !== undefined) this.#blanked.add(mark);
    this.#seq = seq;
    this.#last = { seq, hash, ...(entry && { entry: { entry, computed: hash, isOwn: true } }) };
    this.#leaves.push(Buffer.from(hash, 'hex'));
    if (this.#leaves.length >= 4096 || seq === this.#checkpoints[0]?.size) this.#flush();
    this.#prove(seq);
  }

  /** Takes up so many leaves at once, where no checkpoint is to be held against a place among them. */
  #takes(subtree: Uint8Array, count: number): boolean {
    this.#flush();
    const next = this.#checkpoints[0]?.size ?? 0;
    if (this.#frontier === undefined || this.#frontier.size % count !== 0) return false;
    if (next > this.#seq && next < this.#seq + count) return false;
    this.#frontier = this.#frontier.addSubtree(Buffer.from(subtree), count);
    return true;
  }

  #flush(): void {
    this.#frontier = this.#frontier?.add(this.#leaves);
    this.#leaves = [];
  }

  #prove(seq: number): void {
    for (let next = this.#checkpoints[0]; next?.size === seq; next = this.#checkpoints[0]) {
      if (this.#frontier === undefined || this.#frontier.root.toString('base64') !== next.root) this.#mismatch ??= next;
      else this.#proved = seq;
      if (this.#checkpoints.length === 1) return;
      this.#checkpoints.shift();
    }
  }

  /** Collects what is around a fault until the chain goes on. */
  #search(row: CheckedEntry): void {
    const before = this.#window.at(-1);
    const follows =
      row.isOwn
      && (before === undefined
        || (before.isOwn && row.entry.seq === before.entry.seq + 1 && row.entry.prev === before.entry.hash));
    this.#window.push(row);
    this.#inOrder = follows ? this.#inOrder + 1 : row.isOwn ? 1 : 0;
    if (this.#inOrder >= enoughInOrder) this.#close();
  }

  /** The last entries may be in other places. */
  #findLast(needed: number): void {
    const whole = this.#odd.filter(({ isOwn }) => isOwn).sort((one, other) => one.entry.seq - other.entry.seq);
    for (const { entry } of whole) {
      if (entry.seq !== this.#seq + 1 || entry.seq > needed) continue;
      this.#holes.set(entry.seq, entry.hash);
      this.#place(entry.seq, entry.hash, entry);
    }
  }

  /** Decides about what was collected: which rows are in their places, which are odd, which places are empty. */
  #close(): void {
    const window = this.#window;
    if (window.length === 0) return;
    this.#window = [];
    this.#inOrder = 0;
    const whole = chosen(window, this.#last, this.#seq);
    const first = whole.find(({ entry }) => entry.seq === this.#seq + 1);
    const isLoose = first !== undefined && first.entry.prev !== this.#last.hash;
    // Where a checkpoint vouches for the entry before, the one after it is not the chain's own.
    const good =
      isLoose && this.#proved === this.#seq && this.#proved > 0 ? whole.filter((row) => row !== first) : whole;
    if (isLoose && good === whole && this.#last.entry !== undefined) this.#faults.push(rewritten(this.#last.entry));
    const bySeq = new Map(good.map((row) => [row.entry.seq, row]));
    for (const row of window) if (bySeq.get(row.entry.seq) !== row) this.#odd.push(row);
    const end = good.at(-1)?.entry.seq ?? this.#seq + (window.length === 0 ? 0 : filled(window, this.#seq));
    for (let seq = this.#seq + 1; seq <= end; seq += 1) {
      const row = bySeq.get(seq);
      const next = bySeq.get(seq + 1);
      if (row !== undefined) {
        if (next !== undefined && next.entry.prev !== row.entry.hash) this.#faults.push(rewritten(row));
        this.#place(seq, row.entry.hash, row.entry);
        continue;
      }
      this.#holes.set(seq, next?.entry.prev);
      const hash = next?.entry.prev ?? window.find(({ entry }) => entry.seq === seq)?.entry.hash;
      if (hash === undefined) this.#lose();
      this.#place(seq, hash ?? this.#last.hash);
    }
  }

  /** Without the hash of an entry that is gone no root can be worked out any more. */
  #lose(): void {
    this.#flush();
    this.#frontier = undefined;
  }
}
