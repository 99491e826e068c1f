import { expect } from 'chai';
import type { AttributePath } from '../../../src/scim/model/resource-type.ts';
import {
  badgeUrn,
  badgedUserType,
  enterpriseUrn,
  extendedTypes,
  groupType,
  latchkeyUrn,
  shippedTypes,
  userType,
  userUrn,
} from '../../support/resource-types.ts';

describe('ResourceType', () => {
  const found: [AttributePath, string][] = [
    [{ attribute: 'USERNAME' }, `${userUrn} userName`],
    [{ attribute: 'name', subAttribute: 'GIVENname' }, `${userUrn} name.givenName`],
    [{ schema: userUrn.toUpperCase(), attribute: 'title' }, `${userUrn} title`],
    [{ attribute: 'ID' }, `${userUrn} id`],
    [{ attribute: 'externalid' }, `${userUrn} externalId`],
    [{ schema: userUrn, attribute: 'externalId' }, `${userUrn} externalId`],
    [{ attribute: 'meta', subAttribute: 'lastmodified' }, `${userUrn} meta.lastModified`],
    [{ attribute: 'schemas' }, `${userUrn} schemas`],
    [
      { schema: enterpriseUrn.toLowerCase(), attribute: 'manager', subAttribute: '$REF' },
      `${enterpriseUrn} manager.$ref +`,
    ],
    [{ attribute: 'department' }, `${enterpriseUrn} department +`],
    [{ attribute: 'preRegistration' }, `${latchkeyUrn} preRegistration +`],
  ];
  for (const [path, expected] of found) {
    it(`finds ${JSON.stringify(path)}`, () => {
      const { schema, attribute, subAttribute, extension } = userType.resolve(path)!;
      expect(
        `${schema.id} ${attribute.name}${subAttribute ? `.${subAttribute.name}` : ''}${extension ? ' +' : ''}`,
      ).to.equal(expected);
    });
  }

  const missing: AttributePath[] = [
    { attribute: 'members' },
    { attribute: 'name', subAttribute: 'value' },
    { attribute: 'userName', subAttribute: 'value' },
    { attribute: '__proto__' },
    { attribute: 'constructor' },
    { schema: 'urn:nobody', attribute: 'userName' },
    { schema: enterpriseUrn, attribute: 'userName' },
    { schema: enterpriseUrn, attribute: 'id' },
    { attribute: '' },
  ];
  for (const path of missing)
    it(`does not find ${JSON.stringify(path)}`, () => expect(userType.resolve(path)).to.equal(undefined));

  it('says which attributes are kept outside the resource', () => {
    expect(groupType.resolve({ attribute: 'members', subAttribute: 'value' })?.relation).to.equal('members');
    expect(userType.resolve({ attribute: 'groups' })?.relation).to.equal('groups');
    expect(userType.resolve({ attribute: 'emails' })).not.to.have.property('relation');
  });

  it('leaves a name that two extensions have to its URN', () => {
    expect(badgedUserType.resolve({ attribute: 'status' })).to.equal(undefined);
    expect(badgedUserType.resolve({ schema: badgeUrn, attribute: 'status' })?.schema.id).to.equal(badgeUrn);
    expect(badgedUserType.resolve({ attribute: 'number' })?.schema.id).to.equal(badgeUrn);
    expect(badgedUserType.resolve({ attribute: 'LOCK', subAttribute: 'floor' })?.subAttribute?.type).to.equal(
      'integer',
    );
  });

  it('is found by name and by endpoint in any letter case', () => {
    expect(shippedTypes.byEndpoint('/users')).to.equal(userType);
    expect(shippedTypes.byEndpoint('/Roles')).to.equal(undefined);
    expect(extendedTypes.byEndpoint('/ROLES')?.name).to.equal('Role');
    expect(shippedTypes.byName('user')).to.equal(undefined);
    expect(shippedTypes.schemas().map((schema) => schema.name)).to.deep.equal([
      'User',
      'EnterpriseUser',
      'LatchkeyUser',
      'Group',
      'AuditEvent',
    ]);
  });
});
