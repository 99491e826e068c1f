import { expect } from 'chai';
import { groupNameUniqueKey } from '../../../src/provisioning/records/lookup-keys.ts';
import { checkPrecondition, stale, taken } from '../../../src/provisioning/records/write-refusals.ts';
import { PreconditionFailedError } from '../../../src/scim/model/scim-error.ts';
import { groupType, userType } from '../../support/resource-types.ts';

describe('taken', () => {
  for (const [type, key, detail] of [
    [userType, 'username:ines', 'userName: another User has this value already; its id is x1.'],
    [groupType, groupNameUniqueKey('Crew'), 'displayName: another Group has this value already; its id is x1.'],
    [userType, 'other:7', 'other: another User has this value already; its id is x1.'],
  ] as const) {
    it(`names the attribute of ${key}`, () => {
      expect(taken({ tenant: 'default', type, id: 'x2' }, key, 'x1').message).to.equal(detail);
    });
  }
});

describe('checkPrecondition', () => {
  for (const [precondition, passes] of [
    [undefined, true],
    [{}, true],
    [{ ifMatch: [2, 3] }, true],
    [{ ifMatch: '*' }, true],
    [{ ifMatch: [2] }, false],
    [{ ifMatch: [] }, false],
    [{ ifNoneMatch: [2] }, true],
    [{ ifNoneMatch: [3] }, false],
    [{ ifNoneMatch: '*' }, false],
  ] as const) {
    it(`${JSON.stringify(precondition)} ${passes ? 'allows' : 'refuses'} a write at version 3`, () => {
      const check = (): void => checkPrecondition(precondition, 3);
      if (passes) expect(check).not.to.throw();
      else expect(check).to.throw(PreconditionFailedError, 'at version W/"3"');
    });
  }

  it('says of a resource that is gone that it is', () => {
    expect(stale(undefined).message).to.equal('The resource is gone.');
  });
});
