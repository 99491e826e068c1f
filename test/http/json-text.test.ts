import { expect } from 'chai';
import fc from 'fast-check';
import { jsonTextSteps } from '../../src/http/json-text.ts';
import type { Json } from '../../src/json.ts';
import { atOnce } from '../../src/scim/in-turns.ts';

describe('jsonTextSteps', () => {
  it('writes what JSON.stringify writes', () => {
    const long = fc.array(fc.jsonValue(), { minLength: 51, maxLength: 60 });
    const body = fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.oneof(fc.jsonValue(), long)));
    fc.assert(fc.property(body, (value) => {
      expect(atOnce(jsonTextSteps(value as Json))).to.equal(JSON.stringify(value));
    }));
  });

  it('yields within a long list only', () => {
    expect([...jsonTextSteps({ Resources: Array<Json>(1000).fill({ id: '1' }) })]).to.have.length(1000);
    expect([...jsonTextSteps({ Resources: [{ id: '1' }] })]).to.have.length(0);
  });
});
