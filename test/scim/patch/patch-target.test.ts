import { itPatchesShips } from '../../support/ship-patch.ts';
import { cargoUrn, registryUrn, shipUrn } from '../../support/ship-type.ts';

const schemas = [shipUrn, registryUrn, cargoUrn];

describe('resolveTarget', () => {
  itPatchesShips([
    {
      title: 'finds an attribute of an extension by its URN, in any letter case',
      operations: [{ op: 'add', path: `${registryUrn.toUpperCase()}:NOTE`, value: 'new' }],
      after: { [registryUrn]: { port: 'Kiel', note: 'new' } },
    },
    {
      title: 'finds it by its name alone where one extension has it',
      operations: [{ op: 'add', path: 'note', value: 'new' }],
      after: { [registryUrn]: { port: 'Kiel', note: 'new' } },
    },
    {
      title: 'reads a dot after the URN',
      operations: [{ op: 'add', path: `${registryUrn}.note`, value: 'new' }],
      after: { [registryUrn]: { port: 'Kiel', note: 'new' } },
      rules: ['dotAfterUrn'],
    },
    {
      title: 'refuses a dot after the URN from a client that is taken by the letter',
      operations: [{ op: 'add', path: `${registryUrn}.note`, value: 'new' }],
      profile: 'strict',
      refused: ['invalidPath', 'Operations[0]'],
    },
    {
      title: 'takes the URN of an extension for all its attributes',
      operations: [{ op: 'replace', path: registryUrn, value: { note: 'new' } }],
      after: { [registryUrn]: { port: 'Kiel', note: 'new' } },
      rules: ['schemaPath'],
    },
    {
      title: 'takes the URN of the core schema for all its attributes',
      operations: [{ op: 'replace', path: shipUrn, value: { keel: 'oak' } }],
      after: { keel: 'oak' },
      rules: ['schemaPath'],
    },
    {
      title: 'refuses a URN alone from a client that is taken by the letter',
      operations: [{ op: 'replace', path: registryUrn, value: { note: 'new' } }],
      profile: 'strict',
      refused: ['invalidPath', 'Operations[0]'],
    },
    {
      title: 'refuses a URN alone with a value that is not an object',
      operations: [{ op: 'replace', path: registryUrn, value: 'new' }],
      refused: ['invalidValue', 'must be an object with its attributes'],
    },
    {
      title: 'refuses to remove all core attributes together',
      operations: [{ op: 'remove', path: shipUrn }],
      refused: ['mutability', 'is the core schema; its attributes cannot be removed together'],
    },
    {
      title: 'refuses to remove a required extension',
      operations: [{ op: 'remove', path: registryUrn }],
      refused: ['mutability', `"${registryUrn}" is required and cannot be removed`],
    },
    {
      title: 'refuses to remove an attribute that its extension requires',
      before: { schemas, [cargoUrn]: { kind: 'ore', tons: 3 } },
      operations: [{ op: 'remove', path: `${cargoUrn}:kind` }],
      refused: ['mutability', '"kind" is required and cannot be removed'],
    },
    {
      title: 'refuses a filter on what has one value',
      operations: [{ op: 'add', path: 'hull[length eq 3].plates', value: ['a'] }],
      refused: ['invalidPath', '"hull": a filter chooses among the elements of a multi-valued attribute'],
    },
    {
      title: 'refuses a filter that comes after a sub-attribute',
      operations: [{ op: 'add', path: 'berths.guests[value eq "Ines"]', value: 'Tove' }],
      refused: ['invalidPath', 'comes right after its name'],
    },
    {
      title: 'refuses what names no attribute',
      operations: [{ op: 'add', path: 'mast', value: 'tall' }],
      refused: ['invalidPath', '"mast" names no attribute of Ship'],
    },
    {
      title: 'refuses a readOnly attribute',
      operations: [{ op: 'add', path: 'yard', value: 'Kiel' }],
      refused: ['mutability', '"yard" is readOnly'],
    },
  ]);
});

describe('an extension', () => {
  itPatchesShips([
    {
      title: 'that is new needs all that it requires',
      operations: [{ op: 'add', path: `${cargoUrn}:tons`, value: 3 }],
      refused: ['mutability', '"kind" is required'],
    },
    {
      title: 'that is new is listed in schemas',
      operations: [{ op: 'add', path: cargoUrn, value: { kind: 'ore', tons: 3 } }],
      after: { schemas, [cargoUrn]: { kind: 'ore', tons: 3 } },
      rules: ['schemaPath'],
    },
    {
      title: 'loses all that can be removed by its URN, and keeps what goes by its own name alone',
      before: {
        schemas: [shipUrn, registryUrn, cargoUrn],
        [cargoUrn]: { tons: 3, bonded: true, seal: 'x', weighedAt: 'Kiel' },
      },
      operations: [{ op: 'remove', path: cargoUrn }],
      after: { schemas, [cargoUrn]: { bonded: true, seal: 'x', weighedAt: 'Kiel' } },
      rules: ['schemaPath'],
    },
    {
      title: 'is gone, and its URN with it, when its last attribute is removed',
      before: { schemas, [cargoUrn]: { tons: 3 } },
      operations: [{ op: 'remove', path: `${cargoUrn}:tons` }],
      after: {},
    },
    {
      title: 'does not lose what it requires to empty text',
      operations: [{ op: 'replace', path: `${registryUrn}:port`, value: '' }],
      refused: ['invalidValue', `${registryUrn}:port is required: it must not be empty`],
    },
  ]);
});
