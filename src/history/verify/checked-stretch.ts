import { type ChainEntry, hashOfEntry, isErased } from '../chain-entry.ts';
import { MerkleFrontier } from '../merkle-frontier.ts';
import type { Misfiled } from '../event-log.ts';
import { type Mark, markOf } from './blanked-entries.ts';

/**
 * Entries that follow one another without a gap, each with the hash that it has: worked out elsewhere, so that
 * the one who goes on with the chain need not read them.
 */
export interface CheckedStretch {
  /** How many there are. */
  readonly count: number;
  /** The place of the first. */
  readonly first: number;
  /** What the first follows on. */
  readonly prev: string;
  /** How many have lost the values of a person. */
  readonly erased: number;
  /** The hashes of all, 32 bytes each. */
  readonly hashes: Uint8Array;
  /** The root of the subtree whose leaves they are, where they are those of a full one. */
  readonly subtree?: Uint8Array;
  readonly last: ChainEntry;
  /** Entries that have lost values, and those that tell of it. */
  readonly marks: readonly Mark[];
}

/** Rows of a chain as they were read: checked, or as they are where anything is odd. */
export type CheckedRange = ({ readonly stretch: CheckedStretch } | { readonly entries: readonly ChainEntry[] }) & {
  /** Those that lists would not find by what they say. */
  readonly misfiled: readonly Misfiled[];
};

/**
 * Checks entries in the order of their places.
 * @returns undefined where anything at all is odd, or there are none: then they are to be looked at one by one
 */
export function checkStretch(tenant: string, entries: Iterable<ChainEntry>): CheckedStretch | undefined {
  let start: ChainEntry | undefined;
  let last: ChainEntry | undefined;
  const found: string[] = [];
  const marks: Mark[] = [];
  let erased = 0;
  for (const entry of entries) {
    start ??= entry;
    const prev = last === undefined ? start.prev : last.hash;
    if (entry.seq !== start.seq + found.length || entry.prev !== prev || entry.tenant !== tenant) return undefined;
    if (hashOfEntry(entry) !== entry.hash) return undefined;
    if (isErased(entry)) erased += 1;
    const mark = markOf(entry);
    if (mark !== undefined) marks.push(mark);
    found.push(entry.hash);
    last = entry;
  }
  if (start === undefined || last === undefined) return undefined;
  const hashes = new Uint8Array(Buffer.from(found.join(''), 'hex'));
  const subtree = subtreeOf(start.seq, hashes);
  return {
    count: found.length,
    first: start.seq,
    prev: start.prev,
    erased,
    hashes,
    ...(subtree && { subtree }),
    last,
    marks,
  };
}

/** Working it out here spares the one who goes on with the chain two hashes for each entry. */
function subtreeOf(first: number, hashes: Uint8Array): Buffer | undefined {
  const count = hashes.length / 32;
  if (!Number.isInteger(Math.log2(count)) || (first - 1) % count !== 0) return undefined;
  const leaves = Array.from({ length: count }, (_, n) => hashes.subarray(32 * n, 32 * n + 32));
  return new MerkleFrontier().add(leaves).root;
}
