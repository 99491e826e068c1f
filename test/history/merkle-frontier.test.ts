import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { MerkleFrontier, readFrontier } from '../../src/history/merkle-frontier.ts';

const leaves = Array.from({ length: 40 }, (_, n) => Buffer.from(`leaf ${n}`));

/** RFC 6962 §2.1, as it is written there. */
function treeHash(all: readonly Buffer[]): Buffer {
  const hash = (...parts: readonly Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
  if (all.length === 0) return hash();
  if (all.length === 1) return hash(Buffer.of(0), all[0]!);
  let k = 1;
  while (k * 2 < all.length) k *= 2;
  return hash(Buffer.of(1), treeHash(all.slice(0, k)), treeHash(all.slice(k)));
}

describe('the right edge of a Merkle tree', () => {
  it('names the root of RFC 6962 for every number of leaves, added at once or one by one', () => {
    let oneByOne = new MerkleFrontier();
    for (let size = 0; size <= leaves.length; size += 1) {
      const some = leaves.slice(0, size);
      expect(oneByOne.root, `${size} leaves`).to.deep.equal(treeHash(some));
      expect(new MerkleFrontier().add(some).root).to.deep.equal(treeHash(some));
      if (size < leaves.length) oneByOne = oneByOne.add([leaves[size]!]);
    }
  });

  it('takes a full subtree of which the root is known, and none that does not fit', () => {
    for (const [size, count] of [
      [0, 4],
      [4, 4],
      [12, 4],
      [24, 8],
      [32, 8],
      [5, 1],
    ] as const) {
      const frontier = new MerkleFrontier().add(leaves.slice(0, size));
      const { root } = new MerkleFrontier().add(leaves.slice(size, size + count));
      const joined = frontier.addSubtree(root, count);
      expect(joined.size).to.equal(size + count);
      expect(joined.root, `${size} and ${count}`).to.deep.equal(treeHash(leaves.slice(0, size + count)));
    }
    const three = new MerkleFrontier().add(leaves.slice(0, 3));
    expect(() => three.addSubtree(Buffer.alloc(32), 2)).to.throw(RangeError);
    expect(() => three.addSubtree(Buffer.alloc(32), 3)).to.throw(RangeError);
  });

  it('is written and read again', () => {
    const frontier = new MerkleFrontier().add(leaves.slice(0, 13));
    expect(readFrontier(frontier.toString()).add(leaves.slice(13)).root).to.deep.equal(treeHash(leaves));
  });

  it('refuses subtrees that do not fit the size', () => {
    expect(() => new MerkleFrontier(3, [Buffer.alloc(32)])).to.throw(RangeError);
  });
});
