import { expect } from 'chai';
import { didYouMean } from '../../src/text/did-you-mean.ts';

describe('didYouMean', () => {
  const known = ['onboarding', 'passwords', 'minLength', 'LATCHKEY_TRUST_PROXY'];
  for (const [name, meant] of [
    ['onbording', 'onboarding'],
    ['minlength', 'minLength'],
    ['LATCHKEY_TRUSTPROXY', 'LATCHKEY_TRUST_PROXY'],
    ['colour', undefined],
    ['', undefined],
    ['x'.repeat(100_000), undefined],
  ] as const)
    it(`takes '${name.slice(0, 20)}' for ${meant}`, () => expect(didYouMean(name, known)).to.equal(meant));

  it('knows nothing where there is nothing to know', () => expect(didYouMean('a', [])).to.equal(undefined));
});
