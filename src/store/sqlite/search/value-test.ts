import type { CompareOperator, SearchScalar } from '../../../scim/search/condition.ts';
import type { JsonValue } from '../database/json-value.ts';
import { sql, Sql } from '../database/sql.ts';

/** SQL that is never true. */
export const NEVER = new Sql('0');

const ORDER: Readonly<Record<'eq' | 'gt' | 'ge' | 'lt' | 'le', Sql>> = {
  eq: new Sql('='),
  gt: new Sql('>'),
  ge: new Sql('>='),
  lt: new Sql('<'),
  le: new Sql('<='),
};

/**
 * One value compared with another (all operators but `ne`, which is the absence of `eq`). True or false, never null, so
 * that NOT is exact; the comparison comes first, where an index can serve it.
 */
export function compareValue(found: JsonValue, operator: Exclude<CompareOperator, 'ne'>, wanted: SearchScalar): Sql {
  if (typeof wanted !== 'string') {
    if (operator === 'co' || operator === 'sw' || operator === 'ew') return NEVER;
    // Booleans come out of JSON as 1 and 0: only the JSON type tells them from numbers.
    const [one, other] = typeof wanted === 'boolean' ? ['true', 'false'] : ['integer', 'real'];
    return sql`(${found.value} ${ORDER[operator]} ${Number(wanted)} AND (${found.type} IS ${new Sql(`'${one}'`)} OR
      ${found.type} IS ${new Sql(`'${other}'`)}))`;
  }
  // No number or truth value equals a text, and what is not a text comes out of JSON with a bracket first: an index on
  // the value alone answers, and counts, without reading a record.
  if (operator === 'eq' && !/^[[{]/.test(wanted)) return sql`(${found.value} IS ${wanted})`;
  return sql`(${compareText(found.value, operator, wanted)} AND ${found.type} IS 'text')`;
}

/** Whether there is a value, and it is neither object nor array. */
export function isScalar({ value, type }: JsonValue): Sql {
  return sql`(${value} IS NOT NULL AND ${type} <> 'object' AND ${type} <> 'array')`;
}

function compareText(value: Sql, operator: Exclude<CompareOperator, 'ne'>, wanted: string): Sql {
  switch (operator) {
    case 'co':
      return sql`instr(${value}, ${wanted}) > 0`;
    case 'ew':
      return wanted === '' ? sql`${value} IS NOT NULL` : sql`substr(${value}, ${-[...wanted].length}) = ${wanted}`;
    case 'sw': {
      const end = afterPrefix(wanted);
      return end === undefined ? sql`${value} >= ${wanted}` : sql`${value} >= ${wanted} AND ${value} < ${end}`;
    }
    default:
      return sql`${value} ${ORDER[operator]} ${wanted}`;
  }
}

/** The least text, by code point, that is greater than all that begin with the prefix; undefined when there is none. */
function afterPrefix(prefix: string): string | undefined {
  const characters = [...prefix];
  for (let last = characters.pop(); last !== undefined; last = characters.pop()) {
    const point = last.codePointAt(0) ?? 0;
    if (point === 0x10ffff) continue;
    // UTF-8 has no surrogates: what follows U+D7FF is U+E000.
    return characters.join('') + String.fromCodePoint(point === 0xd7ff ? 0xe000 : point + 1);
  }
  return undefined;
}
