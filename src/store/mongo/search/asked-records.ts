import type { KeyTest, StoreQuery } from '../../../provisioning/records/resource-store.ts';
import type { Collections } from '../database/collections.ts';
import { indexedKey, searchField } from '../database/record-document.ts';
import type { MembershipMover } from '../members/membership-mover.ts';
import { resolveRelated } from './related-conditions.ts';
import { EVERY, NONE, translateCondition } from './translate-condition.ts';
import type { MongoQuery } from './translate-condition.ts';
import type { TypeCounts } from './type-counts.ts';

/** What a query asks of the records. */
export interface AskedRecords {
  readonly filter: MongoQuery;
  /** What the filter asks beside tenant and type. */
  readonly tests: readonly MongoQuery[];
  /** How many it lets through, where that is known in another way than by counting them. */
  readonly count?: () => Promise<number>;
}

/**
 * What a query means in MongoDB.
 * @returns undefined where it lets no record through
 */
export async function askRecords(
  collections: Collections,
  mover: MembershipMover,
  counts: TypeCounts,
  { tenant, type, condition, keys = [] }: StoreQuery,
): Promise<AskedRecords | undefined> {
  const related = condition && (await resolveRelated(collections, mover, tenant, condition));
  const translated = condition
    ? translateCondition(condition, { field: searchField, related: (each) => related?.get(each) ?? NONE })
    : EVERY;
  if (translated === NONE) return undefined;
  const tests = [...(translated === EVERY ? [] : [translated]), ...keys.map((test) => keyTest(tenant, type, test))];
  return tests.length === 0
    ? { filter: { tenant, type }, tests, count: () => counts.count(tenant, type) }
    : { filter: { tenant, type, $and: tests }, tests };
}

/** A test on look-up keys, which their index answers. */
function keyTest(tenant: string, type: string, { anyOf, not }: KeyTest): MongoQuery {
  const ranges = anyOf.map((range) =>
    'is' in range
      ? { lookupKeys: indexedKey(tenant, type, range.is) }
      : {
          lookupKeys: {
            $elemMatch: { $gte: indexedKey(tenant, type, range.from), $lt: indexedKey(tenant, type, range.below) },
          },
        },
  );
  return not === true ? { $nor: ranges } : ranges.length === 1 ? ranges[0]! : { $or: ranges };
}
