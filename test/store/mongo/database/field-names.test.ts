import { expect } from 'chai';
import fc from 'fast-check';
import type { JsonObject } from '../../../../src/base/json.ts';
import { decodeNames, encodeNames } from '../../../../src/store/mongo/database/field-names.ts';

describe('field names in MongoDB', () => {
  it("hold no dot, dollar or NUL and are no name of the driver's own", () => {
    const names = (value: object): string[] =>
      Object.entries(value).flatMap(([name, member]) => [
        name,
        ...(typeof member === 'object' && member !== null ? names(member) : []),
      ]);
    const hostile = JSON.parse(
      '{"urn:x:2.0:User":{"$ref":"/Users/1","a.b":[{"$gt":""}]},"_bsontype":"ObjectId","\\u0000":1,"%2e":2,"__proto__":{"$x":1}}',
    ) as JsonObject;
    for (const name of names(encodeNames(hostile))) expect(name).not.to.match(/[.$\0]|^_bsontype$/);
    expect(JSON.stringify(decodeNames(encodeNames(hostile)))).to.equal(JSON.stringify(hostile));
  });

  it('come back as they were, whatever they are, in the order they had', () => {
    const name = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[%.$a-f0-9_]{0,6}$/),
      fc.constantFrom('__proto__', 'constructor', '_bsontype', '%5fbsontype', 'toJSON'),
    );
    const tree = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string(),
        fc.boolean(),
        tie('object'),
        fc.array(tie('value'), { maxLength: 3 }),
      ),
      object: fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }).map((members) => Object.fromEntries(members)),
    })).object;
    fc.assert(
      fc.property(tree, (value) => {
        expect(JSON.stringify(decodeNames(encodeNames(value)))).to.equal(JSON.stringify(value));
      }),
      { numRuns: 2_000 },
    );
  });
});
