import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { html, type Html, type Renderable } from '../../page-kit/html.ts';

/** What fills a placeholder. A number is written as the language writes it, and `count` chooses the plural form. */
export type WordValues = Readonly<Record<string, Html | string | number>>;

/** The console's words in one language. */
export interface Words {
  readonly language: string;
  /** A text for a place without markup. @throws Error when there is no such text */
  text(key: string, values?: Readonly<Record<string, string | number>>): string;
  /** A text as markup: values are escaped, and texts among them isolated (`<bdi>`). */
  say(key: string, values?: WordValues): Html;
  /** Whether there is such a text, for words of an open list such as reasons. */
  has(key: string): boolean;
  number(value: number): string;
}

/**
 * Reads the console's words: `<section>.<language>.json` in a folder, each a tree of texts; a text is found as
 * `section.path.to.text`. A text may be an object of plural forms (`one`, `other` …), chosen by the value `count`. A
 * language without words of its own for a text has the English one.
 * @param folder an absolute path
 * @returns by language tag; `en` is among them
 */
export function loadConsoleWords(folder: string): ReadonlyMap<string, Words> {
  const texts = new Map<string, JsonObject>();
  for (const file of readdirSync(folder).sort()) {
    const [, section, language] = /^([a-z][a-zA-Z]*)\.([a-z]{2,3}(?:-[A-Za-z0-9]+)*)\.json$/.exec(file) ?? [];
    if (section === undefined || language === undefined) continue;
    const content = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Json;
    texts.set(language, { ...texts.get(language), [section]: content });
  }
  const english = texts.get('en');
  if (english === undefined) throw new Error(`${folder} has no English words`);
  return new Map([...texts].map(([language, own]) => [language, wordsOf(language, own, english)]));
}

function wordsOf(language: string, own: JsonObject, english: JsonObject): Words {
  const plural = new Intl.PluralRules(language);
  const format = new Intl.NumberFormat(language, { numberingSystem: 'latn' });
  const find = (key: string, values: WordValues): string | undefined => {
    const found = textAt(own, key) ?? textAt(english, key);
    if (!isJsonObject(found)) return typeof found === 'string' ? found : undefined;
    const { count } = values;
    const form = found[typeof count === 'number' ? plural.select(count) : 'other'] ?? found['other'];
    return typeof form === 'string' ? form : undefined;
  };
  const textOf = (key: string, values: WordValues): string => {
    const text = find(key, values);
    if (text === undefined) throw new Error(`the console has no words for ${key}`);
    return text;
  };
  return {
    language,
    text: (key, values = {}) =>
      textOf(key, values).replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
        const value = values[name];
        return typeof value === 'number' ? format.format(value) : (value ?? '');
      }),
    say: (key, values = {}) => {
      const parts: Renderable[] = textOf(key, values)
        .split(/\{\{(\w+)\}\}/)
        .map((part, index) => {
          if (index % 2 === 0) return part;
          const value = values[part];
          if (typeof value === 'number') return format.format(value);
          return typeof value === 'string' ? html`<bdi>${value}</bdi>` : value;
        });
      return html`${parts}`;
    },
    has: (key) => find(key, {}) !== undefined,
    number: (value) => format.format(value),
  };
}

function textAt(tree: JsonObject, key: string): Json | undefined {
  return key
    .split('.')
    .reduce<Json | undefined>((at, part) => (isJsonObject(at) && Object.hasOwn(at, part) ? at[part] : undefined), tree);
}
