import type { Json } from '../json.ts';
import type { Resource } from '../scim/resource.ts';
import { readOnboarding } from './latchkey-extension.ts';
import type { StoredRecord } from './resource-store.ts';

/** The person behind a record, as far as a page or a message needs to know them. */
export interface Person {
  readonly userId: string;
  readonly userName: string;
  readonly displayName: string | undefined;
  /** BCP 47, wanted most first: `preferredLanguage`, `locale`. */
  readonly locales: readonly string[];
  /** IANA name from the user's record. */
  readonly timezone: string | undefined;
  /** The application they are onboarded for, where one is named: pages and messages may have words of its own. */
  readonly application: string | undefined;
}

/** Reads the person out of a user's record. */
export function personOf({ id, resource }: Pick<StoredRecord, 'id' | 'resource'>): Person {
  const name = resource['name'] as Resource | undefined;
  const spelled = [text(name?.['givenName']), text(name?.['familyName'])].filter((part) => part !== undefined).join(' ');
  return {
    userId: id,
    userName: text(resource['userName']) ?? '',
    displayName: text(resource['displayName']) ?? text(name?.['formatted']) ?? text(spelled) ?? text(resource['nickName']),
    locales: [...languagesOf(text(resource['preferredLanguage'])), ...languagesOf(text(resource['locale']))],
    timezone: text(resource['timezone']),
    application: text(readOnboarding(resource).application),
  };
}

/** The tags of an Accept-Language list (RFC 7643 §4.1.1 gives `preferredLanguage` that form), in the order of their weights. */
function languagesOf(list: string | undefined): string[] {
  const ranges = (list ?? '').split(',').map((range) => {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    return { tag: tag.replaceAll('_', '-'), weight: weight === undefined ? 1 : Number(weight.slice(2)) };
  });
  return ranges.filter(({ tag, weight }) => /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(tag) && weight > 0)
    .sort((one, other) => other.weight - one.weight).map(({ tag }) => tag);
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
