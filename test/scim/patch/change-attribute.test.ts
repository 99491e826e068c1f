import { itPatchesShips } from '../../support/ship-patch.ts';

describe('changeAttribute', () => {
  describe('of a single value', () => {
    itPatchesShips([
      {
        title: 'sets what is immutable once, and the same value again',
        operations: [
          { op: 'add', path: 'keel', value: 'oak' },
          { op: 'replace', path: 'keel', value: 'oak' },
        ],
        after: { keel: 'oak' },
      },
      {
        title: 'refuses another value of what is immutable',
        before: { keel: 'oak' },
        operations: [{ op: 'replace', path: 'keel', value: 'elm' }],
        refused: ['mutability', '"keel" is immutable and already has a value'],
      },
      {
        title: 'refuses to take away what is immutable',
        before: { keel: 'oak' },
        operations: [{ op: 'remove', path: 'keel' }],
        refused: ['mutability', '"keel" is immutable'],
      },
      {
        title: 'refuses one more value of an immutable list',
        before: { callSigns: ['DABC'] },
        operations: [{ op: 'add', path: 'callSigns', value: ['DXYZ'] }],
        refused: ['mutability', '"callSigns" is immutable'],
      },
      {
        title: 'takes a value of an immutable list that is there already',
        before: { callSigns: ['DABC'] },
        operations: [{ op: 'add', path: 'callSigns', value: ['dabc'] }],
        after: { callSigns: ['DABC'] },
      },
      {
        title: 'refuses to empty what cannot be read back',
        before: { code: 'x' },
        operations: [{ op: 'replace', path: 'code', value: '' }],
        refused: ['invalidValue', '"code" cannot be emptied'],
      },
      {
        title: 'refuses to empty by null what cannot be read back',
        before: { code: 'x' },
        operations: [{ op: 'replace', path: 'code', value: null }],
        refused: ['invalidValue', '"code" cannot be emptied'],
      },
      {
        title: 'refuses to remove what always has a value',
        before: { seaworthy: true },
        operations: [{ op: 'remove', path: 'seaworthy' }],
        refused: ['mutability', '"seaworthy" cannot be removed: replace it with a value'],
      },
      {
        title: 'refuses null for what always has a value',
        before: { seaworthy: true },
        operations: [{ op: 'replace', path: 'seaworthy', value: null }],
        refused: ['invalidValue', 'seaworthy cannot be empty: send true or false'],
      },
    ]);
  });

  describe('of a complex value', () => {
    itPatchesShips([
      {
        title: 'changes the part that is named and leaves the others',
        before: { hull: { material: 'steel', length: 40 } },
        operations: [{ op: 'replace', path: 'hull', value: { length: 42 } }],
        after: { hull: { material: 'steel', length: 42 } },
      },
      {
        title: 'replaces it whole for a client of the interoperability profile',
        before: { hull: { plates: ['a'], length: 40 } },
        operations: [{ op: 'replace', path: 'hull', value: { length: 42 } }],
        profile: 'ipsie',
        after: { hull: { length: 42 } },
      },
      {
        title: 'takes away a part that is named as null',
        before: { hull: { material: 'steel', length: 40 } },
        operations: [{ op: 'replace', path: 'hull', value: { length: null } }],
        after: { hull: { material: 'steel' } },
      },
      {
        title: 'refuses another value of an immutable part',
        before: { hull: { material: 'steel', length: 40 } },
        operations: [{ op: 'replace', path: 'hull', value: { material: 'oak' } }],
        refused: ['mutability', '"hull.material" is immutable'],
      },
      {
        title: 'refuses to take away an immutable part',
        before: { hull: { material: 'steel', length: 40 } },
        operations: [{ op: 'remove', path: 'hull.material' }],
        refused: ['mutability', '"hull.material" is immutable'],
      },
      {
        title: 'refuses a readOnly part',
        before: { hull: { material: 'steel' } },
        operations: [{ op: 'replace', path: 'hull.yard', value: 'Kiel' }],
        refused: ['mutability', '"hull.yard" is readOnly'],
      },
      {
        title: 'refuses a part that there is not',
        operations: [{ op: 'replace', path: 'hull.depth', value: 3 }],
        refused: ['invalidPath', '"hull" has no sub-attribute "depth"'],
      },
      {
        title: 'makes it where a part is given',
        operations: [{ op: 'add', path: 'hull.length', value: 40 }],
        after: { hull: { length: 40 } },
      },
      {
        title: 'has nothing to remove where there is none',
        operations: [{ op: 'remove', path: 'hull.length' }],
        after: {},
      },
      {
        title: 'adds to a list within it, each value once',
        before: { hull: { plates: ['a', 'b'] } },
        operations: [{ op: 'add', path: 'hull.plates', value: ['B', 'c'] }],
        after: { hull: { plates: ['a', 'b', 'c'] } },
      },
      {
        title: 'replaces a list within it',
        before: { hull: { plates: ['a', 'b'] } },
        operations: [{ op: 'replace', path: 'hull.plates', value: ['c'] }],
        after: { hull: { plates: ['c'] } },
      },
      {
        title: 'does not keep the $ref of another value',
        before: { owner: { value: '1', $ref: 'https://example.com/1', share: 60 } },
        operations: [{ op: 'replace', path: 'owner.value', value: '2' }],
        after: { owner: { value: '2', share: 60 } },
      },
      {
        title: 'does not keep it where the whole gives another value',
        before: { owner: { value: '1', $ref: 'https://example.com/1', share: 60 } },
        operations: [{ op: 'add', path: 'owner', value: { value: '2' } }],
        after: { owner: { value: '2', share: 60 } },
      },
      {
        title: 'takes the $ref that comes with another value',
        before: { owner: { value: '1', $ref: 'https://example.com/1' } },
        operations: [{ op: 'replace', path: 'owner', value: { value: '2', $ref: 'https://example.com/2' } }],
        after: { owner: { value: '2', $ref: 'https://example.com/2' } },
      },
      {
        title: 'takes a $ref by its path',
        before: { owner: { value: '1', $ref: 'https://example.com/1' } },
        operations: [{ op: 'replace', path: 'owner.$ref', value: 'https://example.com/one' }],
        after: { owner: { value: '1', $ref: 'https://example.com/one' } },
      },
      {
        title: 'is gone where its value is sent as empty text',
        before: { owner: { value: '1', share: 60 } },
        operations: [{ op: 'replace', path: 'owner.value', value: '' }],
        after: {},
        rules: ['emptyReference'],
      },
      {
        title: 'keeps empty text as its value for a client that is taken by the letter',
        before: { owner: { value: '1', share: 60 } },
        operations: [{ op: 'replace', path: 'owner.value', value: '' }],
        profile: 'strict',
        after: { owner: { value: '', share: 60 } },
      },
      {
        title: 'is read from a list of one',
        operations: [{ op: 'add', path: 'owner', value: [{ value: '1' }] }],
        after: { owner: { value: '1' } },
        rules: ['listOfOne'],
      },
      {
        title: 'is refused as a list of one from a client that is taken by the letter',
        operations: [{ op: 'add', path: 'owner', value: [{ value: '1' }] }],
        profile: 'strict',
        refused: ['invalidValue', 'owner'],
      },
      {
        title: 'is read from a bare value',
        operations: [{ op: 'add', path: 'owner', value: '1' }],
        after: { owner: { value: '1' } },
        rules: ['bareValue'],
      },
    ]);
  });
});
