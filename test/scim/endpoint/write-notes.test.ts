import { expect } from 'chai';
import { rulesOf, skippedIn, withOperations } from '../../../src/scim/endpoint/write-notes.ts';
import { InvalidPathError, ScimError } from '../../../src/scim/model/scim-error.ts';
import type { PatchOperation } from '../../../src/scim/patch/patch-op.ts';
import type { Representation } from '../../../src/scim/port/resource-handler.ts';

const representation: Representation = {
  resource: { id: 'g1' },
  resourceType: 'Group',
  version: 1,
  created: '2031-05-06T07:08:09Z',
  lastModified: '2031-05-06T07:08:09Z',
};
const operations: readonly PatchOperation[] = [
  { op: 'add', value: { title: 'Captain' }, rules: ['capitalisedOp'] },
  { op: 'remove', path: 'nickName' },
];

describe('rulesOf', () => {
  it('says each rule once, and names what was left out', () => {
    expect(
      rulesOf({
        rules: ['missingSchemas'],
        dropped: ['shoeSize'],
        operations: [
          { op: 'add', outcome: 'applied', rules: ['capitalisedOp', 'missingSchemas'] },
          { op: 'remove', outcome: 'applied' },
        ],
        skippedMembers: { count: 30, ids: ['u8', 'u9'] },
      }),
    ).to.deep.equal([
      'dialect: missingSchemas',
      'dialect: capitalisedOp',
      "unknownAttributes: 'shoeSize' is dropped",
      "unknownMembers: 'u8' is skipped",
      "unknownMembers: 'u9' is skipped",
    ]);
  });

  it('says nothing of a request by the letter', () => expect(rulesOf({})).to.deep.equal([]));
});

describe('skippedIn', () => {
  it('tells of members that were left out, and of nothing else', () => {
    const skippedMembers = { count: 1, ids: ['u9'] };
    expect(skippedIn({ ...representation, skippedMembers })).to.deep.equal({ skippedMembers });
    expect(skippedIn(representation)).to.deep.equal({});
  });
});

describe('withOperations', () => {
  const notesOf = (cause: ScimError) => (withOperations(cause, operations) as ScimError).notes;

  it('tells the operation at fault from the others', () => {
    expect(notesOf(new InvalidPathError('"nickName" names no attribute.').at(1))).to.deep.equal({
      operations: [
        { op: 'add', outcome: 'notApplied', rules: ['capitalisedOp'] },
        { op: 'remove', path: 'nickName', outcome: 'refused', rules: [] },
      ],
    });
  });

  it('finds all of them at fault where the refusal names none', () => {
    expect(
      notesOf(new ScimError(412, undefined, 'It is at version 2.'))?.operations?.map(({ outcome }) => outcome),
    ).to.deep.equal(['refused', 'refused']);
  });

  it('leaves a fault of ours as it is', () => {
    const fault = new RangeError('out of memory');
    expect(withOperations(fault, operations)).to.equal(fault);
    expect(fault).not.to.have.property('notes');
  });
});
