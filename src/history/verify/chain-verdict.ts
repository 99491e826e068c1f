import type { Checkpoint } from '../checkpoint.ts';
import type { ChainHead } from '../chain-entry.ts';
import type { Mark } from './blanked-entries.ts';
import type { ChainFault } from './chain-faults.ts';
import type { MerkleFrontier } from '../merkle-frontier.ts';

/** What a verification comes to. */
export interface ChainVerdict {
  readonly tenant: string;
  /** How many entries were read, and the places of the first and last that is in its place. */
  readonly entries: number;
  readonly first: number;
  readonly last: number;
  /** How many of them have lost the values of a person. */
  readonly erased: number;
  /** Whether each entry is what was sealed, in its place. */
  readonly integrity: 'intact' | 'broken';
  /** Whether all entries are there; `unproved` without a checkpoint that reaches as far. */
  readonly completeness: 'complete' | 'incomplete' | 'unproved';
  /** The first hundred. */
  readonly faults: readonly ChainFault[];
  /** The size up to which a checkpoint vouches. */
  readonly proved: number;
  readonly hash: string;
  /** The Merkle root of all entries, base64. */
  readonly root: string;
  /** Where to go on from, when nothing is wrong. */
  readonly frontier: MerkleFrontier | undefined;
}

/** What a ChainVerifier is told. */
export interface ChainVerifierOptions {
  readonly tenant: string;
  /** Where the entries begin: the start of the chain, its base after retention, or what was verified before. */
  readonly base: ChainHead;
  /** Whose signature has been checked. */
  readonly checkpoints?: readonly Checkpoint[];
  /** Where the store says that the chain ends. */
  readonly end?: number;
  /** What entries that are not among these tell of erasures. */
  readonly marks?: readonly Mark[];
}
