import { expect } from 'chai';
import { TypeCounts } from '../../../../src/store/mongo/search/type-counts.ts';

/** A collection of so many records that says how often it was counted to the end. */
function recordsOf(size: number) {
  const records = {
    size,
    whole: 0,
    count: async (_filter: unknown, limit?: number) => {
      if (limit === undefined) records.whole += 1;
      return Math.min(records.size, limit ?? Infinity);
    },
  };
  return records;
}

describe('Counts of a type', () => {
  it('are exact at every moment while they are small', async () => {
    const records = recordsOf(9_999);
    const counts = new TypeCounts(records);
    expect(await counts.count('acme', 'User')).to.equal(9_999);
    records.size = 7;
    expect(await counts.count('acme', 'User')).to.equal(7);
    expect(records.whole).to.equal(0);
  });

  it('are kept when they are large, follow what this process does, and are counted again after a while', async () => {
    let now = 0;
    const records = recordsOf(1_000_000);
    const counts = new TypeCounts(records, () => now);
    for (let n = 0; n < 100; n += 1) expect(await counts.count('acme', 'User')).to.equal(1_000_000);
    expect(records.whole).to.equal(1);
    counts.changed('acme', 'User', 1);
    counts.changed('acme', 'User', 1);
    counts.changed('acme', 'User', -1);
    counts.changed('acme', 'Group', 1);
    expect(await counts.count('acme', 'User')).to.equal(1_000_001);
    // Another process has created some.
    records.size = 1_000_010;
    now += 60_000;
    expect(await counts.count('acme', 'User')).to.equal(1_000_010);
    expect(records.whole).to.equal(2);
  });

  it('are counted once for many who ask at once', async () => {
    const records = recordsOf(1_000_000);
    const counts = new TypeCounts(records);
    await Promise.all(Array.from({ length: 50 }, () => counts.count('acme', 'User')));
    expect(records.whole).to.equal(1);
  });
});
