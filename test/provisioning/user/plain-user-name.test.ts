import { expect } from 'chai';
import { plainUserName } from '../../../src/provisioning/user/plain-user-name.ts';
import { InvalidValueError } from '../../../src/scim/model/scim-error.ts';

describe('plainUserName', () => {
  for (const [sent, kept] of [
    [' L1', 'L1'],
    ['T1  ', 'T1'],
    ['\u00a0N1\u3000', 'N1'],
    ['a  1', 'a  1'],
    ['山田\u3000太郎', '山田\u3000太郎'],
    ['zoë@harbour.example', 'zoë@harbour.example'],
  ] as const)
    it(`keeps ${JSON.stringify(sent)} as ${JSON.stringify(kept)}`, () => {
      expect(plainUserName(undefined, { userName: sent })).to.deep.equal({ userName: kept });
      expect(plainUserName({ userName: 'other' }, { userName: sent })).to.deep.equal({ userName: kept });
    });

  for (const [sent, place, named] of [
    ['z\u200b1', 2, 'U+200B'],
    ['s\u00ad1', 2, 'U+00AD'],
    ['\u2060', 1, 'U+2060'],
    ['\ufeffb', 1, 'U+FEFF'],
    ['f\u3164', 2, 'U+3164'],
    ['e\u{e0061}', 2, 'U+E0061'],
    ['n\u00a01', 2, 'U+00A0'],
    ['l\n', 2, 'U+000A'],
    ['\u202eabc', 1, 'U+202E'],
    ['h\ud800', 2, 'U+D800'],
  ] as const)
    it(`refuses ${JSON.stringify(sent)}, naming ${named} and its place`, () => {
      expect(() => plainUserName(undefined, { userName: sent })).to.throw(
        InvalidValueError,
        `userName: character ${place} is ${named}`,
      );
    });

  it('takes 1,024 characters, however many units each has, and no more', () => {
    const longest = '\u{20000}'.repeat(1024);
    expect(plainUserName(undefined, { userName: longest })).to.deep.equal({ userName: longest });
    expect(() => plainUserName(undefined, { userName: `${longest}a` })).to.throw(
      InvalidValueError,
      'a name has at most 1024 characters',
    );
  });

  it('refuses blanks alone', () => {
    expect(() => plainUserName({ userName: 'a' }, { userName: '\u3000' })).to.throw(InvalidValueError, 'is required');
  });

  it('leaves a name that the user has already as it is', () => {
    const stored = { userName: ' z\u200b ' };
    expect(plainUserName(stored, { ...stored, title: 'x' })).to.deep.equal({ ...stored, title: 'x' });
  });
});
