import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../base/json.ts';
import { copiedParts, type CopiedPart, type CopySource, type CopyTarget } from '../store/copied-part.ts';

/** What became of one part: how many items each store has, and whether they are the same. */
export interface MigratedPart {
  readonly part: CopiedPart;
  readonly source: number;
  readonly target: number;
  readonly same: boolean;
}

/** Thrown where a store cannot be copied as it is. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/**
 * Copies a store to another, and holds both against each other, item by item as they are read back: by their number and
 * by a digest. What is there already is left as it is, so a copy that was broken off is begun again.
 * @param tell told of how far it is
 * @param mustStop true where it should end after the items at hand
 * @returns each part; undefined where it had to stop
 * @throws MigrationError, StoreUnavailableError: each says what to mend
 */
export async function migrateStores(
  source: CopySource,
  target: CopyTarget,
  tell: (part: CopiedPart, done: number, step: 'copied' | 'compared') => void = () => undefined,
  mustStop: () => boolean = () => false,
): Promise<readonly MigratedPart[] | undefined> {
  const why = source.whyNot();
  if (why !== undefined) throw new MigrationError(why);
  const sums = new Map<CopiedPart, Sum>();
  for (const part of copiedParts) {
    const sum = new Sum();
    sums.set(part, sum);
    for await (const items of source.read(part)) {
      if (mustStop()) return undefined;
      await target.write(part, items);
      for (const item of items) sum.add(item);
      tell(part, sum.count, 'copied');
    }
  }
  const report: MigratedPart[] = [];
  for (const [part, sum] of sums) {
    const copy = new Sum();
    for await (const items of target.read(part)) {
      if (mustStop()) return undefined;
      for (const item of items) copy.add(item);
      tell(part, copy.count, 'compared');
    }
    report.push({ part, source: sum.count, target: copy.count, same: copy.equals(sum) });
  }
  return report;
}

/** Items in any order: how many, and the sum of their digests. */
class Sum {
  count = 0;
  #sum = 0n;

  add(item: JsonObject): void {
    this.count += 1;
    const digest = createHash('sha256').update(canonical(item)).digest('hex');
    this.#sum = BigInt.asUintN(256, this.#sum + BigInt(`0x${digest}`));
  }

  equals(other: Sum): boolean {
    return this.count === other.count && this.#sum === other.#sum;
  }
}

/** JSON with its names in order: databases give them back in theirs. */
function canonical(value: Json): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
