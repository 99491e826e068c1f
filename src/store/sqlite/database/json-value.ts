import type { Target } from '../../../scim/search/condition.ts';
import { literal, sql } from './sql.ts';
import type { Sql } from './sql.ts';

/**
 * A value inside a JSON document, as two expressions: what it is, and the JSON type it has. Both are null when it is
 * not there.
 */
export interface JsonValue {
  /** Text, number, 1 or 0 for a boolean; JSON text for an object or array. */
  readonly value: Sql;
  /** `text`, `integer`, `real`, `true`, `false`, `object`, `array`, `null`. */
  readonly type: Sql;
}

/** A value that has an index of its own, and the name of that index (`records_by_…`). */
interface IndexedTarget {
  readonly name: string;
  readonly target: Target;
}

/** Those that were there from the beginning; what a migration has released never changes. */
export const FIRST_INDEXED_TARGETS: readonly IndexedTarget[] = indexed([
  ['id', 'id'],
  ['user_name', 'username'],
  ['external_id', 'externalid'],
  ['display_name', 'displayname'],
  ['last_modified', 'meta', 'lastmodified'],
]);

const EXTENSION = 'urn:ietf:params:scim:schemas:extension:latchkey:2%2e0:user';

/** How far users are with their first key, and why they are locked. */
export const ONBOARDING_TARGETS: readonly IndexedTarget[] = indexed([
  ['status', EXTENSION, 'status'],
  ['locked_reason', EXTENSION, 'lockedreason'],
]);

/** All of them. */
export const INDEXED_TARGETS: readonly IndexedTarget[] = [...FIRST_INDEXED_TARGETS, ...ONBOARDING_TARGETS];

/** The same of audit events (`audit_by_…`). */
export const AUDIT_TARGETS: readonly IndexedTarget[] = indexed([
  ['id', 'id'],
  ['seq', 'seq'],
  ['at', 'at'],
  ['type', 'type'],
  ['actor', 'actor', 'id'],
  ['actor_name', 'actor', 'name'],
  ['target', 'target', 'id'],
  ['target_name', 'target', 'name'],
  ['request', 'requestid'],
  ['outcome', 'outcome'],
]);

function indexed(targets: readonly (readonly string[])[]): readonly IndexedTarget[] {
  return targets.map(([name = '', ...keys]) => ({ name, target: keys.map((key) => ({ key, multiValued: false })) }));
}

/** What a quoted step of a JSON path can hold: SQLite knows no escape inside the quotes. */
const QUOTABLE = /^[^"\\\p{Cc}]+$/u;

/**
 * The first value of a target: of each array on the way, element 0. The same target always gives the same text, which
 * is what lets SQLite recognise the expression of an index.
 * @param document an expression whose value is a JSON object, as text or JSONB
 */
export function firstValue(document: Sql, target: Target): JsonValue {
  const odd = target.findIndex(({ key }) => !QUOTABLE.test(key));
  const plain = odd === -1 ? target : target.slice(0, odd);
  const path = pathTo(plain);
  const reached = { value: sql`json_extract(${document}, ${path})`, type: sql`json_type(${document}, ${path})` };
  const step = target[plain.length];
  if (step === undefined) return reached;
  const holder = plain.length === 0 ? document : container(reached);
  const found = {
    value: sql`(SELECT value FROM json_each(${holder}) WHERE key = ${step.key})`,
    type: sql`(SELECT type FROM json_each(${holder}) WHERE key = ${step.key})`,
  };
  const first = step.multiValued
    ? { value: sql`json_extract(${container(found)}, '$[0]')`, type: sql`json_type(${container(found)}, '$[0]')` }
    : found;
  const rest = target.slice(plain.length + 1);
  return rest.length === 0 ? first : firstValue(container(first), rest);
}

/**
 * The elements of the array at a target whose last step alone is multi-valued, as a table with the columns `value`
 * and `type`.
 */
export function elementsOf(document: Sql, target: Target): Sql {
  const single = target.map(({ key }) => ({ key, multiValued: false }));
  return single.every(({ key }) => QUOTABLE.test(key))
    ? sql`json_each(${document}, ${pathTo(single)})`
    : sql`json_each(${container(firstValue(document, single))})`;
}

function pathTo(target: Target): Sql {
  return literal(`$${target.map(({ key, multiValued }) => `."${key}"${multiValued ? '[0]' : ''}`).join('')}`);
}

/**
 * A value to look further into: null where it is neither object nor array, because other text would be malformed
 * JSON.
 */
function container({ value, type }: JsonValue): Sql {
  return sql`CASE WHEN ${type} IN ('object', 'array') THEN ${value} END`;
}
