import type { Condition } from '../../scim/search/condition.ts';
import { allOf, anyOf, negationOf } from '../../scim/search/condition-algebra.ts';

/**
 * A condition over users in which a user name with blanks around it finds the user that a create with the same name
 * has made (`plainUserName`), as well as one that an earlier release stored with its blanks. Pure.
 */
export function nameInCondition(condition: Condition): Condition {
  switch (condition.kind) {
    case 'and':
      return allOf(condition.conditions.map(nameInCondition));
    case 'or':
      return anyOf(condition.conditions.map(nameInCondition));
    case 'not':
      return negationOf(nameInCondition(condition.condition));
    case 'compare':
      return ofName(condition);
    default:
      return condition;
  }
}

function ofName(leaf: Extract<Condition, { kind: 'compare' }>): Condition {
  const { target, operator, value } = leaf;
  if (target.length !== 1 || target[0]?.key !== 'username' || typeof value !== 'string') return leaf;
  const plain = value.trim();
  if (plain === value || (operator !== 'eq' && operator !== 'ne')) return leaf;
  const both: readonly Condition[] = [{ ...leaf, value: plain }, leaf];
  return operator === 'eq' ? anyOf(both) : allOf(both);
}
