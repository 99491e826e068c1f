import { expect } from 'chai';
import type { Json } from '../../../src/base/json.ts';
import type { ClientProfile } from '../../../src/domain/client-profile.ts';
import { InvalidValueError } from '../../../src/scim/model/scim-error.ts';
import { applyPatch, patchSteps } from '../../../src/scim/patch/apply-patch.ts';
import type { MembersOperation } from '../../../src/scim/patch/members-operation.ts';
import type { PatchOperation } from '../../../src/scim/patch/patch-op.ts';
import { matchCondition } from '../../../src/scim/search/filter-match.ts';
import { groupType } from '../../support/resource-types.ts';

const group = { displayName: 'Harbour' };

function read(
  operation: Omit<PatchOperation, 'path'> & { readonly path?: string },
  profile: ClientProfile = 'auto',
): { readonly members: MembersOperation | undefined; readonly rules: readonly string[] } {
  const whole = { path: 'members', ...operation };
  const { members, operations } = applyPatch(groupType, group, [whole], { profile, unknownAttributes: 'drop' });
  return { members: members[0], rules: operations[0]?.rules ?? [] };
}

describe('membersOperation', () => {
  const ines = { value: 'u1' };
  for (const [title, operation, expected] of [
    [
      'each member once, and the last word of one',
      add([ines, { value: 'u1', display: 'Ines' }]),
      added({ value: 'u1', display: 'Ines' }),
    ],
    [
      'what a member says of itself',
      add([{ value: 'u1', type: 'User', display: 'Ines' }]),
      added({ value: 'u1', type: 'User', display: 'Ines' }),
    ],
    ['no empty texts of a member', add([{ value: 'u1', type: '', display: '' }]), added(ines)],
    ['one member without a list', add(ines), added(ines)],
    ['bare ids', add(['u1', 'u2']), added(ines, { value: 'u2' })],
    ['a member by its $ref', add([{ $ref: 'https://example.com/scim/v2/Users/u1' }]), added(ines)],
    [
      'the id of a member that has a $ref too',
      add([{ value: 'u1', $ref: 'https://example.com/Users/u9' }]),
      added(ines),
    ],
    ['an empty list as nobody to add', add([]), added()],
    ['a list in place of all', { op: 'replace', value: [ines] }, { index: 0, kind: 'replace', members: [ines] }],
    ['an empty list in place of all', { op: 'replace', value: [] }, { index: 0, kind: 'clear' }],
    ['the removal of all', { op: 'remove' }, { index: 0, kind: 'clear' }],
    ['the removal of some', { op: 'remove', value: [ines, 'u2'] }, removed('u1', 'u2')],
    ['the removal of nobody', { op: 'remove', value: [] }, removed()],
    ['ids that a filter names', { op: 'remove', path: 'members[value eq "u1" or value eq "u2"]' }, removed('u1', 'u2')],
    [
      'of the ids that a filter names those that the value names',
      { op: 'remove', path: 'members[value eq "u1" or value eq "u2"]', value: ['u2', 'u3'] },
      removed('u2'),
    ],
  ] as const satisfies readonly (readonly [string, Omit<PatchOperation, 'path'> & { path?: string }, unknown])[]) {
    it(`reads ${title}`, () => expect(read(operation).members).to.deep.equal(expected));
  }

  const people = [
    { value: 'u1', display: 'Ada', type: 'User' },
    { value: 'u2', display: 'Aki', type: 'User' },
    { value: 'g1', display: 'Crew', type: 'Group' },
  ];
  for (const [title, path, value, meant] of [
    ['by what a filter says of them', 'members[display sw "A"]', undefined, ['u1', 'u2']],
    ['by an id and more', 'members[value eq "u1" and type eq "Group"]', undefined, []],
    ['by an id or more', 'members[value eq "u1" or type eq "Group"]', undefined, ['u1', 'g1']],
    ['by an id that is compared in another way', 'members[value sw "u"]', undefined, ['u1', 'u2']],
    ['both by a filter and by name', 'members[type eq "User"]', ['u2'], ['u2']],
    ['both by a filter and by several names', 'members[type eq "User"]', ['u2', 'u1', 'g1'], ['u1', 'u2']],
  ] as const) {
    it(`removes members ${title}`, () => {
      const { members } = read({ op: 'remove', path, ...(value === undefined ? {} : { value: [...value] }) });
      if (members?.kind !== 'removeWhere') return expect.fail(`it is ${members?.kind}`);
      const chosen = people.filter((one) => matchCondition(members.condition, folded(one))).map((one) => one.value);
      expect(chosen).to.deep.equal(meant);
    });
  }

  for (const [title, operation, detail] of [
    ['null to add', add(null), 'null names no member'],
    ['null in place of all', { op: 'replace', value: null }, 'null names no member'],
    ['null to remove', { op: 'remove', value: null }, 'null names no member'],
    ['an empty id', add([{ value: '' }]), 'needs a "value"'],
    ['a list of nothing but empty ids in place of all', { op: 'replace', value: [{ value: '' }] }, 'needs a "value"'],
    ['a member that says only its name', add([{ display: 'Ines' }]), 'needs a "value"'],
    ['a number in the place of a member', add([7]), 'members'],
    [
      'more than a hundred names beside a filter',
      { op: 'remove', path: 'members[type eq "User"]', value: ids(101) },
      'may name 1 to 100 members',
    ],
  ] as const satisfies readonly (readonly [string, Omit<PatchOperation, 'path'> & { path?: string }, string])[]) {
    it(`refuses ${title}`, () => expect(() => read(operation)).to.throw(InvalidValueError, detail));
  }

  it('names the rule by which it understood a member', () => {
    expect(read(add([{ $ref: '/Users/u1' }])).rules).to.deep.equal(['memberByRef']);
    expect(read({ op: 'remove', value: [ines] }).rules).to.deep.equal(['removeByValue']);
    expect(read(add([ines])).rules).to.deep.equal([]);
  });

  it('takes a $ref for a member from no client that is taken by the letter', () => {
    expect(() => read(add([{ $ref: '/Users/u1' }]), 'strict')).to.throw(InvalidValueError, 'needs a "value"');
  });

  it('lets others have their turn within a long list', () => {
    const many = { op: 'add', path: 'members', value: ids(5000) } as const;
    const turns = [...patchSteps(groupType, group, [many], { profile: 'auto', unknownAttributes: 'drop' })];
    expect(turns.length).to.be.greaterThan(10);
  });
});

function add(value: Json): { readonly op: 'add'; readonly value: Json } {
  return { op: 'add', value };
}

function added(...members: readonly unknown[]): unknown {
  return { index: 0, kind: 'add', members };
}

function removed(...values: readonly string[]): unknown {
  return { index: 0, kind: 'remove', values };
}

function ids(count: number): Json[] {
  return Array.from({ length: count }, (_, index) => `u${index}`);
}

/** As stores keep a member for searches. */
function folded({ value, display, type }: Readonly<Record<'value' | 'display' | 'type', string>>) {
  return { value, display: display.toLowerCase(), type: type.toLowerCase() };
}
