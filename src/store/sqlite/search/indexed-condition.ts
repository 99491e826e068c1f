import type { Condition, Target } from '../../../scim/search/condition.ts';
import { auditEventType } from '../../../history/event-log.ts';
import { AUDIT_TARGETS, INDEXED_TARGETS } from '../database/json-value.ts';

type Comparison = Extract<Condition, { kind: 'compare' }>;

const EMAIL_VALUE = nameOf([
  { key: 'emails', multiValued: true },
  { key: 'value', multiValued: false },
]);

const INDEXED = new Set([EMAIL_VALUE, ...INDEXED_TARGETS.map(({ target }) => nameOf(target))]);
const INDEXED_AUDIT = new Set(AUDIT_TARGETS.map(({ target }) => nameOf(target)));

/** Whether a target is `emails.value`, whose values are in a table of their own. */
export function isEmailValue(target: Target): boolean {
  return nameOf(target) === EMAIL_VALUE;
}

/**
 * What `value` must be for a condition over an element to hold, where the condition says so: one `eq`, alone or among
 * ANDs.
 */
export function valueWanted(condition: Condition): string | undefined {
  const found = conjuncts(condition).find((each) => each.target.length === 1 && each.target[0]?.key === 'value');
  return typeof found?.value === 'string' ? found.value : undefined;
}

/** A comparison that is not `ne`, which also holds where there is no value. */
type Positive = Omit<Comparison, 'operator'> & { readonly operator: Exclude<Comparison['operator'], 'ne'> };

/** What a condition over an element asks of its `value` in any case: comparisons with it, alone or among ANDs. */
export function valueTests(condition: Condition): readonly Positive[] {
  if (condition.kind === 'and') return condition.conditions.flatMap(valueTests);
  return condition.kind === 'compare' && isPositive(condition) && isValue(condition.target) ? [condition] : [];
}

function isPositive(comparison: Comparison): comparison is Comparison & Positive {
  return comparison.operator !== 'ne';
}

function isValue([step, ...rest]: Target): boolean {
  return step?.key === 'value' && rest.length === 0;
}

/**
 * The part of a condition that an index can answer by itself and that all of the condition's records satisfy: an `eq`
 * on an indexed value, alone or among ANDs. Undefined where there is none, or where testing a single record may
 * already be a scan.
 */
export function indexedPart(condition: Condition, type: string): Comparison | undefined {
  if (testsCostMuch(condition)) return undefined;
  const indexed = type === auditEventType ? INDEXED_AUDIT : INDEXED;
  return conjuncts(condition).find(({ target, value }) => typeof value === 'string' && indexed.has(nameOf(target)));
}

function conjuncts(condition: Condition): readonly Comparison[] {
  if (condition.kind === 'and') return condition.conditions.flatMap(conjuncts);
  return condition.kind === 'compare' && condition.operator === 'eq' ? [condition] : [];
}

/** A group may have a million members, and a user be deep in groups. */
function testsCostMuch(condition: Condition): boolean {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.conditions.some(testsCostMuch);
    case 'not':
    case 'element':
      return testsCostMuch(condition.condition);
    case 'related':
      return condition.relation === 'groups' || valueWanted(condition.condition) === undefined;
    default:
      return false;
  }
}

function nameOf(target: Target): string {
  return JSON.stringify(target.map(({ key, multiValued }) => [key, multiValued]));
}
