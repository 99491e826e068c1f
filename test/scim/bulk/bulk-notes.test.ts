import { expect } from 'chai';
import { BulkNotes, noteOf } from '../../../src/scim/bulk/bulk-notes.ts';
import { InvalidSyntaxError } from '../../../src/scim/model/scim-error.ts';

describe('BulkNotes', () => {
  it('has each rule and each dropped name of all operations once', () => {
    const notes = new BulkNotes();
    notes.add({ rules: ['nameCase'], dropped: ['shoeSize'] });
    notes.add({
      rules: ['nameCase'],
      operations: [
        { op: 'add', outcome: 'applied', rules: ['capitalisedOp'] },
        { op: 'add', outcome: 'applied' },
      ],
      dropped: ['shoeSize', 'hatSize'],
    });
    notes.add({});
    expect(notes.all()).to.deep.equal({ rules: ['nameCase', 'capitalisedOp'], dropped: ['shoeSize', 'hatSize'] });
  });

  it('counts the members that were left out, and names the first twenty', () => {
    const ids = Array.from({ length: 15 }, (_, index) => `u${index}`);
    const notes = new BulkNotes();
    notes.add({ skippedMembers: { count: 400, ids } });
    notes.add({ skippedMembers: { count: 15, ids } });
    expect(notes.all().skippedMembers).to.deep.equal({ count: 415, ids: [...ids, ...ids.slice(0, 5)] });
  });

  it('goes on from earlier ones and leaves those as they are', () => {
    const earlier = new BulkNotes();
    earlier.add({ rules: ['nameCase'], dropped: ['a'], skippedMembers: { count: 1, ids: ['u1'] } });
    const before = earlier.all();
    const notes = new BulkNotes(earlier);
    notes.add({ rules: ['listOfOne'], dropped: ['b'], skippedMembers: { count: 1, ids: ['u2'] } });
    expect(notes.all()).to.deep.equal({
      rules: ['nameCase', 'listOfOne'],
      dropped: ['a', 'b'],
      skippedMembers: { count: 2, ids: ['u1', 'u2'] },
    });
    expect(earlier.all()).to.deep.equal(before);
  });
});

describe('the note of an operation', () => {
  const operation = { method: 'DELETE', path: '/Users/u1' } as const;
  for (const [status, outcome] of [
    ['204', 'applied'],
    ['200', 'applied'],
    ['404', 'refused'],
    ['500', 'refused'],
    ['424', 'notApplied'],
    [undefined, 'notApplied'],
  ] as const) {
    it(`answered ${status ?? 'not at all'} says ${outcome}`, () => {
      expect(noteOf(operation, status)).to.deep.equal({ op: 'DELETE', path: '/Users/u1', outcome });
    });
  }

  it('has no path where it could not be read', () => {
    const fault = { method: '', fault: new InvalidSyntaxError('Operations[0]: …') };
    expect(noteOf(fault, '400')).to.deep.equal({ op: '', outcome: 'refused' });
  });
});
