import type { Settings } from '../../config/settings.ts';
import type { ContextWords } from './context-words.ts';
import { famousPasswords } from './famous-passwords.ts';
import { normalizePassword } from './normalize-password.ts';
import { passwordForms } from './password-forms.ts';
import { isKeyboardWalk } from './keyboard-walk.ts';
import { passwordWords } from './password-words.ts';
import { isRepeatedWord } from './repeated-word.ts';
import { judgePassword } from './password-strength.ts';
import { isSubstantial, unrelatedPart } from './unrelated-part.ts';

/** A rule that a chosen password breaks; `rule` is a key to translate by. */
export type PasswordFault =
  | { readonly rule: 'tooShort'; readonly min: number }
  | { readonly rule: 'tooLong'; readonly max: number }
  | { readonly rule: 'common' | 'personal' | 'guessable' | 'reused' | 'composition' | 'characters' };

/** What attackers try first, the longest first. */
const knownToAll = [...famousPasswords, ...passwordWords].sort((one, other) => other.length - one.length);

/** The most code points a password may have. */
export const maxPasswordLength = 256;

/**
 * Checks a password that its user chose (NIST SP 800-63B-4 §3.1.1.2). Passwords that an identity provider hands over
 * are that provider's to judge: for them only {@link checkStorable} holds. Reuse is checked elsewhere, as it takes
 * hashing.
 * @param context what others know about the person and the place, see `contextWords`
 * @returns every fault; empty when the password will do
 */
export function checkPassword(password: string, settings: Settings, context: ContextWords): readonly PasswordFault[] {
  const storable = checkStorable(password);
  if (storable !== undefined) return [storable];
  const text = normalizePassword(password);
  const faults: PasswordFault[] = [];
  const min = settings.passwords.minLength;
  if ([...text].length < min) faults.push({ rule: 'tooShort', min });
  if (settings.passwords.composition && !(/\p{Lu}/u.test(text) && /\p{Ll}/u.test(text) && /\p{Nd}/u.test(text)))
    faults.push({ rule: 'composition' });
  const verdict = verdictOf(text, context);
  if (verdict !== undefined) faults.push({ rule: verdict });
  return faults;
}

/** Rules for every password, whatever its source: at most 256 code points, no control characters, no broken Unicode. */
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
      return 'The password is on the lists that attackers try first, or a simple variation of one that is.';
    case 'personal':
      return 'The password is mostly made of words that others know about the person: names, work, addresses, numbers.';
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

/**
 * Judges a password in each form that people give a word: whatever is famous or known about the person is taken out,
 * and what remains must be a password of its own.
 */
function verdictOf(text: string, { words, numbers }: ContextWords): 'common' | 'personal' | 'guessable' | undefined {
  const forms = passwordForms(text);
  const leansOn = (known: readonly string[], digits: readonly string[] = []) =>
    forms.some((form) => {
      const rest = unrelatedPart(form, known, digits);
      return rest !== form && !isSubstantial(rest);
    });
  if (leansOn(words, numbers)) return 'personal';
  if (leansOn(knownToAll)) return 'common';
  const [plain = ''] = forms;
  if (isKeyboardWalk(text) || isRepeatedWord(text) || isKeyboardWalk(unrelatedPart(plain, knownToAll)))
    return 'guessable';
  const verdict = judgePassword(text);
  if (verdict !== 'fine') return verdict;
  const rest = unrelatedPart(plain, words, numbers);
  return rest !== plain && judgePassword(rest) !== 'fine' ? 'personal' : undefined;
}
