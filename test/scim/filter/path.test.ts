import { expect } from 'chai';
import { parsePath } from '../../../src/scim/filter/path.ts';
import { InvalidPathError, ScimError } from '../../../src/scim/model/scim-error.ts';
import { enterpriseUrn, userUrn } from '../../support/resource-types.ts';

describe('parsePath', () => {
  const work = { kind: 'compare', path: { attribute: 'type' }, operator: 'eq', value: 'work', text: 'work' };
  const understood: [string, object][] = [
    ['members', { path: { attribute: 'members' } }],
    ['name.familyName', { path: { attribute: 'name', subAttribute: 'familyName' } }],
    ['manager.$ref', { path: { attribute: 'manager', subAttribute: '$ref' } }],
    [`${userUrn}:name.familyName`, { path: { schema: userUrn, attribute: 'name', subAttribute: 'familyName' } }],
    [`${enterpriseUrn}:manager`, { path: { schema: enterpriseUrn, attribute: 'manager' } }],
    ['emails[type eq "work"]', { path: { attribute: 'emails' }, filter: work }],
    ['emails[type eq "work"].value', { path: { attribute: 'emails' }, filter: work, subAttribute: 'value' }],
    [
      `${userUrn}:emails[type eq "work"].value`,
      { path: { schema: userUrn, attribute: 'emails' }, filter: work, subAttribute: 'value' },
    ],
    [
      'emails[type eq "a].b:[c"].value',
      { path: { attribute: 'emails' }, filter: { ...work, value: 'a].b:[c', text: 'a].b:[c' }, subAttribute: 'value' },
    ],
  ];
  for (const [text, path] of understood) it(`understands ${text}`, () => expect(parsePath(text)).to.deep.equal(path));

  const malformed: [string, number][] = [
    ['', 1],
    [' userName', 1],
    ['name.', 1],
    ['.name', 1],
    ['a.b.c', 1],
    ['user name', 1],
    ['[type eq "work"]', 1],
    ['emails[type eq "work"', 7],
    ['emails[type eq "work"]value', 23],
    ['emails[type eq "work"].', 24],
    ['emails[type eq "work"].a.b', 24],
    ['emails[type eq "work"].urn:x:y', 24],
  ];
  for (const [text, character] of malformed) {
    it(`says where ${JSON.stringify(text)} is wrong`, () => {
      expect(() => parsePath(text)).to.throw(InvalidPathError, `at character ${character}:`);
    });
  }

  it("leaves what is wrong between the brackets to the filter's own error", () => {
    expect(() => parsePath('emails[type is "work"].value'))
      .to.throw(ScimError)
      .with.property('scimType', 'invalidFilter');
    expect(() => parsePath('emails[]'))
      .to.throw(ScimError)
      .with.property('status', 400);
  });

  it('has a limit', () => {
    expect(() => parsePath('a'.repeat(10_000))).to.throw(InvalidPathError, '8192');
  });
});
