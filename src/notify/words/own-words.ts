import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { placeholdersIn, type Locale, type Locales } from '../../text/locales.ts';

/** A tenant's own texts, by language and then by their path in a language file: `mail.messages.invitation.subject`. */
export type OwnWords = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The longest text of one's own, in characters. */
export const longestText = 2_000;

const roots = ['mail', 'sms', 'pages'] as const;

/** Reads what is kept of a tenant's own words; what has another shape is left out. */
export function readOwnWords(kept: Json | undefined): OwnWords {
  if (!isJsonObject(kept)) return {};
  const languages = Object.entries(kept).map(([language, texts]) => {
    const entries = isJsonObject(texts) ? Object.entries(texts) : [];
    return [language, Object.fromEntries(entries.filter(([, text]) => typeof text === 'string'))] as const;
  });
  return Object.fromEntries(languages) as OwnWords;
}

/** A text of a language by its path; undefined where there is none. */
export function textAt(locale: Locale, path: string): string | undefined {
  const [root = '', ...names] = path.split('.');
  if (!roots.some((one) => one === root)) return undefined;
  const found = names.reduce<unknown>(
    (at, name) => (isTree(at) && Object.hasOwn(at, name) ? at[name] : undefined),
    locale[root as (typeof roots)[number]],
  );
  return typeof found === 'string' ? found : undefined;
}

/** The paths of all texts below one of a language, in the order of its file. */
export function pathsBelow(locale: Locale, path: string): readonly string[] {
  const [root = '', ...names] = path.split('.');
  if (!roots.some((one) => one === root)) return [];
  const below = names.reduce<unknown>(
    (at, name) => (isTree(at) && Object.hasOwn(at, name) ? at[name] : undefined),
    locale[root as (typeof roots)[number]],
  );
  return leaves(below, path);
}

/** What a text must show, as `{{code}} {{userName}}`, and whether it may leave some of it out. */
export function demandsOf(
  path: string,
  standard: string,
): { readonly placeholders: string; readonly mayOmit: boolean } {
  return { placeholders: placeholdersIn(standard), mayOmit: /\.(?:subject|title)$/.test(path) };
}

/**
 * Why a text cannot take the place of another; undefined where it can. It must show the same values, so that no code,
 * date or link is lost; a subject or a title may leave some out.
 * @param standard the text that it replaces
 */
export function faultOfText(path: string, text: string, standard: string): string | undefined {
  if (text.trim() === '') return 'must not be empty: null takes it back to the standard text';
  if (text.length > longestText) return `must have at most ${longestText} characters`;
  // A text is one line: a subject with a line break would be another header.
  if (/[\p{Cc}\u2028\u2029]/u.test(text)) return 'must be one line, without control characters';
  const { placeholders, mayOmit } = demandsOf(path, standard);
  const own = placeholdersIn(text);
  if (own === placeholders) return undefined;
  const wanted = placeholders.split(' ');
  const isPart = placeholders !== '' && own.split(' ').every((one) => one === '' || wanted.includes(one));
  if (mayOmit && isPart) return undefined;
  return `must use ${placeholders === '' ? 'no placeholder' : placeholders}`;
}

/**
 * Languages with a tenant's own texts in them. A text that does not fit any more, for a newer release has another in
 * its place, is left out.
 * @param isFree whether a text may be replaced; one that an application has for itself stays
 */
export function withOwnWords(
  locales: Locales,
  words: OwnWords,
  isFree: (language: string, path: string, text: string) => boolean = () => true,
): Locales {
  const changed = new Map(locales);
  for (const [language, texts] of Object.entries(words)) {
    const locale = changed.get(language);
    if (locale === undefined) continue;
    const fits = Object.entries(texts).filter(([path, text]) => {
      const standard = textAt(locale, path);
      return (
        standard !== undefined && faultOfText(path, text, standard) === undefined && isFree(language, path, standard)
      );
    });
    if (fits.length > 0) changed.set(language, fits.reduce(withText, locale));
  }
  return changed;
}

function withText(locale: Locale, [path, text]: readonly [string, string]): Locale {
  return replaced(locale as unknown as JsonObject, path.split('.'), text) as unknown as Locale;
}

function replaced(tree: JsonObject, [name = '', ...rest]: readonly string[], text: string): JsonObject {
  const at = tree[name];
  return { ...tree, [name]: rest.length === 0 || !isJsonObject(at) ? text : replaced(at, rest, text) };
}

function leaves(value: unknown, path: string): readonly string[] {
  if (typeof value === 'string') return [path];
  return isTree(value) ? Object.entries(value).flatMap(([name, below]) => leaves(below, `${path}.${name}`)) : [];
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
