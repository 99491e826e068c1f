import { createHmac, randomInt } from 'node:crypto';
import type { Settings } from '../../config/settings.ts';

type CodeSettings = Settings['onboarding']['code'];

/** The least a code may be worth: a shade under six decimal digits (19.93 bits). */
export const leastCodeBits = 19.9;

/** Characters that people take for one another; where two of a set could both turn up, all of it is left out. */
const lookAlikes = ['0Oo', '1Il', 'l1i'];

/** The characters a code may hold. */
export function codeAlphabet(settings: CodeSettings): string {
  const all = [
    settings.uppercase ? 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' : '',
    settings.lowercase ? 'abcdefghijklmnopqrstuvwxyz' : '',
    settings.digits ? '0123456789' : '',
  ].join('');
  const confusing = lookAlikes.filter((set) => [...set].filter((one) => all.includes(one)).length > 1).join('');
  return [...all].filter((one) => !confusing.includes(one)).join('');
}

/** What a guess at a code is up against, in bits. */
export function codeBits(settings: CodeSettings): number {
  return settings.length * Math.log2(Math.max(1, codeAlphabet(settings).length));
}

/**
 * A settings check: says what is wrong with a combination of length and alphabets that is too easy to guess, or
 * nothing.
 */
export function checkCodeSettings({
  onboarding: { code },
}: Settings): { readonly path: readonly string[]; readonly fault: string } | undefined {
  if (!Number.isInteger(code.length) || code.length < 4 || code.length > 10) {
    return { path: ['onboarding', 'code', 'length'], fault: 'must be a whole number from 4 to 10' };
  }
  const bits = codeBits(code);
  if (bits >= leastCodeBits) return undefined;
  return {
    path: ['onboarding', 'code'],
    fault:
      `makes codes of only ${bits.toFixed(1)} bits, which can be guessed; at least ${leastCodeBits} are `
      + 'needed: make them longer or switch on more alphabets',
  };
}

/** Makes a code. */
export function generateCode(settings: CodeSettings): string {
  const alphabet = codeAlphabet(settings);
  return Array.from({ length: settings.length }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/**
 * The code of an invitation: always the same for the same key and id, so that a further or repeated message leaves the
 * older one good. Nothing of it can be worked out without the key, which is not in the database.
 * @param key 32 bytes
 */
export function codeOfInvitation(key: Buffer, invitation: string, settings: CodeSettings): string {
  const alphabet = codeAlphabet(settings);
  // Bytes beyond the last whole multiple are left out: every character is as likely as any other.
  const limit = 256 - (256 % alphabet.length);
  let code = '';
  for (let block = 0; code.length < settings.length; block += 1) {
    for (const byte of createHmac('sha256', key).update(`${invitation}:${block}`).digest())
      if (byte < limit && code.length < settings.length) code += alphabet[byte % alphabet.length];
  }
  return code;
}

/** Longer than any code with blanks between its characters. */
const longestTyped = 200;

/**
 * Turns typed or pasted text into a code: blanks, dashes and invisible characters left out, full-width characters read
 * as the plain ones (NFKC), in upper case where codes hold no lower case.
 * @returns undefined when no code could look so
 */
export function readCode(typed: string, settings: CodeSettings): string | undefined {
  if (typed.length > longestTyped) return undefined;
  const compact = typed.normalize('NFKC').replace(/[\s\p{Pd}\p{Cf}]/gu, '');
  const code = settings.lowercase ? compact : compact.toUpperCase();
  const alphabet = codeAlphabet(settings);
  return code.length === settings.length && [...code].every((one) => alphabet.includes(one)) ? code : undefined;
}
