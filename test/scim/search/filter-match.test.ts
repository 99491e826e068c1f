import { expect } from 'chai';
import fc from 'fast-check';
import { compareDocuments, compareScalars, matchCondition } from '../../../src/scim/search/filter-match.ts';
import type { SearchDocument } from '../../../src/scim/search/search-document.ts';

const name = [{ key: 'name', multiValued: false }];

describe('matchCondition', () => {
  it('orders text by code point, as UTF-8 bytes go', () => {
    expect(compareScalars('\uffee', 'lt', '😀')).to.equal(true);
    expect(compareScalars('a😀', 'gt', 'a\uff21b')).to.equal(true);
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', 'é', '\ud7ff', '\ue000', '\uffee', '😀', '𐀀', '\u{10ffff}'),
    });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const order = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect([
          compareScalars(a, 'lt', b),
          compareScalars(a, 'ge', b),
          compareScalars(a, 'gt', b),
          compareScalars(a, 'le', b),
        ]).to.deep.equal([order < 0, order >= 0, order > 0, order <= 0]);
      }),
      { seed: 3, numRuns: 2000 },
    );
  });

  it('sees no value where a document has none, whatever the key', () => {
    expect(matchCondition({ kind: 'present', target: [{ key: 'constructor', multiValued: false }] }, {})).to.equal(
      false,
    );
    expect(
      matchCondition(
        {
          kind: 'present',
          target: [
            { key: '__proto__', multiValued: false },
            { key: 'toString', multiValued: false },
          ],
        },
        {},
      ),
    ).to.equal(false);
    expect(matchCondition({ kind: 'compare', target: name, operator: 'ne', value: 'x' }, {})).to.equal(true);
  });

  it('finds no elements in a relation that is not given', () => {
    expect(
      matchCondition({ kind: 'related', relation: 'members', condition: { kind: 'always', value: true } }, {}),
    ).to.equal(false);
  });
});

describe('compareDocuments', () => {
  const order = (descending: boolean, documents: readonly SearchDocument[], target = name) =>
    documents.toSorted((a, b) => compareDocuments({ target, descending }, a, b));
  const [none, empty, a, b] = [{ id: '0' }, { name: '' }, { name: 'a' }, { name: 'b' }];

  it('puts resources without a value last when ascending and first when descending', () => {
    expect(order(false, [none, b, empty, a])).to.deep.equal([empty, a, b, none]);
    expect(order(true, [b, empty, none, a])).to.deep.equal([none, b, a, empty]);
  });

  it('goes by the first element, and leaves equals as they are', () => {
    const target = [
      { key: 'emails', multiValued: true },
      { key: 'value', multiValued: false },
    ];
    const one = { emails: [{ value: 'b' }, { value: 'a' }] };
    const two = { emails: [{ value: 'a' }] };
    const three: SearchDocument = { emails: [{ type: 'x' }, { value: 'a' }] };
    expect(order(false, [three, one, two], target)).to.deep.equal([two, one, three]);
    const same = [
      { name: 'a', n: 1 },
      { name: 'a', n: 2 },
    ];
    expect(order(false, same)).to.deep.equal(same);
    expect(order(true, same)).to.deep.equal(same);
  });

  it('orders numbers by size and false before true', () => {
    expect(order(false, [{ name: 10 }, { name: -1 }, { name: 9 }])).to.deep.equal([
      { name: -1 },
      { name: 9 },
      { name: 10 },
    ]);
    expect(order(false, [{ name: true }, { name: false }])).to.deep.equal([{ name: false }, { name: true }]);
  });
});
