import type { ErrorObject } from 'ajv';
import { didYouMean } from '../text/did-you-mean.ts';
import type { Json } from './json.ts';

/** What ajv found, in words that follow the name of the place: never the value itself. */
export function sentenceOf(error: ErrorObject): string {
  const word = words[error.keyword];
  return word?.(error.params, error) ?? error.message ?? `breaks the rule '${error.keyword}'`;
}

type Params = Readonly<Record<string, unknown>>;

const words: Readonly<Record<string, (params: Params, error: ErrorObject) => string>> = {
  additionalProperties: ({ additionalProperty }, { parentSchema }) => {
    // Only where ajv is asked to be verbose.
    const known = Object.keys((parentSchema as { properties?: object } | undefined)?.properties ?? {});
    const meant = didYouMean(String(additionalProperty), known);
    return `is not a known key here${meant === undefined ? '' : `: did you mean ${meant}?`}`;
  },
  type: ({ type }) =>
    `must be ${[type]
      .flat()
      .map((one) => types[String(one)] ?? String(one))
      .join(' or ')}`,
  enum: ({ allowedValues }) =>
    `must be one of ${(allowedValues as Json[]).map((one) => JSON.stringify(one)).join(', ')}`,
  const: ({ allowedValue }) => `must be ${JSON.stringify(allowedValue)}`,
  pattern: ({ pattern }) => patterns[String(pattern)] ?? `is not of the form ${String(pattern)}`,
  format: ({ format }) => `must be ${formats[String(format)] ?? `a valid ${String(format)}`}`,
  minimum: ({ limit }) => `must be at least ${String(limit)}`,
  maximum: ({ limit }) => `must be at most ${String(limit)}`,
  minLength: ({ limit }) => (limit === 1 ? 'must not be empty' : `must have at least ${String(limit)} characters`),
  maxLength: ({ limit }) => `must have at most ${counted(limit, 'character')}`,
  minItems: ({ limit }) => (limit === 1 ? 'must not be empty' : `must have at least ${String(limit)} elements`),
  maxItems: ({ limit }) => (limit === 0 ? 'must be empty here' : `must have at most ${counted(limit, 'element')}`),
  uniqueItems: () => 'must not hold the same element twice',
  minProperties: ({ limit }) => (limit === 1 ? 'must not be empty' : `must have at least ${String(limit)} members`),
  maxProperties: ({ limit }) => `must have at most ${counted(limit, 'member')}`,
  required: ({ missingProperty }) => `must have ${String(missingProperty)}`,
};

const types: Readonly<Record<string, string>> = {
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  integer: 'a whole number',
  number: 'a number',
  null: 'null',
};

const formats: Readonly<Record<string, string>> = {
  date: 'a day such as 2031-05-06',
  'date-time': 'a date and time such as 2031-05-06T07:08:09Z',
  email: 'a mail address such as ines@example.com',
  uri: 'a URL such as https://example.com/path',
};

/** What the patterns of our own schemas ask for. */
const patterns: Readonly<Record<string, string>> = {
  '^[a-z0-9-]{1,40}$': 'must be 1 to 40 of the characters a-z, 0-9 and -',
  '^([01]\\d|2[0-3]):[0-5]\\d$': 'must be a time of day such as 22:00',
  '^#[0-9a-fA-F]{6}$': 'must be a colour such as #1a73e8',
  '^[A-Z]{2}$': 'must be the two letters of a country, such as DE',
};

function counted(limit: unknown, what: string): string {
  return `${String(limit)} ${what}${limit === 1 ? '' : 's'}`;
}
