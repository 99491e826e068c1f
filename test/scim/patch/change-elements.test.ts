import { itPatchesShips } from '../../support/ship-patch.ts';

describe('changeAttribute', () => {
  describe('of a list of plain values', () => {
    itPatchesShips([
      {
        title: 'adds one that is sent without a list',
        before: { flags: ['DE'] },
        operations: [{ op: 'add', path: 'flags', value: 'SE' }],
        after: { flags: ['DE', 'SE'] },
        rules: ['singleForMany'],
      },
      {
        title: 'takes one without a list for a fault of a client that is taken by the letter',
        operations: [{ op: 'add', path: 'flags', value: 'SE' }],
        profile: 'strict',
        refused: ['invalidValue', '"flags" is multi-valued: its value must be a list'],
      },
      {
        title: 'adds nothing where the list is empty',
        before: { flags: ['DE'] },
        operations: [{ op: 'add', path: 'flags', value: [] }],
        after: { flags: ['DE'] },
      },
      {
        title: 'removes those that are named, in any letter case',
        before: { flags: ['DE', 'SE', 'NO'] },
        operations: [{ op: 'remove', path: 'flags', value: ['se', 'FI'] }],
        after: { flags: ['DE', 'NO'] },
        rules: ['removeByValue'],
      },
      {
        title: 'knows moments by what they say, not by how they are spelt',
        before: { surveys: ['2031-05-06T07:08:09Z'] },
        operations: [{ op: 'remove', path: 'surveys', value: ['2031-05-06T09:08:09+02:00'] }],
        after: {},
        rules: ['removeByValue'],
      },
      {
        title: 'changes one that a filter chooses',
        before: { flags: ['DE', 'SE'] },
        operations: [{ op: 'replace', path: 'flags[value eq "SE"]', value: 'NO' }],
        after: { flags: ['DE', 'NO'] },
      },
      {
        title: 'makes the one that its filter names where there is none',
        before: { flags: ['DE'] },
        operations: [{ op: 'add', path: 'flags[value eq "SE"]', value: 'NO' }],
        after: { flags: ['DE', 'NO'] },
      },
      {
        title: 'takes one that became what another is for that one',
        before: { flags: ['DE', 'SE'] },
        operations: [{ op: 'replace', path: 'flags[value eq "SE"]', value: 'de' }],
        after: { flags: ['DE'] },
      },
      {
        title: 'writes a canonical value as the schema spells it',
        operations: [{ op: 'add', path: 'ratings', value: ['gold'] }],
        after: { ratings: ['Gold'] },
      },
      {
        title: 'refuses a value that is not one of those the schema names',
        operations: [{ op: 'add', path: 'ratings', value: ['bronze'] }],
        refused: ['invalidValue', "must be one of 'Gold', 'Silver'"],
      },
    ]);
  });

  describe('of a list of complex values', () => {
    const berths = [
      { value: 'A1', type: 'bow', number: 1 },
      { value: 'B2', type: 'stern', number: 2 },
    ];
    itPatchesShips([
      {
        title: 'replaces the chosen element whole',
        before: { berths },
        operations: [{ op: 'replace', path: 'berths[value eq "A1"]', value: { value: 'A2' } }],
        after: { berths: [{ value: 'A2' }, berths[1]!] },
      },
      {
        title: 'adds to the chosen element',
        before: { berths },
        operations: [{ op: 'add', path: 'berths[value eq "A1"]', value: { heated: true } }],
        after: { berths: [{ value: 'A1', type: 'bow', number: 1, heated: true }, berths[1]!] },
      },
      {
        title: 'refuses to replace an element by nothing',
        before: { berths },
        operations: [{ op: 'replace', path: 'berths[value eq "A1"]', value: {} }],
        refused: ['invalidValue', '"berths" says nothing. Each of "berths" needs a "value"'],
      },
      {
        title: 'refuses to add nothing to an element',
        before: { berths },
        operations: [{ op: 'add', path: 'berths[value eq "A1"]', value: {} }],
        refused: ['invalidValue', '"berths" says nothing'],
      },
      {
        title: 'refuses another value of an immutable part of an element',
        before: { berths },
        operations: [{ op: 'add', path: 'berths[value eq "A1"]', value: { number: 7 } }],
        refused: ['mutability', '"berths.number" is immutable'],
      },
      {
        title: 'changes a part of each element where no filter chooses',
        before: { berths },
        operations: [{ op: 'replace', path: 'berths.heated', value: false }],
        after: { berths: berths.map((berth) => ({ ...berth, heated: false })) },
      },
      {
        title: 'makes an element of a part where there is none, and no filter',
        operations: [{ op: 'add', path: 'berths.value', value: 'A1' }],
        after: { berths: [{ value: 'A1' }] },
      },
      {
        title: 'adds to a list within each chosen element',
        before: { berths: [{ value: 'A1', guests: ['Ines'] }] },
        operations: [{ op: 'add', path: 'berths[value eq "A1"].guests', value: ['Tove'] }],
        after: { berths: [{ value: 'A1', guests: ['Ines', 'Tove'] }] },
      },
      {
        title: 'makes the missing element of all that its filter says',
        operations: [{ op: 'replace', path: 'berths[value eq "A1" and heated eq true].type', value: 'bow' }],
        after: { berths: [{ value: 'A1', heated: true, type: 'bow' }] },
        rules: ['createElement'],
      },
      {
        title: 'reads a boolean that a filter has as text',
        before: { berths: [{ value: 'A1', heated: true }] },
        operations: [{ op: 'replace', path: 'berths[heated eq "True"].type', value: 'bow' }],
        after: { berths: [{ value: 'A1', heated: true, type: 'bow' }] },
        rules: ['booleanTextInFilter'],
      },
      {
        title: 'reads it within not, and and or too',
        before: { berths: [{ value: 'A1', heated: true }, { value: 'B2' }] },
        operations: [
          { op: 'remove', path: 'berths[(not (heated eq "True")) and (value eq "B2" or heated eq "false")]' },
        ],
        after: { berths: [{ value: 'A1', heated: true }] },
        rules: ['booleanTextInFilter'],
      },
      {
        title: 'makes no element of a filter that says two things of one part',
        operations: [{ op: 'add', path: 'berths[type eq "bow" and type eq "stern"].value', value: 'A1' }],
        refused: ['noTarget', 'none can be made from it'],
      },
      {
        title: 'makes no element of a filter that compares in another way than by eq',
        operations: [{ op: 'add', path: 'berths[type sw "b"].value', value: 'A1' }],
        refused: ['noTarget', 'none can be made from it'],
      },
      {
        title: 'removes by a part of what an element says',
        before: { berths },
        operations: [{ op: 'remove', path: 'berths', value: [{ value: 'a1' }] }],
        after: { berths: [berths[1]!] },
        rules: ['removeByValue'],
      },
      {
        title: 'drops an element that loses its value',
        before: { berths },
        operations: [{ op: 'remove', path: 'berths[type eq "bow"].value' }],
        after: { berths: [berths[1]!] },
      },
      {
        title: 'drops an element of which the last part that says something is removed',
        before: { crests: [{ shape: 'round' }] },
        operations: [{ op: 'remove', path: 'crests.shape' }],
        after: {},
      },
      {
        title: 'refuses an element without a part that each must have',
        operations: [{ op: 'add', path: 'crests', value: [{ colour: 'red' }] }],
        refused: ['invalidValue', '"crests" needs its "shape"'],
      },
      {
        title: 'refuses a change of a readOnly part of an element',
        before: { berths },
        operations: [{ op: 'replace', path: 'berths[value eq "A1"].class', value: 'first' }],
        refused: ['mutability', '"berths.class" is readOnly'],
      },
    ]);
  });
});
