import { expect } from 'chai';
import fc from 'fast-check';
import { parseSteps } from '../../../src/http/json/parse-body.ts';
import { atOnce } from '../../../src/base/cooperative.ts';
import { duplicateName } from '../../../src/base/duplicate-name.ts';
import { InvalidSyntaxError } from '../../../src/scim/model/scim-error.ts';

describe('parseSteps', () => {
  const parsed = (text: string | Buffer, piece?: number) => atOnce(parseSteps(Buffer.from(text as string), piece));
  /** What a parser makes of a text, as text, so that the order of keys counts too. */
  const outcome = (parse: () => unknown): string => {
    try {
      return JSON.stringify(parse());
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof InvalidSyntaxError) return 'no JSON';
      throw error;
    }
  };
  const piece = fc.integer({ min: 0, max: 30 });
  /** With blanks and with texts full of what structure is made of. */
  const json = fc
    .tuple(
      fc.json({ stringUnit: fc.constantFrom('a', '{', '[', ']', '}', ',', ':', '"', '\\', 'é', '你') }),
      fc.constantFrom('', ' ', '\n\t'),
    )
    .map(([text, blank]) => JSON.stringify(JSON.parse(text), null, blank));

  it('makes what JSON.parse makes, wherever the text is cut', () => {
    fc.assert(
      fc.property(json, piece, (text, size) => {
        expect(outcome(() => parsed(text, size))).to.equal(outcome(() => JSON.parse(text)));
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses what JSON.parse refuses, wherever the text is broken', () => {
    const snippet = fc.constantFrom(
      '',
      ',',
      '[',
      ']',
      '{',
      '}',
      ':',
      '"',
      '\\',
      '1',
      'null',
      ',,',
      '"a":1',
      ' ',
      '\ufeff',
      '\u00a0',
    );
    const broken = fc.tuple(json, fc.nat(), fc.nat(3), snippet).map(([text, at, gone, more]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + more + text.slice(place + gone);
    });
    fc.assert(
      fc.property(broken, piece, (text, size) => {
        // A byte order mark may stand before the text; JSON.parse would not take it.
        const plain = text.replace(/^\ufeff/, '');
        const expected = outcome(() => JSON.parse(plain));
        const isTwice = expected !== 'no JSON' && duplicateName(plain) !== undefined;
        expect(outcome(() => parsed(text, size))).to.equal(isTwice ? 'no JSON' : expected);
      }),
      { numRuns: 5000 },
    );
  });

  it('refuses a name that an object has twice, wherever the text is cut, and takes it in two objects', () => {
    const long = JSON.stringify(Array(50).fill('x'));
    const texts: [string, string][] = [
      ['{"a":1,"a":1}', 'a'],
      ['{"a":1,"\\u0061":2}', 'a'],
      [`{"a":${long},"b":1,"a":[2]}`, 'a'],
      [`{"b":[{"c":1},{"d":{"e":${long}, "e" :${long}}}]}`, 'e'],
      ['{"__proto__":1,"__proto__":{"a":1}}', '__proto__'],
    ];
    for (const [text, name] of texts)
      for (const size of [1, 20, 100, 10_000])
        expect(() => parsed(text, size), text).to.throw(InvalidSyntaxError, `"${name}" is given twice`);
    const fine = `{"a":{"a":${long}},"A":[{"a":1},{"a":":"}]}`;
    for (const size of [1, 20, 10_000]) expect(parsed(fine, size)).to.deep.equal(JSON.parse(fine));
  });

  it('takes __proto__ as a name', () => {
    const text = `{"a":1,"__proto__":${JSON.stringify(Array(50).fill('y'))}}`;
    const value = parsed(text, 20);
    expect(JSON.stringify(value)).to.equal(JSON.stringify(JSON.parse(text)));
    expect(Object.getPrototypeOf(value)).to.equal(Object.prototype);
  });

  it('looks for the name of a large body in turns', () => {
    const body = `{"members":[${'{"value":"m"},'.repeat(60_000)}{"value":1,"value":2}]}`;
    let steps = 0;
    const run = () => {
      for (const step of parseSteps(Buffer.from(body))) if (step === undefined) steps += 1;
    };
    expect(run).to.throw(InvalidSyntaxError, '"value" is given twice');
    expect(steps).to.be.greaterThan(30);
  });

  it('yields between the pieces of a large body and not within a small one', () => {
    const yields = (text: string) => [...parseSteps(Buffer.from(text))].length;
    expect(yields('{"a":[1,2,3]}')).to.equal(0);
    expect(
      yields(JSON.stringify({ members: Array.from({ length: 60_000 }, (_, index) => ({ value: `member-${index}` })) })),
    ).to.be.greaterThan(30);
  });

  it('says where the fault is, in characters', () => {
    const text = JSON.stringify({ é: 'éé', members: Array(100).fill('x'), last: 1 }, null, 1).replace(
      '"last": 1',
      '"last": 1 2',
    );
    expect(() => parsed(text, 50)).to.throw(InvalidSyntaxError, `look at character ${text.indexOf(' 2') + 2}`);
  });

  it('refuses broken UTF-8 in any piece', () => {
    const bytes = Buffer.from(JSON.stringify(Array(100).fill('abcdef')));
    bytes[700] = 0xff;
    expect(() => parsed(bytes, 50)).to.throw(InvalidSyntaxError, /UTF-8/);
  });
});
