import type { Json } from '../../json.ts';
import { languageWishes } from '../../language-wishes.ts';
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

/** Reads the person out of a user's record. */
export function personOf({ id, resource }: Pick<StoredRecord, 'id' | 'resource'>): Person {
  const name = resource['name'] as Resource | undefined;
  const spelled = [text(name?.['givenName']), text(name?.['familyName'])]
    .filter((part) => part !== undefined)
    .join(' ');
  return {
    userId: id,
    userName: text(resource['userName']) ?? '',
    displayName:
      text(resource['displayName']) ?? text(name?.['formatted']) ?? text(spelled) ?? text(resource['nickName']),
    locales: [...languageWishes(text(resource['preferredLanguage'])), ...languageWishes(text(resource['locale']))],
    timezone: text(resource['timezone']),
    application: text(readOnboarding(resource).application),
  };
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
