import { expect } from 'chai';
import fc from 'fast-check';
import type { Json, JsonObject } from '../../../src/base/json.ts';
import type { ResourceType } from '../../../src/scim/model/resource-type.ts';
import type { Attribute } from '../../../src/scim/model/schema.ts';
import { withoutRepeats } from '../../../src/scim/model/element-identity.ts';
import { ScimError } from '../../../src/scim/model/scim-error.ts';
import { validateAttributeValue, validateResource } from '../../../src/scim/validate/validate-resource.ts';
import { badgedUserType, groupType } from '../../support/resource-types.ts';

const types = [badgedUserType, groupType];

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;

/** Values as clients send them: right, nearly right, and not at all. */
const loose: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    'True',
    'false',
    '',
    '12',
    '1.5',
    '2031-05-06T07:08:09Z',
    'emailOTP',
    'TWFu',
    null,
    true,
    false,
    0,
    3,
    2.5,
    [],
    {},
    ['a'],
    { value: 'a' },
    [{ value: '' }],
  ),
  fc.string({ unit: 'grapheme' }),
  json,
);

const letterCases = (name: string): fc.Arbitrary<string> =>
  fc.constantFrom(name, name, name.toLowerCase(), name.toUpperCase());

function valueFor(attribute: Attribute): fc.Arbitrary<Json> {
  const single: fc.Arbitrary<Json> =
    attribute.subAttributes === undefined
      ? loose
      : fc.oneof({ weight: 4, arbitrary: objectFor(attribute.subAttributes) }, { weight: 1, arbitrary: loose });
  return attribute.multiValued
    ? fc.oneof({ weight: 4, arbitrary: fc.array(single, { maxLength: 3 }) }, { weight: 1, arbitrary: loose })
    : single;
}

function objectFor(attributes: readonly Attribute[], prefix = ''): fc.Arbitrary<JsonObject> {
  const entry = fc
    .constantFrom(...attributes)
    .chain((attribute) => fc.tuple(letterCases(prefix + attribute.name), valueFor(attribute)));
  return fc.array(entry, { maxLength: 4 }).map((entries) => Object.fromEntries(entries));
}

/** Bodies that have much to do with the resource type. */
function bodyFor(type: ResourceType): fc.Arbitrary<JsonObject> {
  const extensions = type.extensions.map(({ schema }) =>
    fc.oneof(
      fc.constant<JsonObject>({}),
      fc
        .tuple(letterCases(schema.id), objectFor(schema.attributes))
        .map(([urn, value]): JsonObject => ({ [urn]: value })),
      objectFor(schema.attributes, `${schema.id}:`),
    ),
  );
  const name = type.name === 'Group' ? 'displayName' : 'userName';
  return (
    fc
      .tuple(objectFor(type.schema.attributes), ...extensions, fc.dictionary(fc.string(), json, { maxKeys: 2 }))
      // Spread, as JSON.parse does, makes `__proto__` a member like any other; assigning would set the prototype.
      .map((parts) => parts.reduce<JsonObject>((all, part) => ({ ...all, ...part }), { [name]: 'ines' }))
  );
}

const outcome = (run: () => unknown): 'done' | 'refused' => {
  try {
    run();
    return 'done';
  } catch (error) {
    if (error instanceof ScimError && error.status === 400 && error.message.length < 2000) return 'refused';
    throw error;
  }
};

describe('validateResource, for any input', () => {
  for (const type of types) {
    it(`answers or refuses, whatever JSON it gets for a ${type.name}`, () => {
      fc.assert(
        fc.property(json, fc.constantFrom('drop' as const, 'refuse' as const), (body, unknownAttributes) => {
          outcome(() => validateResource(type, body, { context: 'create', unknownAttributes }));
        }),
        { numRuns: 500 },
      );
    });

    it(`changes nothing the second time, of a ${type.name}`, () => {
      const seen = { done: 0, refused: 0 };
      fc.assert(
        fc.property(bodyFor(type), (body) => {
          const before = JSON.stringify(body);
          const how = outcome(() => {
            const { resource } = validateResource(type, body, { context: 'create', unknownAttributes: 'drop' });
            const again = validateResource(type, resource, { context: 'create', unknownAttributes: 'refuse' });
            expect(again.resource).to.deep.equal(resource);
            expect(again.rules).to.deep.equal([]);
          });
          seen[how] += 1;
          expect(JSON.stringify(body), 'the body itself').to.equal(before);
        }),
        { numRuns: 1500 },
      );
      // A property that only ever saw refusals would have shown nothing.
      expect(seen.done).to.be.greaterThan(50);
      expect(seen.refused).to.be.greaterThan(50);
    });

    it(`reads a value alone as it does within a ${type.name}`, () => {
      const attributes = [...type.schema.attributes].filter(
        (attribute) => attribute.mutability !== 'readOnly' && !attribute.required,
      );
      fc.assert(
        fc.property(
          fc.constantFrom(...attributes).chain((attribute) => fc.tuple(fc.constant(attribute), valueFor(attribute))),
          ([attribute, value]) => {
            const name = type.name === 'Group' ? 'displayName' : 'userName';
            let alone: Json | undefined;
            let within: Json | undefined;
            const first = outcome(() => {
              alone = validateAttributeValue(type, type.resolve({ attribute: attribute.name })!, value, {
                unknownAttributes: 'drop',
              }).value;
            });
            const second = outcome(() => {
              within = validateResource(
                type,
                { [name]: 'x', [attribute.name]: value },
                { context: 'create', unknownAttributes: 'drop' },
              ).resource[attribute.name];
            });
            expect(first).to.equal(second);
            // What a list names twice it has once: of a PATCH that is seen to when it joins what is there.
            const isList = attribute.type === 'complex' && attribute.name !== 'members';
            expect(isList && Array.isArray(alone) ? withoutRepeats(attribute, alone) : alone).to.deep.equal(within);
          },
        ),
        { numRuns: 800 },
      );
    });
  }
});
