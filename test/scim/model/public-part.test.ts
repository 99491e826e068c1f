import { expect } from 'chai';
import type { JsonObject } from '../../../src/base/json.ts';
import { projectAttributes } from '../../../src/scim/answer/project-attributes.ts';
import { isPublic, partsOf, shapeIdOf, wholeOf } from '../../../src/scim/model/public-part.ts';
import { withoutPasswords } from '../../../src/scim/model/without-passwords.ts';
import {
  badgedUserType,
  badgeUrn,
  enterpriseUrn,
  groupType,
  groupUrn,
  latchkeyUrn,
  shippedTypes,
  userType,
  userUrn,
} from '../../support/resource-types.ts';

const plain: JsonObject = {
  schemas: [userUrn, latchkeyUrn],
  userName: 'ines@entra.example',
  emails: [{ value: 'ines@entra.example', type: 'work', primary: true }],
  [latchkeyUrn]: { status: 'none', locked: false },
};

/** Resources that an answer does not show as they are. */
const others: Readonly<Record<string, JsonObject>> = {
  'an attribute returned on request beside others': {
    ...plain,
    [latchkeyUrn]: { status: 'active', locked: false, deliveries: [{ id: 'd1', state: 'sent' }] },
  },
  'an extension of which nothing is shown': { ...plain, [latchkeyUrn]: { deliveries: [{ id: 'd1' }] } },
  'an attribute that is never returned': { ...plain, password: 'Right-Password-1' },
  'a secret flag': { ...plain, [latchkeyUrn]: { status: 'none', sendPassword: true } },
  'an attribute that no schema knows': { ...plain, nickname: 'Nes', shoeSize: 38 },
  'an extension that no schema knows': { ...plain, schemas: [userUrn, badgeUrn], [badgeUrn]: { number: '7' } },
  'an unknown sub-attribute beside known ones': {
    ...plain,
    emails: [{ value: 'ines@entra.example', verified: true }, { verified: true }],
    name: { givenName: 'Ines', middleInitial: 'O' },
  },
  'nothing but unknown sub-attributes': { ...plain, name: { middleInitial: 'O' }, emails: [{ verified: true }] },
  'an empty list beside a secret': { ...plain, emails: [], password: 'x' },
  'an extension that is no object': { ...plain, [enterpriseUrn]: 'text' },
};

describe('partsOf', () => {
  it('leaves a resource that is shown whole as it is', () => {
    expect(partsOf(userType, plain)).to.eql({ shown: plain });
    expect(partsOf(userType, plain).shown).to.equal(plain);
    expect(isPublic(userType, plain)).to.equal(true);
  });

  for (const [what, resource] of Object.entries(others)) {
    it(`shows what the default answer shows of ${what}, and keeps the rest`, () => {
      const parts = partsOf(userType, resource);
      expect(parts.shown).to.eql(projectAttributes(userType, resource, { kind: 'default' }));
      expect(JSON.parse(JSON.stringify(parts.shown))).to.eql(parts.shown);
      expect(wholeOf(parts)).to.eql(resource);
      expect(isPublic(userType, resource)).to.equal(false);
    });
  }

  it('keeps nothing twice but the attributes that are partly shown', () => {
    const { rest } = partsOf(userType, others['a secret flag']!);
    expect(rest).to.eql({ [latchkeyUrn]: { status: 'none', sendPassword: true } });
  });

  it('takes groups apart too', () => {
    const group: JsonObject = { schemas: [groupUrn], displayName: 'Pilots' };
    expect(partsOf(groupType, group)).to.eql({ shown: group });
  });
});

describe('shapeIdOf', () => {
  it('differs where other attributes are shown by default', () => {
    expect(shapeIdOf(userType)).to.match(/^[\w-]{8}$/);
    expect(shapeIdOf(badgedUserType)).not.to.equal(shapeIdOf(userType));
    expect(shapeIdOf(groupType)).not.to.equal(shapeIdOf(userType));
  });

  it('is the same for a profile that knows no passwords: they are never shown', () => {
    expect(shapeIdOf(withoutPasswords(shippedTypes).byName('User')!)).to.equal(shapeIdOf(userType));
  });
});
