import { expect } from 'chai';
import { groupType, userType } from '../../support/resource-types.ts';
import { shipType } from '../../support/ship-type.ts';
import { keepActive, keepsActive } from '../../../src/provisioning/user/keep-active.ts';

describe('keepActive', () => {
  const user = (active?: boolean) => ({ schemas: [], ...(active === undefined ? {} : { active }) });
  const table: readonly [string, before: boolean | undefined | 'none', said: boolean | undefined, after: boolean][] = [
    ['a create that says nothing stores the default', 'none', undefined, true],
    ['a create that says false stores false', 'none', false, false],
    ['a write that leaves it out keeps false', false, undefined, false],
    ['a write that leaves it out keeps true', true, undefined, true],
    ['a record from before the default was stored gets it', undefined, undefined, true],
    ['true said is true', false, true, true],
    ['false said is false', true, false, false],
  ];
  for (const [title, before, said, after] of table) {
    it(title, () => {
      expect(keepActive(before === 'none' ? undefined : user(before), user(said))['active']).to.equal(after);
    });
  }
});

describe('keepsActive', () => {
  it('is true of users, who are switched on and off, and of no type without such an attribute', () => {
    expect([userType, groupType, shipType].map(keepsActive)).to.deep.equal([true, false, false]);
  });
});
