import { Ajv } from 'ajv';
import addFormatsModule from 'ajv-formats';
import { expect } from 'chai';
import { sentenceOf } from '../../src/base/schema-sentence.ts';

const addFormats = addFormatsModule as unknown as (ajv: Ajv) => void;

describe('sentenceOf', () => {
  const cases: readonly [string, object, unknown, string][] = [
    ['a text', { type: 'string' }, 5, 'must be a text'],
    ['a text or null', { type: ['string', 'null'] }, 5, 'must be a text or null'],
    ['an empty text', { type: 'string', minLength: 1 }, '', 'must not be empty'],
    ['a short text', { type: 'string', minLength: 8 }, 'short', 'must have at least 8 characters'],
    ['a long text', { type: 'string', maxLength: 1 }, 'ab', 'must have at most 1 character'],
    ['a small number', { type: 'integer', minimum: 8 }, 7, 'must be at least 8'],
    ['a large number', { type: 'integer', maximum: 8 }, 9, 'must be at most 8'],
    ['an empty list', { type: 'array', minItems: 1 }, [], 'must not be empty'],
    ['equal elements', { type: 'array', uniqueItems: true }, [1, 1], 'must not hold the same element twice'],
    ['an empty object', { type: 'object', minProperties: 1 }, {}, 'must not be empty'],
    ['a day', { type: 'string', format: 'date' }, 'soon', 'must be a day such as 2031-05-06'],
    ['a colour', { type: 'string', pattern: '^#[0-9a-fA-F]{6}$' }, 'red', 'must be a colour such as #1a73e8'],
    [
      'a time',
      { type: 'string', pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' },
      '25:00',
      'must be a time of day such as 22:00',
    ],
    ['a choice', { enum: ['a', 'b'] }, 'c', 'must be one of "a", "b"'],
    [
      'an unknown key',
      { type: 'object', properties: { send: {} }, additionalProperties: false },
      { sendd: 1 },
      'is not a known key here: did you mean send?',
    ],
  ];
  for (const [what, schema, value, sentence] of cases)
    it(`says what is wrong with ${what}`, () => {
      const ajv = new Ajv({ verbose: true, allowUnionTypes: true });
      addFormats(ajv);
      const validate = ajv.compile(schema);
      expect(validate(value)).to.equal(false);
      expect(validate.errors!.map(sentenceOf)).to.deep.equal([sentence]);
    });
});
