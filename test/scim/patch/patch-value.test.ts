import { itPatchesShips } from '../../support/ship-patch.ts';
import { registryUrn, shipUrn } from '../../support/ship-type.ts';

describe('a value without a path', () => {
  itPatchesShips([
    {
      title: 'is a set of attributes by their plain names',
      operations: [{ op: 'add', value: { keel: 'oak', flags: ['DE'] } }],
      after: { keel: 'oak', flags: ['DE'] },
    },
    {
      title: 'may have an extension as an object',
      operations: [{ op: 'add', value: { [registryUrn]: { note: 'new' } } }],
      after: { [registryUrn]: { port: 'Kiel', note: 'new' } },
    },
    {
      title: 'may have the core attributes under their URN',
      operations: [{ op: 'add', value: { [shipUrn]: { keel: 'oak' } } }],
      after: { keel: 'oak' },
    },
    {
      title: 'may have dotted keys and keys with a URN',
      operations: [{ op: 'add', value: { 'hull.length': 3, [`${registryUrn}:note`]: 'new' } }],
      after: { hull: { length: 3 }, [registryUrn]: { port: 'Kiel', note: 'new' } },
      rules: ['dottedKey', 'urnKey'],
    },
    {
      title: 'may have keys with a filter',
      before: { berths: [{ value: 'A1' }] },
      operations: [
        { op: 'add', value: { 'berths[value eq "A1"].type': 'bow', 'berths[value eq "B2"].type': 'stern' } },
      ],
      after: {
        berths: [
          { value: 'A1', type: 'bow' },
          { value: 'B2', type: 'stern' },
        ],
      },
      rules: ['dottedKey'],
    },
    {
      title: 'may not have dotted keys from a client that is taken by the letter',
      operations: [{ op: 'add', value: { 'hull.length': 3 } }],
      profile: 'strict',
      refused: ['invalidPath', '"hull.length" is a path, and in a value without a path the keys are plain names'],
    },
    {
      title: 'may not have keys with a URN from a client that is taken by the letter',
      operations: [{ op: 'add', value: { [`${registryUrn}:note`]: 'new' } }],
      profile: 'strict',
      refused: ['invalidPath', 'is a path, and in a value'],
    },
    {
      title: 'may have a readOnly attribute as it is',
      before: { yard: 'Kiel' },
      operations: [{ op: 'replace', value: { yard: 'Kiel', keel: 'oak' } }],
      after: { yard: 'Kiel', keel: 'oak' },
      rules: ['readOnlyInValue'],
    },
    {
      title: 'may not have another value of a readOnly attribute',
      before: { yard: 'Kiel' },
      operations: [{ op: 'replace', value: { yard: 'Oslo' } }],
      refused: ['mutability', '"yard" is readOnly'],
    },
    {
      title: 'may not have a readOnly attribute from a client that is taken by the letter',
      before: { yard: 'Kiel' },
      operations: [{ op: 'replace', value: { yard: 'Kiel' } }],
      profile: 'strict',
      refused: ['mutability', '"yard" is readOnly'],
    },
    {
      title: 'may not have an attribute twice, however it is spelt',
      operations: [{ op: 'add', value: { 'hull.length': 3, hull: { LENGTH: 4 } } }],
      refused: ['invalidSyntax', '"hull.LENGTH" is given twice'],
    },
    {
      title: 'is refused for a filter in a key that does not suit its attribute',
      operations: [{ op: 'add', value: { 'berths[deck eq 2].type': 'bow' } }],
      refused: ['invalidFilter', 'deck'],
    },
    {
      title: 'must be an object',
      operations: [{ op: 'add', value: ['keel'] }],
      refused: ['invalidValue', 'the "value" must be an object whose keys are attributes'],
    },
    {
      title: 'has nothing for an operation that removes',
      operations: [{ op: 'remove', value: { keel: 'oak' } }],
      refused: ['noTarget', '"remove" needs a "path"'],
    },
  ]);
});

describe('a value with a path', () => {
  itPatchesShips([
    {
      title: 'is read from brackets and from an object, for a sub-attribute too',
      before: { berths: [{ value: 'A1' }] },
      operations: [
        { op: 'replace', path: 'berths[value eq "A1"].type', value: ['bow'] },
        { op: 'add', path: 'keel', value: { value: 'oak' } },
      ],
      after: { keel: 'oak', berths: [{ value: 'A1', type: 'bow' }] },
      rules: ['listOfOne', 'wrappedValue'],
    },
    {
      title: 'is not read from brackets for a client that is taken by the letter',
      operations: [{ op: 'add', path: 'keel', value: ['oak'] }],
      profile: 'strict',
      refused: ['invalidValue', 'keel must be a string, not a list'],
    },
    {
      title: 'is not read from an object for a client that is taken by the letter',
      operations: [{ op: 'add', path: 'keel', value: { value: 'oak' } }],
      profile: 'strict',
      refused: ['invalidValue', 'keel must be a string, not an object'],
    },
    {
      title: 'is not read from an object without a value',
      operations: [{ op: 'add', path: 'keel', value: { wood: 'oak' } }],
      refused: ['invalidValue', 'keel must be a string, not an object'],
    },
    {
      title: 'is not read from text for a client that is taken by the letter',
      operations: [{ op: 'add', path: 'seaworthy', value: 'True' }],
      profile: 'strict',
      refused: ['invalidValue', 'is not in the form that RFC 7643 gives it (booleanText)'],
    },
    {
      title: 'is not read from a bare value for a client that is taken by the letter',
      operations: [{ op: 'add', path: 'berths', value: ['A1'] }],
      profile: 'strict',
      refused: ['invalidValue', 'berths'],
    },
    {
      title: 'makes no missing element for a client that is taken by the letter and replaces',
      operations: [{ op: 'replace', path: 'berths[value eq "A1"].type', value: 'bow' }],
      profile: 'strict',
      refused: ['noTarget', 'No element of "berths" matches the filter'],
    },
    {
      title: 'makes no element where empty text is all that it says',
      operations: [{ op: 'add', path: 'berths[type eq "bow"].guests', value: [] }],
      after: {},
    },
    {
      title: 'is not null where it is added',
      operations: [{ op: 'add', path: 'flags', value: null }],
      refused: ['invalidValue', '"flags": null adds nothing'],
    },
    {
      title: 'is not null where it is removed',
      before: { flags: ['DE'] },
      operations: [{ op: 'remove', path: 'flags', value: null }],
      refused: ['invalidValue', '"flags": null names no value to remove'],
    },
    {
      title: 'may be null beside a filter that chooses what is removed',
      before: { flags: ['DE', 'SE'] },
      operations: [{ op: 'remove', path: 'flags[value eq "SE"]', value: null }],
      after: { flags: ['DE'] },
    },
    {
      title: 'stays where it cannot be read back',
      operations: [{ op: 'remove', path: 'code' }],
      refused: ['mutability', '"code" is writeOnly: it can be given again, not removed'],
    },
  ]);
});
