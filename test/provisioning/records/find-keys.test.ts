import { expect } from 'chai';
import { findKeys, moments, sourceKey, typedWords, wordsFrom } from '../../../src/provisioning/records/find-keys.ts';
import { buildSearchDocument } from '../../../src/scim/search/search-document.ts';
import { latchkeyUrn } from '../../../src/provisioning/user/latchkey-extension.ts';
import type { Resource } from '../../../src/scim/model/resource.ts';
import { groupType, userType } from '../../support/resource-types.ts';

const keysOf = (resource: Resource, source?: string): readonly string[] =>
  findKeys(
    userType,
    buildSearchDocument(userType, {
      id: 'u1',
      resource,
      version: 1,
      created: '2031-01-01T00:00:00.000Z',
      lastModified: '2031-01-01T00:00:00.000Z',
    }),
    source,
  );

describe('findKeys', () => {
  it('has the words of names without marks, whole addresses and identifiers, and the digits of numbers', () => {
    const keys = keysOf({
      userName: 'Thordis@Harbour.example',
      externalId: '00uK2',
      name: { givenName: 'Þórdís', familyName: 'Trần Thị' },
      displayName: 'Þórdís Trần Thị',
      emails: [{ value: 'thordis@harbour.example', type: 'work' }],
      phoneNumbers: [{ value: '+31 10 555 01 81', type: 'mobile' }],
    });
    expect(keys).to.have.members([
      'w:þordis',
      'w:tran',
      'w:thi',
      'w:thordis@harbour.example',
      'w:00uk2',
      'w:31105550181',
      's:none',
    ]);
  });

  it('has the status, the client and both, and the moments that time decides by', () => {
    const keys = keysOf(
      {
        userName: 'ines',
        [latchkeyUrn]: {
          status: 'invited',
          startDate: '2031-05-06T00:00:00Z',
          invitationExpiresAt: '2031-05-08T00:00:00Z',
        },
      },
      'Okta / 1',
    );
    expect(keys).to.have.members([
      'w:ines',
      's:invited',
      sourceKey('Okta / 1'),
      sourceKey('Okta / 1', 'invited'),
      'd:2031-05-06T00:00:00.000000000Z',
      'e:2031-05-08T00:00:00.000000000Z',
    ]);
    expect(moments('d', '2031-05', '2031-06')).to.deep.equal({ from: 'd:2031-05', below: 'd:2031-06' });
  });

  it('has an end only of what is out', () => {
    const keys = keysOf({
      userName: 'ines',
      [latchkeyUrn]: { status: 'active', invitationExpiresAt: '2031-05-08T00:00:00Z' },
    });
    expect(keys).to.deep.equal(['w:ines', 's:active']);
  });

  it('has the words of a group, and nothing of other types', () => {
    const search = { id: 'g', displayname: 'night shift' };
    expect(findKeys(groupType, search, undefined)).to.deep.equal(['w:night', 'w:shift']);
  });

  it('bounds the words of one record', () => {
    const name = Array.from({ length: 500 }, (_, n) => `word${n}`).join(' ');
    expect(keysOf({ userName: 'u', displayName: `${name} ${'é'.repeat(5000)}` }).length).to.be.below(45);
  });
});

describe('typedWords', () => {
  it('reads words without marks, and a number as its digits', () => {
    expect(typedWords('  Inés  OKORO ')).to.deep.equal(['ines', 'okoro']);
    expect(typedWords('+31 (10) 555-01.81')).to.deep.equal(['31105550181']);
    expect(wordsFrom('INÉ')).to.deep.equal({ from: 'w:ine', below: 'w:ine\u{10ffff}' });
  });
});
