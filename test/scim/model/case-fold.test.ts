import { expect } from 'chai';
import fc from 'fast-check';
import { foldCase } from '../../../src/scim/model/case-fold.ts';

describe('foldCase', () => {
  // What Python's unicodedata.normalize('NFC', text).casefold() gives.
  const table: readonly (readonly [string, string])[] = [
    ['', ''],
    ['Ines.Okoro@Entra.Example', 'ines.okoro@entra.example'],
    ['ÅSA', 'åsa'],
    ['A\u030asa', 'åsa'],
    ['\u212b', 'å'],
    ['straße', 'strasse'],
    ['STRASSE', 'strasse'],
    ['STRAẞE', 'strasse'],
    ['ΟΔΥΣΣΕΥΣ', 'οδυσσευσ'],
    ['Οδυσσεύς', 'οδυσσεύσ'],
    ['ς', 'σ'],
    ['İ', 'i\u0307'],
    ['I\u0307', 'i\u0307'],
    ['ı', 'ı'],
    ['I', 'i'],
    ['ISTANBUL', 'istanbul'],
    ['ﬁ', 'fi'],
    ['ŉ', 'ʼn'],
    ['ǰ', 'j\u030c'],
    ['ᾳ', 'αι'],
    ['ᾼ', 'αι'],
    ['ΐ', 'ι\u0308\u0301'],
    ['Ꭰ', 'Ꭰ'],
    ['ꭰ', 'Ꭰ'],
    ['Ᏸ', 'Ᏸ'],
    ['ᏸ', 'Ᏸ'],
    ['K', 'k'],
    ['ſ', 's'],
    ['µ', 'μ'],
    ['ǅ', 'ǆ'],
    ['Ა', 'ა'],
    ['𐐀', '𐐨'],
    ['😀', '😀'],
    ['և', 'եւ'],
    ['ͅ', 'ι'],
  ];
  for (const [text, folded] of table)
    it(`${JSON.stringify(text)} → ${JSON.stringify(folded)}`, () => expect(foldCase(text)).to.equal(folded));

  it('is done once for every character: folding again changes nothing', () => {
    for (let point = 0; point < 0x110000; point += 1) {
      if (point >= 0xd800 && point <= 0xdfff) continue;
      const folded = foldCase(String.fromCodePoint(point));
      if (foldCase(folded) !== folded) expect.fail(`U+${point.toString(16)}`);
    }
  });

  it('leaves piled up combining marks in their order, which would take hours to sort', () => {
    const piled = `A${'\u0301\u0316'.repeat(200_000)}`;
    expect(foldCase(piled)).to.equal(`a${'\u0301\u0316'.repeat(200_000)}`);
  });

  it('does not depend on neighbours, nor on the letter case of what it is given', () => {
    const letters = fc.constantFrom('a', 'B', 'ß', 'Σ', 'ς', 'İ', 'ı', 'ẞ', 'Ꭰ', 'ꭰ', '😀', '𐐀', ' ', '.');
    fc.assert(
      fc.property(fc.array(letters), (list) => {
        expect(foldCase(list.join(''))).to.equal(list.map(foldCase).join(''));
      }),
      { seed: 7 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        expect(foldCase(text.toUpperCase())).to.equal(foldCase(text));
      }),
      { seed: 7 },
    );
  });
});
