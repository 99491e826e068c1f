import { expect } from 'chai';
import type { JsonObject } from '../../../src/base/json.ts';
import { projectAttributes, projectElement, projectionWants } from '../../../src/scim/answer/project-attributes.ts';
import { parseProjection, type ProjectionParameters } from '../../../src/scim/answer/projection.ts';
import type { ResourceType } from '../../../src/scim/model/resource-type.ts';
import { InvalidValueError } from '../../../src/scim/model/scim-error.ts';
import {
  badgeUrn,
  badgedUserType,
  enterpriseUrn,
  groupType,
  groupUrn,
  latchkeyUrn,
  userType,
  userUrn,
} from '../../support/resource-types.ts';

const user: JsonObject = {
  schemas: [userUrn, enterpriseUrn, latchkeyUrn, badgeUrn],
  id: 'u1',
  externalId: 'x1',
  userName: 'ines',
  name: { givenName: 'Ines', familyName: 'Okoro' },
  emails: [{ value: 'ines@x', type: 'work' }, { type: 'home' }],
  groups: [{ value: 'g1', type: 'direct' }],
  [enterpriseUrn]: { department: 'Tours', manager: { value: 'm1', $ref: '../Users/m1' } },
  [latchkeyUrn]: { status: 'invited', deliveries: [{ channel: 'email' }] },
  [badgeUrn]: { number: 7, pin: '1234', note: 'n', serial: 's', lock: { code: '99', floor: 2, hint: 'h' } },
  meta: { resourceType: 'User', version: 'W/"1"' },
};
const always = { schemas: user['schemas']!, id: 'u1', [badgeUrn]: { serial: 's' } };
/** With `schemas` of what is there. */
const named = (parts: JsonObject): JsonObject => ({
  ...parts,
  schemas: [userUrn, enterpriseUrn, latchkeyUrn, badgeUrn].filter((urn) => urn === userUrn || urn in parts),
});

const project = (parameters: ProjectionParameters, resource = user, type: ResourceType = badgedUserType): JsonObject =>
  projectAttributes(type, resource, parseProjection(type, parameters));

