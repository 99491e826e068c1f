import { expect } from 'chai';
import { pageWords } from '../../src/page-kit/page-words.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { loadLocales } from '../../src/text/locales.ts';
import { packageFile } from '../../src/base/package-root.ts';

const locales = loadLocales(packageFile('locales'));

function texts(value: object | string): string[] {
  return typeof value === 'string' ? [value] : Object.values(value).flatMap(texts);
}

describe('the words of the pages', () => {
  it('are there in every language the product promises', () => {
    expect([...pageWords(locales).keys()].sort()).to.deep.equal([
      'ar',
      'de',
      'en',
      'es',
      'fr',
      'he',
      'it',
      'ja',
      'nl',
      'pl',
      'pt',
      'zh',
    ]);
  });

  for (const [language, words] of pageWords(locales)) {
    if (language === 'en') continue;
    it(`are translated in ${language}, all of them`, () => {
      const english = new Set(texts(pageWords(locales).get('en') ?? ''));
      // Italian says "Password" too.
      expect(texts(words).filter((text) => english.has(text) && text !== 'Password')).to.deep.equal([]);
    });
  }

  it('name what is missing at start', () => {
    const english = locales.get('en');
    if (english === undefined) throw new Error('no English');
    const pages: JsonObject = { ...english.pages, forgot: { title: 'Forgot?' }, ways: 'none' };
    expect(() => pageWords(new Map([['en', { ...english, pages }]]))).to.throw(
      'locales/en.json lacks these texts of the pages: ways.signIn, ways.forgot, ways.code, ways.sendNew, ways.back, ways.help, ways.continue, ways.close, forgot.intro, forgot.button',
    );
  });
});
