import { expect } from 'chai';
import { boundedTag, languageWishes } from '../../src/text/language-wishes.ts';

const subtags = (count: number) => ['de', ...Array.from({ length: count }, (_, index) => `s${index}`)].join('-');

describe('a list of languages', () => {
  it('is read in the order of its weights', () => {
    expect(languageWishes('fr-CA;q=0.5, de_AT, en; q = 0.9, *;q=0.1, it;q=0')).to.deep.equal(['de-AT', 'en', 'fr-CA']);
    expect([
      languageWishes(undefined),
      languageWishes(''),
      languageWishes('*'),
      languageWishes('../../etc/passwd'),
    ]).to.deep.equal([[], [], [], []]);
  });

  it('gives at most 10 languages, the dearest of those it begins with', () => {
    const many = Array.from(
      { length: 15_000 },
      (_, index) => `x${String.fromCharCode(97 + (index % 26))};q=0.${1 + (index % 9)}`,
    ).join(',');
    expect(languageWishes(many)).to.have.length(10);
    expect(languageWishes(`${'xx;q=0.1,'.repeat(60)}de`)[0]).to.equal('de');
  });

  it('does not cut a language in two', () => {
    expect(languageWishes(`${' '.repeat(990)}de, english`)).to.deep.equal(['de']);
  });

  for (const [what, list] of [
    ['60,000 dashes', '-'.repeat(60_000)],
    ['60,000 underscores', '_'.repeat(60_000)],
    ['31,000 subtags', subtags(31_000)],
    ['60,000 letters', 'd'.repeat(60_000)],
    ['60,000 semicolons', ';'.repeat(60_000)],
    ['60,000 commas', ','.repeat(60_000)],
    ['60,000 blanks', ' '.repeat(60_000)],
    ['30,000 weights', `de${';q=1'.repeat(30_000)}`],
  ] as const) {
    it(`of ${what} gives short tags or none`, () => {
      for (const tag of languageWishes(list)) {
        expect(tag.length).to.be.at.most(35);
        expect(tag.split('-').length).to.be.at.most(8);
      }
    });
  }
});

describe('a language tag', () => {
  it('keeps its first subtags, at most 8 in 35 characters, none of them cut', () => {
    expect(boundedTag('de_DE')).to.equal('de-DE');
    expect(boundedTag(subtags(7))).to.equal(subtags(7));
    expect(boundedTag(subtags(31_000))).to.equal(subtags(7));
    expect(boundedTag('de-Latn-DE-1996-u-co-phonebk-xxxxxxx')).to.equal('de-Latn-DE-1996-u-co-phonebk');
    expect(boundedTag('d'.repeat(60_000))).to.equal('');
  });
});
