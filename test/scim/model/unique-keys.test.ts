import { expect } from 'chai';
import { attributeOfUniqueKey, uniqueKeysOf } from '../../../src/scim/model/unique-keys.ts';
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

  it('names the attribute of a key', () => {
    expect(attributeOfUniqueKey(badgedUserType, 'username:i')).to.equal('userName');
    expect(attributeOfUniqueKey(badgedUserType, `${badgeUrn.toLowerCase()}:number:7`)).to.equal(`${badgeUrn}:number`);
    expect(attributeOfUniqueKey(badgedUserType, 'token:abc')).to.equal(undefined);
  });
});
