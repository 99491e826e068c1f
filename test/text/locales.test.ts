import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { JsonObject } from '../../src/base/json.ts';
import { loadLocales, LocaleError, pickLocale, type Locale } from '../../src/text/locales.ts';
import { packageRoot } from '../../src/base/package-root.ts';

const folder = join(packageRoot, 'locales');

/** A copy of the shipped folder with one file's text changed. */
function changed(name: string, change: (text: string) => string): string {
  const copy = mkdtempSync(join(tmpdir(), 'locales-'));
  cpSync(folder, copy, { recursive: true });
  writeFileSync(join(copy, name), change(readFileSync(join(folder, name), 'utf8')));
  return copy;
}

describe('locales', () => {
  it('are twelve, complete', () => {
    expect([...loadLocales(folder).keys()]).to.eql([
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

  const faults: readonly [string, string, (text: string) => string, RegExp][] = [
    [
      'a lost placeholder',
      'de.json',
      (text) => text.replace('{{expiresAt}}', 'morgen'),
      /de\.json: \/mail\/expires must use \{\{expiresAt\}\}/,
    ],
    [
      'a misspelt placeholder',
      'de.json',
      (text) => text.replace('{{link}}', '{{lnik}}'),
      /de\.json: \/sms\/page must use \{\{link\}\}/,
    ],
    [
      'a missing text',
      'fr.json',
      (text) => {
        const value = JSON.parse(text) as { mail: JsonObject };
        delete value.mail.footer;
        return JSON.stringify(value);
      },
      /fr\.json: \/mail .*footer/,
    ],
    [
      'a text too many',
      'fr.json',
      (text) => text.replace('"pages": {', '"pages": { "extra": "x",'),
      /fr\.json: \/pages\/extra is not in en\.json/,
    ],
    ['a wrong direction', 'ar.json', (text) => text.replace('"rtl"', '"left"'), /ar\.json: \/direction/],
    [
      'a foreign language tag',
      'ar.json',
      (text) => text.replace('"language": "ar"', '"language": "fa"'),
      /ar\.json: \/language is 'fa'/,
    ],
    ['broken JSON', 'it.json', (text) => text.slice(0, -5), /it\.json: /],
  ];
  for (const [what, name, change, message] of faults) {
    it(`stop the start at ${what}, naming it`, () => {
      expect(() => loadLocales(changed(name, change))).to.throw(LocaleError, message);
    });
  }

  it('are picked by the dearest wish that can be met', () => {
    const locales = loadLocales(folder);
    const pick = (...wishes: string[]) => pickLocale(wishes, locales).language;
    expect(pick('pt-BR', 'de')).to.equal('pt');
    expect(pick('tlh', 'zh-Hant-TW', 'de')).to.equal('zh');
    expect(pick('DE_at')).to.equal('de');
    expect(pick('iw-IL')).to.equal('he');
    expect([pick(), pick('', '*', '../../etc/passwd', 'xx')]).to.eql(['en', 'en']);
  });

  it('are looked up a few times for a wish, however long it is', () => {
    const locales = loadLocales(folder);
    for (const wish of ['-'.repeat(60_000), `de${'-x'.repeat(31_000)}`, 'd'.repeat(60_000), ' '.repeat(60_000)]) {
      let lookUps = 0;
      const counted = new (class extends Map<string, Locale> {
        override get(tag: string): Locale | undefined {
          lookUps += 1;
          expect(tag.length).to.be.at.most(35);
          return super.get(tag);
        }
      })(locales);
      pickLocale([wish], counted);
      expect(lookUps).to.be.at.most(9);
    }
  });
});
