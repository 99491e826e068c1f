import { isJsonObject, type Json } from '../../base/json.ts';
import { foldCase } from '../../scim/model/case-fold.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import { searchKey, type SearchDocument, type SearchNode } from '../../scim/search/search-document.ts';
import type { KeyRange } from './resource-store.ts';

/** How many words of one record can be searched for, and how long each is at most. */
const mostWords = 40;
const longestWord = 60;

const extension = searchKey('urn:ietf:params:scim:schemas:extension:latchkey:2.0:User');
const enterprise = searchKey('urn:ietf:params:scim:schemas:extension:enterprise:2.0:User');
const nameParts = ['givenname', 'familyname', 'middlename'] as const;

/**
 * The keys that lists for administrators find users and groups by, in the same atomic write as the record:
 *
 * - `w:` a word of a name, a whole mail address, user name, externalId or employee number, or the digits of a phone
 *   number;
 * - of a user `s:` the stored onboarding status, `c:` the client that made the record, `cs:` both;
 * - `d:` the start date, `e:` the end of an invitation that is out, `l:` the end of a lock after failed sign-ins, each
 *   as search documents hold instants.
 *
 * @param source the client that made the record
 */
export function findKeys(
  { name }: ResourceType,
  search: SearchDocument,
  source: string | undefined,
): readonly string[] {
  if (name !== 'User' && name !== 'Group') return [];
  const words = wordsOf(search).map(keyOfPlain);
  if (name === 'Group') return words;
  const onboarding = objectAt(search, extension);
  const status = textAt(onboarding, 'status') ?? 'none';
  const ends = status === 'invited' || status === 'delivered' ? textAt(onboarding, 'invitationexpiresat') : undefined;
  return [
    ...words,
    statusKey(status),
    ...(source === undefined ? [] : [sourceKey(source), sourceKey(source, status)]),
    ...dated('d', textAt(onboarding, 'startdate')),
    ...dated('e', ends),
    ...dated('l', textAt(onboarding, 'lockeduntil')),
  ];
}

/** The key of a stored status. */
export function statusKey(status: string): string {
  return `s:${status}`;
}

/** The key of a client that made a record; with a status, of those records of it that have the status. */
export function sourceKey(source: string, status?: string): string {
  const client = Buffer.from(source).toString('base64url').slice(0, 200);
  return status === undefined ? `c:${client}` : `cs:${client}/${status}`;
}

/** Words that begin so; what is typed is folded as what is stored was. */
export function wordsFrom(typed: string): KeyRange {
  return { from: wordKey(typed), below: `${wordKey(typed)}\u{10ffff}` };
}

/**
 * Moments of one sort.
 * @param from, below as search documents hold instants; undefined is open
 */
export function moments(sort: 'd' | 'e' | 'l', from: string | undefined, below: string | undefined): KeyRange {
  return { from: `${sort}:${from ?? ''}`, below: below === undefined ? `${sort};` : `${sort}:${below}` };
}

/** What was typed, as the words to look for. */
export function typedWords(text: string): readonly string[] {
  const digits = text.replace(/[\s().\-/]/g, '');
  if (/^\+?\d{5,}$/.test(digits)) return [digits.replace('+', '')];
  return [
    ...new Set(
      text
        .split(/\s+/)
        .map(plain)
        .filter((word) => word !== ''),
    ),
  ].slice(0, 6);
}

function dated(sort: string, moment: string | undefined): readonly string[] {
  return moment === undefined ? [] : [`${sort}:${moment}`];
}

function wordKey(word: string): string {
  return keyOfPlain(plain(word));
}

/** @param word as `plain` leaves it */
function keyOfPlain(word: string): string {
  return `w:${word.length <= longestWord ? word : [...word].slice(0, longestWord).join('')}`;
}

const nonAscii = /[\u0080-\uffff]/;

/** Without marks: who looks for "thordis" means "Þórdís" as often as not. */
function plain(text: string): string {
  if (text.length <= 4 * longestWord && !nonAscii.test(text)) return text.toLowerCase().trim();
  // Piled marks are slow to bring into order: a word has a length.
  return foldCase(text.slice(0, 4 * longestWord))
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .trim();
}

function wordsOf(search: SearchDocument): readonly string[] {
  const name = objectAt(search, 'name');
  const spoken = [
    ...nameParts.map((part) => textAt(name, part)),
    textAt(search, 'displayname'),
    textAt(search, 'nickname'),
  ];
  const whole = [
    textAt(search, 'username'),
    ...valuesOf(search['emails']),
    textAt(objectAt(search, extension), 'notificationemail'),
    textAt(search, 'externalid'),
    textAt(objectAt(search, enterprise), 'employeenumber'),
  ];
  const phones = valuesOf(search['phonenumbers']).map((number) => number.replaceAll(/\D/g, ''));
  const words = [
    ...spoken.flatMap((text) => text?.split(/[\s,]+/) ?? []),
    ...whole.flatMap((text) => (text === undefined ? [] : [text])),
    ...phones,
  ];
  return [...new Set(words.map(plain))].filter((word) => word !== '').slice(0, mostWords);
}

function valuesOf(node: SearchNode | undefined): readonly string[] {
  if (!Array.isArray(node)) return [];
  return (node as readonly Json[]).flatMap((element) =>
    isJsonObject(element) && typeof element['value'] === 'string' ? [element['value']] : [],
  );
}

function objectAt(document: SearchDocument, key: string): SearchDocument {
  const node = document[key];
  return typeof node === 'object' && !Array.isArray(node) ? (node as SearchDocument) : {};
}

function textAt(document: SearchDocument, key: string): string | undefined {
  const node = document[key];
  return typeof node === 'string' && node !== '' ? node : undefined;
}
