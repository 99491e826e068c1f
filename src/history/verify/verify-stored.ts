import type { ChainEntry } from '../chain-entry.ts';
import type { CheckedRange } from './checked-stretch.ts';
import { ChainVerifier } from './verify-chain.ts';
import type { ChainVerdict, ChainVerifierOptions } from './chain-verdict.ts';

/** Where a chain is read from. */
export interface ChainSource {
  /** All rows after a place in the order of the chain, checked where nothing is odd. */
  ranges(tenant: string, after: number): AsyncIterable<CheckedRange>;
  /** Rows after a place. */
  read(tenant: string, after: number, limit: number): Promise<readonly ChainEntry[]>;
}

/** Verifies a chain where it is kept, from its base on. */
export async function verifyStored(source: ChainSource, options: ChainVerifierOptions): Promise<ChainVerdict> {
  const { tenant, base } = options;
  const verifier = new ChainVerifier(options);
  for await (const range of source.ranges(tenant, base.seq)) {
    verifier.addMisfiled(range.misfiled);
    if ('stretch' in range && verifier.addStretch(range.stretch)) continue;
    const entries =
      'entries' in range ? range.entries : await source.read(tenant, range.stretch.first - 1, range.stretch.count);
    for (const entry of entries) verifier.add(entry);
  }
  return verifier.finish();
}
