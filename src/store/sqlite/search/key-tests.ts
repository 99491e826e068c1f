import type { KeyRange, KeyTest } from '../../../provisioning/records/resource-store.ts';
import { joinSql, sql, type Sql } from '../database/sql.ts';

/** What is asked of look-up keys, as SQL: where the positions come from, and what is tested of each. */
export interface KeyedSource {
  /** A table `found` with the column `position`, each once. */
  readonly from: Sql;
  readonly tests: readonly Sql[];
}

/**
 * Leads a list by its look-up keys, reading no record: the narrowest kind of test gives the positions (a stretch of
 * keys, else one key), the others are tested against them.
 */
export function keyedSource(tenant: string, type: string, keys: readonly KeyTest[]): KeyedSource {
  const [lead, ...rest] = [...keys].sort((one, other) => weight(one) - weight(other));
  if (lead === undefined || lead.not === true)
    return {
      from: sql`(SELECT position FROM records WHERE tenant = ${tenant} AND type = ${type}) AS found`,
      tests: keyTests(tenant, type, keys),
    };
  const positions = positionsOf(tenant, type, lead);
  const from = isOneKey(lead) ? positions : sql`SELECT position FROM (${positions}) GROUP BY position`;
  return { from: sql`(${from}) AS found`, tests: keyTests(tenant, type, rest) };
}

/** Tests of the column `found.position`. */
export function keyTests(tenant: string, type: string, keys: readonly KeyTest[]): readonly Sql[] {
  return keys.map((test) => {
    const [only] = test.anyOf;
    const holds =
      isOneKey(test) && only !== undefined
        ? sql`EXISTS (SELECT 1 FROM lookup_keys WHERE ${inKeys(tenant, type, only)} AND position = found.position)`
        : sql`found.position IN (${positionsOf(tenant, type, test)})`;
    return test.not === true ? sql`NOT ${holds}` : holds;
  });
}

function positionsOf(tenant: string, type: string, { anyOf }: KeyTest): Sql {
  return joinSql(
    anyOf.map((range) => sql`SELECT position FROM lookup_keys WHERE ${inKeys(tenant, type, range)}`),
    ' UNION ALL ',
  );
}

function inKeys(tenant: string, type: string, range: KeyRange): Sql {
  return 'is' in range
    ? sql`tenant = ${tenant} AND type = ${type} AND key = ${range.is}`
    : sql`tenant = ${tenant} AND type = ${type} AND key >= ${range.from} AND key < ${range.below}`;
}

function isOneKey({ anyOf }: KeyTest): boolean {
  return anyOf.length === 1 && anyOf[0] !== undefined && 'is' in anyOf[0];
}

function weight(test: KeyTest): number {
  if (test.not === true) return 2;
  return isOneKey(test) ? 1 : 0;
}
