import { isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import type { Locales } from '../text/locales.ts';
import { html, type Html, type Renderable } from './html.ts';

const TEXTS = {
  fields: ['userName', 'code', 'password', 'currentPassword', 'newPassword', 'employeeNumber', 'show', 'hide'],
  rules: ['title', 'length', 'composition', 'common', 'history', 'free'],
  faults: [
    'summary',
    'userNameMissing',
    'codeMissing',
    'passwordMissing',
    'currentMissing',
    'newMissing',
    'mismatch',
    'tooShort',
    'tooLong',
    'common',
    'personal',
    'guessable',
    'reused',
    'composition',
    'characters',
    'wrongCurrent',
    'codeInvalid',
    'formExpired',
    'employeeNumberMissing',
    'proofInvalid',
    'codeExpired',
  ],
  ways: ['signIn', 'forgot', 'code', 'sendNew', 'back', 'help', 'continue', 'close'],
  moments: ['aboutAMinute'],
  setPassword: ['title', 'hello', 'intro', 'expires', 'button'],
  enterCode: ['title', 'intro', 'button'],
  signIn: ['title', 'intro', 'button'],
  refusals: ['invalid', 'locked', 'lockedUntil', 'notStarted', 'notStartedUntil'],
  signedIn: ['title', 'as', 'last', 'first', 'change', 'signOut'],
  changePassword: ['title', 'intro', 'required', 'button'],
  forgot: ['title', 'intro', 'button'],
  verifyEmail: ['title', 'intro', 'button'],
  revealPassword: [
    'title',
    'intro',
    'byUserName',
    'byEmployeeNumber',
    'byCode',
    'codeSent',
    'sendCode',
    'button',
    'shownTitle',
    'once',
    'mustChange',
  ],
} as const;

/** The pages that tell one thing. */
export const NOTICES = [
  'passwordSet',
  'messageSent',
  'signedOut',
  'passwordChanged',
  'emailVerified',
  'emailLinkVoid',
  'expired',
  'superseded',
  'replaced',
  'moved',
  'used',
  'cancelled',
  'locked',
  'notYet',
  'unknown',
  'revealed',
  'revealLocked',
  'revealCancelled',
  'notFound',
  'badRequest',
  'tooMany',
  'unavailable',
] as const;

/** A heading and what is said below it; `at` is the sentence with the date, shown where one is known. */
export interface Notice {
  readonly title: string;
  readonly text: string;
  readonly at?: string;
}

/** Every word of the hosted pages: the `pages` part of a file in `locales/`. */
export type PageWords = {
  readonly [Group in keyof typeof TEXTS]: Readonly<Record<(typeof TEXTS)[Group][number], string>>;
} & { readonly notices: Readonly<Record<(typeof NOTICES)[number], Notice>> };

/**
 * The page words of every language, by its tag.
 * @throws Error naming the texts that are missing
 */
export function pageWords(locales: Locales): ReadonlyMap<string, PageWords> {
  return new Map(
    [...locales.values()].map(({ language, pages }) => {
      if (isPageWords(pages)) return [language, pages];
      throw new Error(`locales/${language}.json lacks these texts of the pages: ${missingTexts(pages).join(', ')}`);
    }),
  );
}

function isPageWords(pages: JsonObject): pages is JsonObject & PageWords {
  return missingTexts(pages).length === 0;
}

function missingTexts(pages: JsonObject): string[] {
  const names = [
    ...Object.entries(TEXTS).flatMap(([group, texts]) => texts.map((text) => [group, text])),
    ...NOTICES.flatMap((notice) => [
      ['notices', notice, 'title'],
      ['notices', notice, 'text'],
    ]),
  ];
  return names
    .filter((path) => typeof path.reduce<Json | undefined>(textIn, pages) !== 'string')
    .map((path) => path.join('.'));
}

function textIn(parent: Json | undefined, name: string): Json | undefined {
  return isJsonObject(parent) ? parent[name] : undefined;
}

/**
 * Fills the placeholders of a text. Values are escaped, and text among them is isolated (`<bdi>`), so that a name in
 * one script does not disturb a sentence in another.
 */
export function say(text: string, values: Readonly<Record<string, Html | string | number>> = {}): Html {
  const parts: Renderable[] = text.split(/\{\{(\w+)\}\}/).map((part, index) => {
    if (index % 2 === 0) return part;
    const value = values[part];
    return typeof value === 'string' ? html`<bdi>${value}</bdi>` : value;
  });
  return html`${parts}`;
}

/** Fills the placeholders of a text in a place without markup, such as the page's title. */
export function sayPlain(text: string, values: Readonly<Record<string, string | number>> = {}): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''));
}