describe('projectAttributes', () => {
  it('shows by default what is returned by default or always', () => {
    expect(project({})).to.deep.equal({
      ...user,
      [latchkeyUrn]: { status: 'invited' },
      [badgeUrn]: { number: 7, serial: 's', lock: { floor: 2 } },
    });
  });

  it('never shows a password, even when asked for', () => {
    const secret = {
      schemas: [userUrn],
      id: 'u1',
      userName: 'i',
      password: 'p',
      [latchkeyUrn]: { sendPassword: true, resend: 'x' },
    };
    for (const parameters of [
      {},
      { attributes: `password,${latchkeyUrn}:sendPassword,userName` },
      { excludedAttributes: 'title' },
    ]) {
      expect(project(parameters, secret, userType)).to.deep.equal({ schemas: [userUrn], id: 'u1', userName: 'i' });
    }
  });

  it('shows nothing of attributes that no schema has any more, whatever was asked for', () => {
    const older = {
      ...user,
      shoeSize: 38,
      name: { givenName: 'Ines', nickname: 'I' },
      [enterpriseUrn]: { department: 'Tours', locker: { code: '1' } },
    };
    const known = [userUrn, enterpriseUrn, latchkeyUrn];
    expect(project({}, older, userType))
      .to.include.keys('userName', 'emails')
      .and.to.deep.include({ schemas: known, name: { givenName: 'Ines' }, [enterpriseUrn]: { department: 'Tours' } })
      .and.not.to.have.any.keys('shoeSize', badgeUrn);
    for (const parameters of [
      { attributes: `${badgeUrn},shoeSize,name,${enterpriseUrn}` },
      { excludedAttributes: 'title' },
    ]) {
      expect(JSON.stringify(project(parameters, older, userType))).not.to.match(/badge|shoeSize|nickname|locker/i);
    }
  });

  it('hands on the very same object when there is nothing to take out', () => {
    const plain = { schemas: [userUrn, latchkeyUrn], id: 'u1', userName: 'i', [latchkeyUrn]: { status: 'active' } };
    expect(project({}, plain, userType)).to.equal(plain);
    expect(project({ attributes: '', excludedAttributes: ' , ' }, plain, userType)).to.equal(plain);
  });

  const only: [string | string[], JsonObject][] = [
    ['userName', { userName: 'ines' }],
    ['USERNAME, externalid', { userName: 'ines', externalId: 'x1' }],
    [['userName', 'externalId'], { userName: 'ines', externalId: 'x1' }],
    [`${userUrn.toUpperCase()}:userName`, { userName: 'ines' }],
    ['name.givenName', { name: { givenName: 'Ines' } }],
    [`${userUrn}:name.givenName`, { name: { givenName: 'Ines' } }],
    ['name,name.givenName', { name: user['name']! }],
    ['emails.value', { emails: [{ value: 'ines@x' }] }],
    ['meta.version', { meta: { version: 'W/"1"' } }],
    [enterpriseUrn.toLowerCase(), { [enterpriseUrn]: user[enterpriseUrn]! }],
    [`${enterpriseUrn}:manager.value`, { [enterpriseUrn]: { manager: { value: 'm1' } } }],
    ['department', { [enterpriseUrn]: { department: 'Tours' } }],
    [`${latchkeyUrn}:deliveries`, { [latchkeyUrn]: { deliveries: [{ channel: 'email' }] } }],
    [latchkeyUrn, { [latchkeyUrn]: { status: 'invited' } }],
    [`${badgeUrn}:lock`, { [badgeUrn]: { serial: 's', lock: { floor: 2 } } }],
    [`${badgeUrn}:lock.hint`, { [badgeUrn]: { serial: 's', lock: { hint: 'h' } } }],
    [`${badgeUrn}:lock.code`, {}],
    [`${badgeUrn}:note`, { [badgeUrn]: { note: 'n', serial: 's' } }],
    [badgeUrn, { [badgeUrn]: { number: 7, serial: 's', lock: { floor: 2 } } }],
    ['nobodyKnows', {}],
    ['urn:nobody:knows:2.0:User:this', {}],
    ['id', {}],
    ['title', {}],
  ];
  for (const [attributes, expected] of only) {
    it(`attributes=${String(attributes)}`, () =>
      expect(project({ attributes })).to.deep.equal(named({ ...always, ...expected })));
  }

  it('attributes that name the core schema alone', () => {
    expect(project({ attributes: userUrn })).to.deep.equal(
      named({ ...always, userName: 'ines', name: user['name']!, emails: user['emails']!, groups: user['groups']! }),
    );
  });

  const without = (resource: JsonObject, ...names: string[]): JsonObject =>
    Object.fromEntries(Object.entries(resource).filter(([name]) => !names.includes(name)));
  const except: [string, (resource: JsonObject) => JsonObject][] = [
    ['emails,meta', (whole) => without(whole, 'emails', 'meta')],
    ['EMAILS.VALUE', (whole) => ({ ...whole, emails: [{ type: 'work' }, { type: 'home' }] })],
    ['name.givenName,name.familyName', (whole) => without(whole, 'name')],
    [enterpriseUrn, (whole) => without(whole, enterpriseUrn)],
    [
      `${enterpriseUrn}:manager.$ref`,
      (whole) => ({ ...whole, [enterpriseUrn]: { department: 'Tours', manager: { value: 'm1' } } }),
    ],
    [badgeUrn, (whole) => ({ ...whole, [badgeUrn]: { serial: 's' } })],
    ['id,schemas', (whole) => whole],
    [`${latchkeyUrn}:deliveries,nobodyKnows`, (whole) => whole],
  ];
  for (const [excludedAttributes, expected] of except) {
    it(`excludedAttributes=${excludedAttributes}`, () =>
      expect(project({ excludedAttributes })).to.deep.equal(named(expected(project({})))));
  }

  it('goes by attributes where both are given', () => {
    expect(project({ attributes: 'userName', excludedAttributes: 'userName' })).to.deep.equal(
      named({ ...always, userName: 'ines' }),
    );
  });

  for (const name of ['user name', 'emails[type eq "work"]', 'a.b.c', 'userName;', '"userName"', '.value', 'urn:']) {
    it(`refuses ${name}`, () => expect(() => project({ attributes: name })).to.throw(InvalidValueError, `'${name}'`));
  }
  it('refuses more than 1,000 names', () => {
    expect(() => project({ excludedAttributes: Array(1001).fill('a') as string[] })).to.throw(
      InvalidValueError,
      'more than 1000',
    );
  });
});

describe('projection of members', () => {
  const wants = (type: ResourceType, parameters: ProjectionParameters) =>
    projectionWants(type, parseProjection(type, parameters));

  it('are wanted only when they will be shown', () => {
    expect(wants(groupType, {})).to.deep.equal({ members: true, groups: false });
    expect(wants(groupType, { excludedAttributes: 'MEMBERS' })).to.deep.equal({ members: false, groups: false });
    expect(wants(groupType, { excludedAttributes: groupUrn })).to.deep.equal({ members: false, groups: false });
    expect(wants(groupType, { attributes: 'displayName' })).to.deep.equal({ members: false, groups: false });
    expect(wants(groupType, { attributes: 'members.value' })).to.deep.equal({ members: true, groups: false });
    expect(wants(groupType, { excludedAttributes: 'members.display' })).to.deep.equal({ members: true, groups: false });
    expect(wants(userType, {})).to.deep.equal({ members: false, groups: true });
    expect(wants(userType, { attributes: 'userName' })).to.deep.equal({ members: false, groups: false });
  });

  it('are projected one by one', () => {
    const members = groupType.resolve({ attribute: 'members' })!.attribute;
    const member = { value: 'u1', type: 'User', display: 'Ines' };
    expect(projectElement(members, member, parseProjection(groupType, {}))).to.equal(member);
    expect(projectElement(members, member, parseProjection(groupType, { attributes: 'members.value' }))).to.deep.equal({
      value: 'u1',
    });
    expect(projectElement(members, member, parseProjection(groupType, { attributes: 'members.$ref' }))).to.equal(
      undefined,
    );
    expect(
      projectElement(members, member, parseProjection(groupType, { excludedAttributes: 'members.display' })),
    ).to.deep.equal({ value: 'u1', type: 'User' });
  });
});
