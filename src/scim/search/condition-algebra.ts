import type { Condition } from './condition.ts';

/** True for every resource. */
export const everything: Condition = { kind: 'always', value: true };

/** True for none. */
export const nothing: Condition = { kind: 'always', value: false };

/** All of these: without needless nests and constants. */
export function allOf(conditions: readonly Condition[]): Condition {
  return join('and', conditions, true);
}

/** Any of these: without needless nests and constants. */
export function anyOf(conditions: readonly Condition[]): Condition {
  return join('or', conditions, false);
}

/** The opposite: a double negation falls away. */
export function negationOf(condition: Condition): Condition {
  switch (condition.kind) {
    case 'always':
      return condition.value ? nothing : everything;
    case 'not':
      return condition.condition;
    default:
      return { kind: 'not', condition };
  }
}

/** @param neutral the constant that changes nothing; its opposite decides alone */
function join(kind: 'and' | 'or', conditions: readonly Condition[], neutral: boolean): Condition {
  const kept: Condition[] = [];
  for (const condition of conditions) {
    if (condition.kind === 'always') {
      if (condition.value !== neutral) return condition;
    } else if (condition.kind === kind) kept.push(...condition.conditions);
    else kept.push(condition);
  }
  const [first] = kept;
  if (first === undefined) return neutral ? everything : nothing;
  return kept.length === 1 ? first : { kind, conditions: kept };
}
