import type { Resource } from '../../scim/model/resource.ts';
import type { Settings } from '../../config/settings.ts';
import { isJsonObject, type Json } from '../../json.ts';
import { normalizePassword } from './normalize-password.ts';
import { judgePassword } from './password-strength.ts';

/** A rule that a chosen password breaks; `rule` is a key to translate by. */
export type PasswordFault =
  | { readonly rule: 'tooShort'; readonly min: number }
  | { readonly rule: 'tooLong'; readonly max: number }
  | { readonly rule: 'common' | 'personal' | 'guessable' | 'reused' | 'composition' | 'characters' };

/** The most code points a password may have. */
export const maxPasswordLength = 256;

/** What must remain of a password once names are taken out of it. */
const leastUnrelated = 8;

/**
 * Checks a password that its user chose (NIST SP 800-63B-4 §3.1.1.2). Passwords that an identity provider hands over
 * are that provider's to judge: for them only {@link checkStorable} holds. Reuse is checked elsewhere, as it takes
 * hashing.
 * @param context words tied to the person or the place, see {@link contextWords}
 * @returns every fault; empty when the password will do
 */
export function checkPassword(
  password: string,
  settings: Settings,
  context: readonly string[],
): readonly PasswordFault[] {
  const storable = checkStorable(password);
  if (storable !== undefined) return [storable];
  const text = normalizePassword(password);
  const faults: PasswordFault[] = [];
  const min = settings.passwords.minLength;
  if ([...text].length < min) faults.push({ rule: 'tooShort', min });
  if (settings.passwords.composition && !(/\p{Lu}/u.test(text) && /\p{Ll}/u.test(text) && /\p{Nd}/u.test(text)))
    faults.push({ rule: 'composition' });
  if (isPersonal(text, context)) faults.push({ rule: 'personal' });
  else {
    const verdict = judgePassword(text);
    if (verdict !== 'fine') faults.push({ rule: verdict });
  }
  return faults;
}

/**
 * What no password may be, wherever it comes from: longer than 256 code points, or with control characters or broken
 * Unicode in it.
 */
export function checkStorable(password: string): PasswordFault | undefined {
  // No code point takes more than two UTF-16 units: a huge text is refused before it is taken apart.
  if (password.length > 2 * maxPasswordLength || [...password].length > maxPasswordLength)
    return { rule: 'tooLong', max: maxPasswordLength };
  return /[\p{Cc}\p{Cs}]/u.test(password) ? { rule: 'characters' } : undefined;
}

/** The fault as an English sentence. */
export function faultSentence(fault: PasswordFault): string {
  switch (fault.rule) {
    case 'tooShort':
      return `The password must have at least ${fault.min} characters.`;
    case 'tooLong':
      return `The password must have at most ${fault.max} characters.`;
    case 'common':
      return 'The password is one of those most often used, or a simple variation of one.';
    case 'personal':
      return "The password is little more than a name: yours, your organisation's or this product's.";
    case 'guessable':
      return 'The password follows a pattern that is easy to guess.';
    case 'reused':
      return 'The password was used before.';
    case 'composition':
      return 'The password needs an upper-case letter, a lower-case letter and a digit.';
    case 'characters':
      return 'The password holds characters that cannot be used.';
  }
}

/** Words that a user's password must not lean on: their names, addresses and organisation, and the product's name. */
export function contextWords(resource: Resource, settings: Settings): readonly string[] {
  const name = isJsonObject(resource['name']) ? resource['name'] : {};
  const enterprise = resource['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'];
  const organization = isJsonObject(enterprise) ? enterprise['organization'] : undefined;
  const emails = Array.isArray(resource['emails'])
    ? resource['emails'].map((email) => (isJsonObject(email) ? email['value'] : undefined))
    : [];
  const texts = [
    resource['userName'],
    resource['displayName'],
    resource['nickName'],
    ...Object.values(name),
    organization,
    ...emails,
    settings.productName,
  ];
  return [...new Set(texts.flatMap(wordsOf))].sort((one, other) => other.length - one.length);
}

function wordsOf(text: Json | undefined): string[] {
  if (typeof text !== 'string') return [];
  const folded = fold(text);
  return [folded, ...folded.split(/[^\p{L}\p{N}]+/u)].filter((word) => [...word].length >= 3);
}

function isPersonal(password: string, context: readonly string[]): boolean {
  let rest = fold(password);
  const whole = rest;
  for (const word of context) rest = rest.replaceAll(word, '');
  return rest !== whole && [...rest].length < leastUnrelated;
}

function fold(text: string): string {
  return normalizePassword(text).toLowerCase();
}
