import { expect } from 'chai';
import type { Json } from '../../../src/base/json.ts';
import { identityMatcher, identityOf, restOf, withoutRepeats } from '../../../src/scim/model/element-identity.ts';
import { userType } from '../../support/resource-types.ts';
import { shipType } from '../../support/ship-type.ts';

const attributeOf = (name: string) => userType.resolve({ attribute: name })!.attribute;
const list = (elements: Json[]): Json[] => elements;

describe('the identity of an element', () => {
  const surveys = shipType.resolve({ attribute: 'surveys' })!.attribute;
  const berths = shipType.resolve({ attribute: 'berths' })!.attribute;
  const alike: [string, Json, Json][] = [
    ['roles', { value: 'admin' }, { value: 'ADMIN', primary: true, display: 'Administrator' }],
    ['emails', { value: 'ÅSA@x.example', type: 'work' }, { type: 'Work', value: 'åsa@x.example' }],
    ['phoneNumbers', { value: '1', type: '' }, { value: '1' }],
    ['addresses', { locality: 'Oslo', primary: true }, { locality: 'OSLO' }],
    ['roles', { value: '{"id":"r1","value":"reader"}' }, { value: '{"value":"other","id":"R1"}' }],
    ['roles', { value: '{"value":"reader","displayName":"a"}' }, { value: '{"value":"reader"}' }],
    ['roles', { display: 'Reader', primary: true }, { display: 'reader' }],
  ];
  for (const [name, one, other] of alike)
    it(`${name}: ${JSON.stringify(one)} is ${JSON.stringify(other)}`, () =>
      expect(identityOf(attributeOf(name), one)).to.equal(identityOf(attributeOf(name), other)));

  const apart: [string, Json, Json][] = [
    ['emails', { value: 'a', type: 'work' }, { value: 'a', type: 'home' }],
    ['emails', { value: 'a', type: 'work' }, { value: 'a' }],
    ['photos', { value: 'https://x.example/A' }, { value: 'https://x.example/a' }],
    ['x509Certificates', { value: 'QUJD' }, { value: 'qujd' }],
    ['addresses', { locality: 'Oslo' }, { locality: 'Oslo', country: 'NO' }],
    ['roles', { value: '{"id":"r1"}' }, { value: '{"id":"r2"}' }],
    ['roles', { value: '{"id":"r1"}' }, { value: 'r1' }],
    ['roles', { value: '{"id":' }, { value: '{"id" :' }],
    ['roles', { display: 'a' }, { display: 'b' }],
  ];
  for (const [name, one, other] of apart)
    it(`${name}: ${JSON.stringify(one)} is not ${JSON.stringify(other)}`, () =>
      expect(identityOf(attributeOf(name), one)).to.not.equal(identityOf(attributeOf(name), other)));

  it('is the moment, of a plain dateTime, and the text where it is none', () => {
    const keys = ['2031-05-06T07:08:09Z', '2031-05-06T09:08:09+02:00', 'May 6'].map((one) => identityOf(surveys, one));
    expect([keys[0] === keys[1], keys[1] === keys[2]]).to.deep.equal([true, false]);
  });

  it('goes by lists and objects within it, whatever the order of names', () => {
    expect(identityOf(berths, { guests: ['Ines', 'Tove'] })).to.equal(identityOf(berths, { guests: ['INES', 'tove'] }));
    expect(identityOf(berths, { guests: ['Ines', 'Tove'] })).not.to.equal(
      identityOf(berths, { guests: ['Tove', 'Ines'] }),
    );
    expect(identityOf(berths, { deck: { a: 1, b: 2 } })).to.equal(identityOf(berths, { deck: { a: 1, b: 2 } }));
    expect(identityOf(berths, { type: { a: 1, b: 2 } })).to.equal(identityOf(berths, { type: { b: 2, a: 1 } }));
  });

  it('of plain values that are to be removed is their text', () => {
    const isUnwanted = identityMatcher(attributeOf('roles'), ['ADMIN', { value: 'reader' }]);
    expect(list(['admin', { value: 'Reader' }, { value: 'admin' }, 'reader']).map(isUnwanted)).to.deep.equal([
      true,
      true,
      false,
      false,
    ]);
  });

  for (const [title, held, added, rest] of [
    ['nothing of what is there', { value: 'a', type: 'work' }, { value: 'A', type: 'WORK' }, {}],
    ['what is new', { value: 'a' }, { value: 'A', display: 'Ann' }, { display: 'Ann' }],
    [
      'another name in a JSON text',
      { value: '{"id":"r1","displayName":"a"}' },
      { value: '{"id":"r1","displayName":"b"}' },
      { value: '{"id":"r1","displayName":"b"}' },
    ],
    ['nothing of the same JSON text', { value: '{"id":"r1","x":1}' }, { value: '{"x":1,"id":"r1"}' }, {}],
    ['nothing of a list as text', { value: '[1]' }, { value: '[2]' }, {}],
  ] as const) {
    it(`leaves to be merged ${title}`, () => {
      expect(restOf(attributeOf('roles'), held, added)).to.deep.equal(rest);
    });
  }

  it('to be removed may leave out the type, or parts of an address', () => {
    const isUnwanted = identityMatcher(attributeOf('emails'), [{ value: 'A', primary: true }]);
    expect(list([{ value: 'a', type: 'work' }, { value: 'a' }, { value: 'b' }]).map(isUnwanted)).to.deep.equal([
      true,
      true,
      false,
    ]);
    const isThere = identityMatcher(attributeOf('addresses'), [{ country: 'no' }]);
    expect(list([{ country: 'NO', locality: 'Oslo' }, { country: 'SE' }]).map(isThere)).to.deep.equal([true, false]);
    expect(identityMatcher(attributeOf('emails'), [{ primary: true }])({ value: 'a', primary: true })).to.equal(false);
  });

  it('repeated in a list is merged into the first, and primary if one of them is', () => {
    expect(
      withoutRepeats(attributeOf('emails'), [
        { value: 'a', primary: true },
        { value: 'b' },
        { value: 'A', display: 'A', primary: false },
      ]),
    ).to.deep.equal([{ value: 'a', primary: true, display: 'A' }, { value: 'b' }]);
  });
});
