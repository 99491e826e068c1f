import { expect } from 'chai';
import type { Condition } from '../../../src/scim/search/condition.ts';
import { allOf, anyOf, everything, negationOf, nothing } from '../../../src/scim/search/condition-algebra.ts';

const a: Condition = { kind: 'present', target: [{ key: 'a', multiValued: false }] };
const b: Condition = { kind: 'present', target: [{ key: 'b', multiValued: false }] };
const c: Condition = { kind: 'present', target: [{ key: 'c', multiValued: false }] };

describe('the algebra of conditions', () => {
  for (const [title, made, expected] of [
    ['all of none is everything', allOf([]), everything],
    ['any of none is nothing', anyOf([]), nothing],
    ['all of one is that one', allOf([a]), a],
    ['any of one is that one', anyOf([a]), a],
    ['everything adds nothing to all', allOf([everything, a, everything]), a],
    ['nothing adds nothing to any', anyOf([nothing, a]), a],
    ['nothing decides all', allOf([a, nothing, b]), nothing],
    ['everything decides any', anyOf([a, everything, b]), everything],
    ['all of everything is everything', allOf([everything]), everything],
    ['all of all is one list', allOf([allOf([a, b]), c]), { kind: 'and', conditions: [a, b, c] }],
    ['any of any is one list', anyOf([a, anyOf([b, c])]), { kind: 'or', conditions: [a, b, c] }],
    [
      'any of all stays a nest',
      anyOf([allOf([a, b]), c]),
      { kind: 'or', conditions: [{ kind: 'and', conditions: [a, b] }, c] },
    ],
    ['the opposite of everything is nothing', negationOf(everything), nothing],
    ['the opposite of nothing is everything', negationOf(nothing), everything],
    ['the opposite of the opposite is what it was', negationOf(negationOf(a)), a],
    ['the opposite of another is its negation', negationOf(a), { kind: 'not', condition: a }],
  ] as const) {
    it(title, () => expect(made).to.deep.equal(expected));
  }
});
