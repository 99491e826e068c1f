import { normalizePassword } from './normalize-password.ts';

/** What people put between words. */
const separators = /[\s\p{Z}\p{Pc}\p{Pd}.,;:/\\'"’“”„«»·・、。]+/gu;

/** What people write in place of letters; a 1 is read twice, as i and as l. */
const lookAlikes: Readonly<Record<string, string>> = {
  '4': 'a',
  '@': 'a',
  '8': 'b',
  '(': 'c',
  '3': 'e',
  '€': 'e',
  '6': 'g',
  '9': 'g',
  '!': 'i',
  '1': 'i',
  '|': 'l',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
  '+': 't',
  '2': 'z',
};

/**
 * A text in the form in which passwords and words are compared: without case, accents and separators. At most as long
 * as its callers let it be: the work grows with the length.
 */
export function compactFold(text: string): string {
  return normalizePassword(text)
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .replaceAll('ł', 'l')
    .replaceAll('æ', 'ae')
    .replace(separators, '');
}

/** The forms of a password in which words are looked for: as it is, and with look-alikes read as letters. */
export function passwordForms(password: string): readonly string[] {
  const plain = compactFold(password);
  const asI = plain.replace(/[4@8(3€69!1|0$57+2]/g, (sign) => lookAlikes[sign] ?? sign);
  const asL = plain.replace(/[4@8(3€69!1|0$57+2]/g, (sign) => (sign === '1' ? 'l' : (lookAlikes[sign] ?? sign)));
  return [...new Set([plain, asI, asL])];
}

/**
 * The ways to write a word that people hold for clever: as it is, with umlauts written out, with digits as letters,
 * and each from its end.
 */
export function spellings(word: string): readonly string[] {
  const plain = compactFold(word);
  const writtenOut = compactFold(
    word.toLowerCase().replaceAll('ä', 'ae').replaceAll('ö', 'oe').replaceAll('ü', 'ue').replaceAll('å', 'aa'),
  );
  const forward = [...new Set([plain, writtenOut])];
  const backward = forward.filter(({ length }) => length >= 4).map((one) => [...one].reverse().join(''));
  return [...forward, ...backward];
}
