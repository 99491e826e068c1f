import { expect } from 'chai';
import { attributeOfUniqueKey, uniqueKeysOf } from '../../../src/scim/model/unique-keys.ts';
import { ResourceType } from '../../../src/scim/model/resource-type.ts';
import { completeAttribute, type WrittenAttribute } from '../../../src/scim/validate/written-schema.ts';
import { badgeUrn, badgedUserType, extendedTypes, groupType, userType } from '../../support/resource-types.ts';

describe('uniqueKeysOf', () => {
  it('folds what is not caseExact', () => {
    expect(
      uniqueKeysOf(userType, { userName: 'A\u030Asa.STRASSE@X', displayName: 'x', externalId: 'y' }),
    ).to.deep.equal(['username:åsa.strasse@x']);
    expect(uniqueKeysOf(userType, { userName: 'Åsa.Straße@x' })).to.deep.equal(['username:åsa.strasse@x']);
  });

  it('takes every attribute whose schema says so, extensions included', () => {
    expect(uniqueKeysOf(badgedUserType, { userName: 'i', [badgeUrn]: { number: 7, serial: 's' } })).to.deep.equal([
      'username:i',
      `${badgeUrn.toLowerCase()}:number:7`,
    ]);
    expect(uniqueKeysOf(extendedTypes.byName('Role')!, { displayName: 'Reader' })).to.deep.equal([
      'displayname:reader',
    ]);
  });

  it('leaves groups without keys, and empty text without a claim', () => {
    expect(uniqueKeysOf(groupType, { displayName: 'Harbour' })).to.deep.equal([]);
    expect(uniqueKeysOf(extendedTypes.byName('Role')!, { displayName: '' })).to.deep.equal([]);
  });

  it('takes them out of lists and complex values, as they are where letter case counts', () => {
    const owned = typeOf([
      { name: 'owner', type: 'complex', subAttributes: [{ name: 'badge', caseExact: true, uniqueness: 'server' }] },
      { name: 'plates', multiValued: true, uniqueness: 'server' },
      {
        name: 'cards',
        type: 'complex',
        multiValued: true,
        subAttributes: [{ name: 'number', type: 'integer', uniqueness: 'server' }],
      },
    ]);
    expect(
      uniqueKeysOf(owned, {
        owner: { badge: 'Ab' },
        plates: ['KI 1', 'ki 1', 'KI 2'],
        cards: [{ number: 7 }, {}, { number: null }, 'not a card', { number: 8 }],
      }),
    ).to.deep.equal(['owner.badge:Ab', 'plates:ki 1', 'plates:ki 2', 'cards.number:7', 'cards.number:8']);
    expect(uniqueKeysOf(owned, { owner: 'Ada', plates: [] })).to.deep.equal([]);
    expect(attributeOfUniqueKey(owned, 'cards.number:7')).to.equal('cards.number');
  });

  it('names the attribute of a key', () => {
    expect(attributeOfUniqueKey(badgedUserType, 'username:i')).to.equal('userName');
    expect(attributeOfUniqueKey(badgedUserType, `${badgeUrn.toLowerCase()}:number:7`)).to.equal(`${badgeUrn}:number`);
    expect(attributeOfUniqueKey(badgedUserType, 'token:abc')).to.equal(undefined);
  });
});

function typeOf(attributes: readonly WrittenAttribute[]): ResourceType {
  const schema = { id: 'urn:x', name: 'X', description: '', attributes: attributes.map(completeAttribute) };
  const definition = { id: 'X', name: 'X', endpoint: '/Xs', description: '', schema: 'urn:x', schemaExtensions: [] };
  return new ResourceType(definition, schema, []);
}
