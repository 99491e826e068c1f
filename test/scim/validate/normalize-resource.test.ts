import { expect } from 'chai';
import type { Json, JsonObject } from '../../../src/base/json.ts';
import { InvalidSyntaxError, InvalidValueError } from '../../../src/scim/model/scim-error.ts';
import { validateAttributeValue, validateResource } from '../../../src/scim/validate/validate-resource.ts';
import { userType } from '../../support/resource-types.ts';
import { cargoUrn, registryUrn, shipType, shipUrn } from '../../support/ship-type.ts';

const port = { [registryUrn]: { port: 'Kiel' } };
const ship = { name: 'Aurora', ...port };

function read(body: JsonObject, context: 'create' | 'replace' = 'create') {
  return validateResource(
    shipType,
    { schemas: [shipUrn, registryUrn], name: 'Aurora', ...body },
    { context, unknownAttributes: 'drop' },
  );
}

describe('the normal form of a resource', () => {
  for (const [title, body, expected, rules] of [
    ['leaves out an extension that is null', { ...port, [cargoUrn]: null }, ship, []],
    ['leaves out an extension that is empty text', { ...port, [cargoUrn]: '' }, ship, []],
    ['leaves out an extension that is an empty list', { ...port, [cargoUrn]: [] }, ship, []],
    [
      'leaves out an extension of which nothing is left',
      { ...port, [cargoUrn]: { weighedAt: 'Kiel', deck: 1 } },
      ship,
      [],
    ],
    [
      'joins what names an extension from the top to what was sent of it',
      { [registryUrn]: { note: 'new' }, [`${registryUrn}:port`]: 'Kiel' },
      { name: 'Aurora', [registryUrn]: { note: 'new', port: 'Kiel' } },
      ['urnKey'],
    ],
    ['makes the extension that is named from the top', { [`${registryUrn}:port`]: 'Kiel' }, ship, ['urnKey']],
    ['finds an attribute of an extension by its name alone', { port: 'Kiel' }, ship, ['urnLeftOut']],
    [
      'joins a part to the complex value that was sent',
      { ...port, hull: { length: 3 }, 'hull.material': 'oak' },
      { ...ship, hull: { length: 3, material: 'oak' } },
      ['dottedKey'],
    ],
    [
      'makes the complex value of a part',
      { ...port, 'hull.length': '3' },
      { ...ship, hull: { length: 3 } },
      ['dottedKey', 'numberText'],
    ],
    ['drops a readOnly part', { ...port, 'hull.yard': 'Kiel' }, ship, ['dottedKey']],
    ['drops a readOnly attribute', { ...port, yard: 'Kiel' }, ship, []],
    [
      'drops a complex value whose reference is empty',
      { ...port, owner: { share: 3 }, 'owner.value': '' },
      ship,
      ['dottedKey', 'emptyReference'],
    ],
    [
      'keeps a list within an element',
      { ...port, berths: [{ value: 'A1', guests: ['Ines', 'Tove'] }] },
      { ...ship, berths: [{ value: 'A1', guests: ['Ines', 'Tove'] }] },
      [],
    ],
    [
      'reads numbers, booleans and canonical words of a list',
      { ...port, ratings: ['GOLD'], berths: [{ value: 7, heated: 'FALSE' }] },
      { ...ship, ratings: ['Gold'], berths: [{ value: '7', heated: false }] },
      ['numberForText', 'booleanText'],
    ],
    [
      'drops an element with an empty value',
      { ...port, flags: ['', 'DE'], berths: [{ value: '', type: 'bow' }] },
      { ...ship, flags: ['', 'DE'] },
      ['emptyText'],
    ],
    [
      'reads a time that is written loosely',
      { ...port, surveys: ['2031-05-06 07:08:09Z'] },
      { ...ship, surveys: ['2031-05-06T07:08:09Z'] },
      ['looseTime'],
    ],
    [
      'takes the core attributes under their URN',
      { ...port, [shipUrn]: { keel: 'oak' } },
      { ...ship, keel: 'oak' },
      ['coreInUrn'],
    ],
  ] as const satisfies readonly (readonly [string, JsonObject, JsonObject, readonly string[]])[]) {
    it(title, () => {
      const { resource, rules: used } = read(body);
      const { schemas, ...rest } = resource;
      expect(rest).to.deep.equal(expected);
      expect(schemas).to.deep.equal([shipUrn, registryUrn]);
      expect(used).to.have.members([...rules]);
    });
  }

  for (const [title, body, kind, detail] of [
    [
      'an extension twice',
      { ...port, [registryUrn.toUpperCase()]: { note: 'x' } },
      InvalidSyntaxError,
      `${registryUrn} is given twice`,
    ],
    [
      'a part twice',
      { ...port, hull: { length: 3 }, 'hull.length': 4 },
      InvalidSyntaxError,
      'hull.length is given twice',
    ],
    [
      'an extension that is a list',
      { [registryUrn]: [1], [`${registryUrn}:port`]: 'Kiel' },
      InvalidValueError,
      `${registryUrn} must be an object, not a list.`,
    ],
    [
      'a complex value that is text',
      { ...port, hull: 'steel', 'hull.length': 4 },
      InvalidValueError,
      'hull must be an object, not a string.',
    ],
    [
      'schemas that are text',
      { ...port, schemas: shipUrn },
      InvalidSyntaxError,
      'schemas must be a list of schema URNs.',
    ],
    [
      'an extension without what it requires',
      { ...port, [cargoUrn]: { tons: 3 } },
      InvalidValueError,
      `${cargoUrn}:kind is required.`,
    ],
    [
      'an element without what it requires',
      { ...port, crests: [{ colour: 'red' }] },
      InvalidValueError,
      'crests[0].shape is required.',
    ],
    [
      'null for what always has a value',
      { ...port, seaworthy: null },
      InvalidValueError,
      'seaworthy cannot be empty: send true or false',
    ],
    [
      'a number with a fraction for a whole one',
      { ...port, hull: { length: 3.5 } },
      InvalidValueError,
      'hull.length must be a whole number, not a number.',
    ],
    [
      'null in a list',
      { ...port, flags: ['DE', null] },
      InvalidValueError,
      '"flags[1]" says nothing. Each of "flags" needs a value.',
    ],
    [
      'a word that is not canonical',
      { ...port, ratings: ['bronze'] },
      InvalidValueError,
      "ratings[0] must be one of 'Gold', 'Silver'.",
    ],
  ] as const satisfies readonly (readonly [string, JsonObject, unknown, string])[]) {
    it(`refuses ${title}`, () => expect(() => read(body)).to.throw(kind, detail));
  }

  it('needs on PUT all that is required, but what could not be read', () => {
    expect(() => read({ [registryUrn]: { note: 'x' } }, 'replace')).to.throw(
      InvalidValueError,
      `${registryUrn}:port is required.`,
    );
  });
});

