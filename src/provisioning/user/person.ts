import type { Json } from '../../base/json.ts';
import { languageWishes } from '../../text/language-wishes.ts';
import type { Resource } from '../../scim/model/resource.ts';
import { readOnboarding } from './latchkey-extension.ts';
import type { StoredRecord } from '../records/resource-store.ts';

/** The person behind a record, as far as a page or a message needs to know them. */
export interface Person {
  readonly userId: string;
  readonly userName: string;
  readonly displayName: string | undefined;
  /** BCP 47, wanted most first: at most 10 of `preferredLanguage`, then of `locale`. */
  readonly locales: readonly string[];
  /** IANA name from the user's record. */
  readonly timezone: string | undefined;
  /** The application they are onboarded for, where one is named: pages and messages may have words of its own. */
  readonly application: string | undefined;
}

/** Languages in which the family name comes first. */
const familyFirst = ['ja', 'zh', 'ko', 'hu', 'vi'];

/**
 * Reads the person out of a user's record.
 * @param language of the tenant, for users who name none: in some the family name comes first
 */
export function personOf({ id, resource }: Pick<StoredRecord, 'id' | 'resource'>, language = 'en'): Person {
  const locales = [...languageWishes(text(resource['preferredLanguage'])), ...languageWishes(text(resource['locale']))];
  const name = resource['name'] as Resource | undefined;
  const spelled = spelledName(text(name?.['givenName']), text(name?.['familyName']), locales[0] ?? language);
  return {
    userId: id,
    userName: text(resource['userName']) ?? '',
    displayName:
      text(resource['displayName']) ?? text(name?.['formatted']) ?? text(spelled) ?? text(resource['nickName']),
    locales,
    timezone: text(resource['timezone']),
    application: text(readOnboarding(resource).application),
  };
}

/** Given and family name in the order of a language, and of the script that they are written in. */
function spelledName(given: string | undefined, family: string | undefined, language: string): string {
  const [primary = ''] = language.toLowerCase().split(/[-_]/);
  const parts = [given, family].filter((part) => part !== undefined);
  const isEastAsian = parts.every((part) => /^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}ー・\s]+$/u.test(part));
  if (!isEastAsian && !familyFirst.includes(primary)) return parts.join(' ');
  const isJapanese = primary === 'ja' || parts.some((part) => /[\p{sc=Hira}\p{sc=Kana}]/u.test(part));
  return parts.reverse().join(isEastAsian && !isJapanese ? '' : ' ');
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
