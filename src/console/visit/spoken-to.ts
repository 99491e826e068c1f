import type { Request } from 'express';
import { languageWishes } from '../../text/language-wishes.ts';
import { pickLocale, type Locales } from '../../text/locales.ts';
import type { Words } from './console-words.ts';

/** In which words a person is spoken to. */
export interface SpokenTo {
  readonly words: Words;
  readonly dir: 'ltr' | 'rtl';
  /** For dates: the language with the region that the browser asks for. */
  readonly region: string;
}

/**
 * The words for a request: in the person's own language, else one that the browser asks for, else the tenant's.
 * @param languages those that the console has words in
 */
export function spokenTo(
  request: Request,
  { own, usual }: { readonly own: string | undefined; readonly usual: string },
  languages: Locales,
  words: ReadonlyMap<string, Words>,
): SpokenTo {
  const wishes = [...(own === undefined ? [] : [own]), ...languageWishes(request.headers['accept-language']), usual];
  const { language, direction } = pickLocale(wishes, languages);
  const spoken = words.get(language);
  if (spoken === undefined) throw new Error(`the console has no words in ${language}`);
  const region = wishes.find((wish) => wish.toLowerCase().startsWith(`${language.toLowerCase()}-`)) ?? language;
  return { words: spoken, dir: direction, region };
}
