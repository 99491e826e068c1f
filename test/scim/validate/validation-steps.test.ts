import { expect } from 'chai';
import { atOnce } from '../../../src/base/cooperative.ts';
import { validateResource, validationSteps } from '../../../src/scim/validate/validate-resource.ts';
import type { Json } from '../../../src/base/json.ts';
import { groupType as group } from '../../support/resource-types.ts';

describe('validationSteps', () => {
  const options = { context: 'create', unknownAttributes: 'drop' } as const;
  const body = (members: Json[]) => ({ schemas: [group.schema.id], displayName: 'Harbour', Members: members });
  const many = (count: number): Json[] =>
    Array.from({ length: count }, (_, n) => ({
      value: `u${n}`,
      Type: n % 2 === 0 ? 'User' : 'Group',
      ...(n % 7 === 0 ? { odd: 1 } : {}),
    }));

  for (const count of [0, 1, 500, 501, 1000, 2345]) {
    it(`makes of ${count} members what validateResource makes of them`, () => {
      expect(atOnce(validationSteps(group, body(many(count)), options))).to.deep.equal(
        validateResource(group, body(many(count)), options),
      );
    });
  }

  it('yields between slices of many members, and not for few', () => {
    expect([...validationSteps(group, body(many(400)), options)]).to.have.length(0);
    expect([...validationSteps(group, body(many(5000)), options)].length).to.be.greaterThan(5);
  });

  it('names the place of a fault in the whole list', () => {
    const members = many(2000);
    members[1234] = { value: { not: 'an id' } };
    expect(() => atOnce(validationSteps(group, body(members), options))).to.throw(
      'members[1234].value must be a string, not an object.',
    );
  });
});
