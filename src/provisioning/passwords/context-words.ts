import type { Settings } from '../../config/settings.ts';
import { isJsonObject, type Json } from '../../base/json.ts';
import type { Resource } from '../../scim/model/resource.ts';
import { compactFold, spellings } from './password-forms.ts';

/** What others know about a person and the place they work at, in the form that passwords are compared in. */
export interface ContextWords {
  /** Folded, without separators, at least three characters, the longest first. */
  readonly words: readonly string[];
  /** The digits of phone numbers. */
  readonly numbers: readonly string[];
}

// Bounds of the work: a record may hold a megabyte, and each word costs a search in the password.
const mostTexts = 250;
const longestText = 200;
const mostWordsOfText = 16;
const mostWords = 400;
const mostNumbers = 20;
const deepest = 4;

const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** What is read first, so that no heap of other texts keeps it out. */
const first = ['userName', 'name', 'displayName', 'nickName', 'emails', enterpriseUrn, 'phoneNumbers', 'title'];

/** Attributes that tell nothing others know about a person, or are not text. */
const passedOver = new Set(
  ['id', 'schemas', 'meta', 'password', 'type', '$ref', 'ref', 'primary', 'photos', 'x509Certificates', 'locale']
    .concat([
      'timezone',
      'preferredLanguage',
      'groups',
      'active',
      'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User',
    ])
    .map((name) => name.toLowerCase()),
);

/**
 * Words that a person's password must not lean on: every text of their record (names, user name, addresses, phone
 * numbers, employee number, department, organization, title, what a tenant's own schemas add), their manager's name
 * and the product's. The work is bounded, however large the record is.
 * @param manager the record of their manager, where it is known
 */
export function contextWords(
  resource: Resource,
  settings: Pick<Settings, 'productName'>,
  manager?: Resource,
): ContextWords {
  const texts: string[] = [settings.productName];
  for (const name of first) collectTexts(resource[name], name, texts);
  for (const name of ['name', 'displayName', 'userName']) collectTexts(manager?.[name], name, texts);
  for (const [name, value] of Object.entries(resource)) if (!first.includes(name)) collectTexts(value, name, texts);
  const words = new Set<string>();
  for (const text of texts) {
    for (const word of wordsOf(text)) {
      if (words.size >= mostWords) break;
      words.add(word);
    }
  }
  return {
    words: [...words].sort((one, other) => other.length - one.length),
    numbers: numbersOf(resource['phoneNumbers']),
  };
}

function collectTexts(value: Json | undefined, name: string, texts: string[], depth = 0): void {
  if (texts.length >= mostTexts || depth > deepest || passedOver.has(name.toLowerCase())) return;
  if (typeof value === 'string') texts.push(value.slice(0, longestText));
  else if (typeof value === 'number') texts.push(String(value));
  else if (Array.isArray(value)) for (const one of value.slice(0, mostTexts)) collectTexts(one, name, texts, depth + 1);
  else if (isJsonObject(value)) {
    for (const [key, child] of Object.entries(value)) collectTexts(child, key, texts, depth + 1);
  }
}

/** A text as a whole and its parts, each in the spellings that people use for it. */
function wordsOf(text: string): string[] {
  const parts = text.split(/[^\p{L}\p{N}\p{M}]+/u, mostWordsOfText);
  return [text, ...parts].flatMap(spellings).filter((word) => [...word].length >= 3);
}

function numbersOf(phones: Json | undefined): string[] {
  if (!Array.isArray(phones)) return [];
  return phones
    .slice(0, mostNumbers)
    .map((phone) => (isJsonObject(phone) ? phone['value'] : phone))
    .filter((value) => typeof value === 'string')
    .map((value) => compactFold(value.slice(0, longestText)).replace(/\D/g, ''))
    .filter((digits) => digits.length >= 5);
}
