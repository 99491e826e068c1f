import { hash } from 'node:crypto';

/**
 * A Merkle tree (RFC 6962 §2.1) of which only the right edge is kept: what is needed to add leaves and to name the
 * root, however many leaves there are. Immutable.
 */
export class MerkleFrontier {
  readonly size: number;
  readonly #subtrees: readonly Buffer[];

  /**
   * @param size how many leaves there are
   * @param subtrees the roots of the full subtrees, the largest first: one for each bit of `size` that is set
   * @throws RangeError where they do not fit the size
   */
  constructor(size = 0, subtrees: readonly Buffer[] = []) {
    if (subtrees.length !== bitsSet(size)) throw new RangeError('the subtrees do not fit the size of the tree');
    this.size = size;
    this.#subtrees = subtrees;
  }

  /** With more leaves. @param leaves what each leaf holds */
  add(leaves: Iterable<Uint8Array>): MerkleFrontier {
    const subtrees = [...this.#subtrees];
    let { size } = this;
    for (const leaf of leaves) {
      let node = hashOf(0, leaf);
      for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) node = hashOf(1, subtrees.pop()!, node);
      subtrees.push(node);
      size += 1;
    }
    return new MerkleFrontier(size, subtrees);
  }

  /** The root of the tree; of an empty one the hash of nothing. */
  get root(): Buffer {
    const [last, ...others] = [...this.#subtrees].reverse();
    if (last === undefined) return hash('sha256', '', 'buffer');
    return others.reduce((right, left) => hashOf(1, left, right), last);
  }

  /** What {@link readFrontier} reads. */
  toString(): string {
    return JSON.stringify([this.size, ...this.#subtrees.map((node) => node.toString('base64'))]);
  }
}

/** @throws RangeError, SyntaxError on what no frontier has written */
export function readFrontier(text: string): MerkleFrontier {
  const [size, ...subtrees] = JSON.parse(text) as [number, ...string[]];
  return new MerkleFrontier(
    size,
    subtrees.map((node) => Buffer.from(node, 'base64')),
  );
}

function hashOf(kind: 0 | 1, ...parts: readonly Uint8Array[]): Buffer {
  return hash('sha256', Buffer.concat([prefixes[kind], ...parts]), 'buffer');
}

const prefixes = [Buffer.of(0), Buffer.of(1)] as const;

function bitsSet(size: number): number {
  return size.toString(2).replaceAll('0', '').length;
}
