import { expect } from 'chai';
import { nameInCondition } from '../../../src/provisioning/user/name-in-condition.ts';
import type { Condition } from '../../../src/scim/search/condition.ts';
import { matchCondition } from '../../../src/scim/search/filter-match.ts';

describe('nameInCondition', () => {
  const named = (operator: 'eq' | 'ne' | 'sw', value: string): Condition => ({
    kind: 'compare',
    target: [{ key: 'username', multiValued: false }],
    operator,
    value,
  });
  const finds = (condition: Condition, username: string): boolean =>
    matchCondition(nameInCondition(condition), { username });

  it('finds the trimmed name, and one that is stored with its blanks', () => {
    expect(finds(named('eq', ' l1 '), 'l1')).to.equal(true);
    expect(finds(named('eq', ' l1 '), ' l1 ')).to.equal(true);
    expect(finds(named('eq', ' l1 '), 'l2')).to.equal(false);
    expect(finds({ kind: 'not', condition: named('eq', ' l1') }, 'l1')).to.equal(false);
    expect(finds({ kind: 'and', conditions: [named('eq', 'l1 ')] }, 'l1')).to.equal(true);
    expect(finds({ kind: 'or', conditions: [named('ne', ' l1')] }, 'l1')).to.equal(false);
    expect(finds(named('ne', ' l1'), 'l2')).to.equal(true);
  });

  it('leaves other conditions as they are', () => {
    const part = named('sw', 'l ');
    expect(nameInCondition(part)).to.equal(part);
    const other: Condition = { ...named('eq', ' l1'), target: [{ key: 'title', multiValued: false }] } as Condition;
    expect(nameInCondition(other)).to.equal(other);
  });
});