describe('the value of an attribute by itself', () => {
  const read = (name: string, value: Json): Json | undefined => {
    const [attribute = '', subAttribute] = name.split('.');
    const resolved = shipType.resolve({ attribute, ...(subAttribute === undefined ? {} : { subAttribute }) });
    if (resolved === undefined) throw new Error(`there is no ${name}`);
    return validateAttributeValue(shipType, resolved, value, { unknownAttributes: 'drop' }).value;
  };

  for (const [name, value, expected] of [
    ['berths.guests', ['Ines'], ['Ines']],
    ['berths.guests', [], undefined],
    ['berths.number', '7', 7],
    ['hull.plates', ['a', 'b'], ['a', 'b']],
    ['bonded', 'TRUE', true],
    ['port', 'Kiel', 'Kiel'],
    ['surveys', '', undefined],
  ] as const satisfies readonly (readonly [string, Json, Json | undefined])[]) {
    it(`${name} ${JSON.stringify(value)} is ${JSON.stringify(expected)}`, () => {
      expect(read(name, value)).to.deep.equal(expected);
    });
  }

  it('is not null for a flag that stays until it is named', () => {
    expect(() => read('bonded', null)).to.throw(InvalidValueError, `${cargoUrn}:bonded cannot be empty`);
  });

  it('is of an attribute of the resource type', () => {
    const resolved = userType.resolve({ attribute: 'title' })!;
    expect(() => validateAttributeValue(shipType, resolved, 'x', { unknownAttributes: 'drop' })).to.throw(
      'The attribute title is not of this resource type.',
    );
  });
});
