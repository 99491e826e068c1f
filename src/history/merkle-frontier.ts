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
      addNode(subtrees, hash('sha256', Buffer.concat([leafPrefix, leaf]), 'buffer'), size);
      size += 1;
    }
    return new MerkleFrontier(size, subtrees);
  }

  /**
   * With a full subtree of more leaves, of which the root is known.
   * @param leaves how many: a power of two that `size` is a multiple of
   * @throws RangeError where it does not fit
   */
  addSubtree(root: Buffer, leaves: number): MerkleFrontier {
    if (bitsSet(leaves) !== 1 || this.size % leaves !== 0) throw new RangeError('the subtree does not fit the tree');
    const subtrees = [...this.#subtrees];
    addNode(subtrees, root, this.size / leaves);
    return new MerkleFrontier(this.size + leaves, subtrees);
  }

  /** The root of the tree; of an empty one the hash of nothing. */
  get root(): Buffer {
    const [last, ...others] = [...this.#subtrees].reverse();
    if (last === undefined) return hash('sha256', '', 'buffer');
    return others.reduce((right, left) => hashOfNode(left, right), last);
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

/** @param before how many nodes of its height there are before it */
function addNode(subtrees: Buffer[], node: Buffer, before: number): void {
  let joined = node;
  for (let rest = before; rest % 2 === 1; rest = Math.floor(rest / 2)) joined = hashOfNode(subtrees.pop()!, joined);
  subtrees.push(joined);
}

const leafPrefix = Buffer.of(0);
const pair = Buffer.alloc(65);
pair[0] = 1;

function hashOfNode(left: Buffer, right: Buffer): Buffer {
  left.copy(pair, 1);
  right.copy(pair, 33);
  return hash('sha256', pair, 'buffer');
}

function bitsSet(size: number): number {
  return size.toString(2).replaceAll('0', '').length;
}
