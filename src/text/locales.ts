import { sentenceOf } from '../base/schema-sentence.ts';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { shippedSchema } from '../base/json-file.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { boundedTag } from './language-wishes.ts';

/**
 * One language's words, as a file in `locales/` holds them. Texts may hold `{{name}}` placeholders; no text is
 * markup.
 */
export interface Locale {
  /** BCP 47; also the file's name. */
  readonly language: string;
  readonly direction: 'ltr' | 'rtl';
  readonly mail: MailWords;
  readonly sms: SmsWords;
  /** The words of the hosted pages, whose rooms know their shape. */
  readonly pages: JsonObject;
}

/** What every mail says in the same way, and what each says of its own. */
export interface MailWords extends Readonly<
  Record<
    | 'greeting'
    | 'greetingNameless'
    | 'userName'
    | 'password'
    | 'code'
    | 'mustChange'
    | 'expires'
    | 'linkHint'
    | 'help'
    | 'footer'
    | 'footerReplies',
    string
  >
> {
  readonly messages: Readonly<
    Record<
      | 'invitation'
      | 'invitationCode'
      | 'password'
      | 'passwordReveal'
      | 'recovery'
      | 'recoveryCode'
      | 'verifyEmail'
      | 'activated'
      | 'passwordChanged'
      | 'reminder'
      | 'managerInvited'
      | 'managerNotIn',
      MessageWords
    >
  >;
}

/** One mail's own words; `unexpected` says what to do when it comes as a surprise. */
export type MessageWords = Readonly<Record<'subject' | 'title' | 'text' | 'button' | 'unexpected', string>>;

/** The words of text messages: one sentence each. */
export interface SmsWords extends Readonly<Record<'expires' | 'page', string>> {
  readonly messages: Readonly<Record<'invitationCode' | 'recoveryCode' | 'revealCode', string>>;
}

/** The languages there are, by their tag in lower case. `en` is always among them. */
export type Locales = ReadonlyMap<string, Locale>;

/** Thrown when files in `locales/` cannot be used: one line per fault, naming file and text. */
export class LocaleError extends Error {
  override readonly name = 'LocaleError';
}

/**
 * Reads every `<language>.json` of a folder and holds it against `locale.schema.json` beside it, and against
 * `en.json`: the same texts, each with the same placeholders, so that no translation can lose a link or a code.
 * @param folder an absolute path
 * @throws LocaleError listing every fault of every file
 */
export function loadLocales(folder: string): Locales {
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Json;
  const matches: ValidateFunction<Locale> = new Ajv({ ...shippedSchema, allErrors: true }).compile<Locale>(
    read('locale.schema.json') as JsonObject,
  );
  const pattern = textsOf(read('en.json'));
  const locales = new Map<string, Locale>();
  const faults: string[] = [];
  for (const name of readdirSync(folder)
    .filter((file) => /^[a-z]{2,3}(-[A-Za-z0-9]+)*\.json$/.test(file))
    .sort()) {
    try {
      const content = read(name);
      if (!matches(content)) {
        faults.push(...(matches.errors ?? []).map((error) => `${name}: ${error.instancePath} ${sentenceOf(error)}`));
      } else {
        if (`${content.language}.json` !== name) faults.push(`${name}: /language is '${content.language}'`);
        faults.push(...differences(pattern, textsOf(content)).map((fault) => `${name}: ${fault}`));
        locales.set(content.language.toLowerCase(), content);
      }
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      faults.push(`${name}: ${error.message}`);
    }
  }
  if (faults.length > 0) throw new LocaleError(faults.join('\n'));
  return locales;
}

/**
 * The language to speak: for each wish in turn the exact tag, then its shorter forms (RFC 4647 §3.4 "lookup"), else
 * `en`.
 * @param candidates BCP 47 tags, the dearest first; what is not a tag is passed over (`*`), `de_DE` is read as
 *   `de-DE`, of a long tag the
 *   first 35 characters and 8 subtags count
 * @param available as `loadLocales` gives them
 */
export function pickLocale(candidates: readonly string[], available: Locales): Locale {
  for (const candidate of candidates) {
    const parts = boundedTag(candidate.trim()).toLowerCase().split('-');
    // Hebrew's tag before 1989; some directories still send it.
    if (parts[0] === 'iw') parts[0] = 'he';
    for (let length = parts.length; length > 0; length -= 1) {
      const found = available.get(parts.slice(0, length).join('-'));
      if (found !== undefined) return found;
    }
  }
  const english = available.get('en');
  if (english === undefined) throw new LocaleError('en.json is missing');
  return english;
}

/** Every text by its path, as `/mail/greeting`. */
function textsOf(value: Json | object, path = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[path, value]]);
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(
    Object.entries(value).flatMap(([key, child]: [string, Json]) => [...textsOf(child, `${path}/${key}`)]),
  );
}

function differences(pattern: ReadonlyMap<string, string>, texts: ReadonlyMap<string, string>): string[] {
  const faults: string[] = [];
  for (const [path, text] of pattern) {
    const own = texts.get(path);
    if (own === undefined) faults.push(`${path} is missing`);
    else if (placeholdersIn(own) !== placeholdersIn(text))
      faults.push(`${path} must use ${placeholdersIn(text) || 'no placeholder'}`);
  }
  for (const path of texts.keys()) if (!pattern.has(path)) faults.push(`${path} is not in en.json`);
  return faults;
}

/** The placeholders of a text, as a sentence about it would list them; '' for none. */
export function placeholdersIn(text: string): string {
  return [...new Set(text.match(/\{\{[^}]*\}?\}?/g) ?? [])].sort().join(' ');
}
