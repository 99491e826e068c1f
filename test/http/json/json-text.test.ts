import { expect } from 'chai';
import fc from 'fast-check';
import { jsonTextSteps } from '../../../src/http/json/json-text.ts';
import type { Json } from '../../../src/base/json.ts';
import { atOnce } from '../../../src/base/cooperative.ts';

describe('jsonTextSteps', () => {
  it('writes what JSON.stringify writes', () => {
    const long = fc.array(fc.jsonValue(), { minLength: 51, maxLength: 60 });
    const body = fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.oneof(fc.jsonValue(), long)));
    fc.assert(
      fc.property(body, (value) => {
        const { pieces, bytes } = atOnce(jsonTextSteps(value as Json));
        expect(pieces.join('')).to.equal(JSON.stringify(value));
        expect(bytes).to.equal(Buffer.byteLength(JSON.stringify(value)));
      }),
    );
  });

  it('yields within a long list only', () => {
    expect([...jsonTextSteps({ Resources: Array<Json>(1000).fill({ id: '1' }) })]).to.have.length(1000);
    expect([...jsonTextSteps({ Resources: [{ id: '1' }] })]).to.have.length(0);
  });

  it('is in pieces where it is long, and in one where it is not', () => {
    const list = (count: number) => ({ Resources: Array<Json>(count).fill({ displayName: 'Åsa'.repeat(30) }) });
    expect(atOnce(jsonTextSteps(list(60))).pieces).to.have.length(1);
    const { pieces, bytes } = atOnce(jsonTextSteps(list(20_000)));
    expect(pieces).to.have.length.greaterThan(5);
    expect(Math.max(...pieces.map(({ length }) => length))).to.be.below(270_000);
    expect(bytes).to.equal(Buffer.byteLength(pieces.join('')));
  });
});
