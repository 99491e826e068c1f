import type { KeyRange, KeyTest } from '../../../provisioning/records/resource-store.ts';
import { joinSql, sql, type Sql } from '../database/sql.ts';

/** What is asked of look-up keys, as SQL: where the positions come from, and what is tested of each. */
export interface KeyedSource {
  /** A table `found` with the column `position`, each once. */
  readonly from: Sql;
  readonly tests: readonly Sql[];
}

/**
 * Leads a list by its look-up keys, reading no record: the narrowest kind of test gives the positions (a stretch of keys,
 * else one key), the others are tested against them.
 */
export function keyedSource(tenant: string, type: string, keys: readonly KeyTest[]): KeyedSource {
  const inKeys = (range: KeyRange): Sql =>
    'is' in range
      ? sql`tenant = ${tenant} AND type = ${type} AND key = ${range.is}`
      : sql`tenant = ${tenant} AND type = ${type} AND key >= ${range.from} AND key < ${range.below}`;
  const positions = ({ anyOf }: KeyTest): Sql =>
    joinSql(
      anyOf.map((range) => sql`SELECT position FROM lookup_keys WHERE ${inKeys(range)}`),
      ' UNION ',
    );
  const [lead, ...rest] = [...keys].sort((one, other) => weight(one) - weight(other));
  const from =
    lead === undefined || lead.not === true
      ? sql`(SELECT position FROM records WHERE tenant = ${tenant} AND type = ${type}) AS found`
      : sql`(${isOneKey(lead) ? positions(lead) : sql`SELECT position FROM (${positions(lead)}) GROUP BY position`}) AS found`;
  const tested = lead?.not === true ? [lead, ...rest] : rest;
  const tests = tested.map((test) => {
    const [only] = test.anyOf;
    const holds =
      isOneKey(test) && only !== undefined
        ? sql`EXISTS (SELECT 1 FROM lookup_keys WHERE ${inKeys(only)} AND position = found.position)`
        : sql`found.position IN (${positions(test)})`;
    return test.not === true ? sql`NOT ${holds}` : holds;
  });
  return { from, tests };
}

function isOneKey({ anyOf }: KeyTest): boolean {
  return anyOf.length === 1 && anyOf[0] !== undefined && 'is' in anyOf[0];
}

function weight(test: KeyTest): number {
  if (test.not === true) return 2;
  return isOneKey(test) ? 1 : 0;
}
