import { randomInt } from 'node:crypto';

// Without i, l, o, 0 and 1, which people misread: 31 symbols, 4.95 bits each.
const symbols = 'abcdefghjkmnpqrstuvwxyz23456789';
const groupLength = 4;
const leastGroups = 5;

/**
 * Makes a password to mail: groups of four such as `Kq7m-x4hd-…`, easy to type on a phone, at least 98 bits. It holds
 * an upper-case letter, lower-case letters and a digit, so that it passes any composition rule.
 * @param minLength the fewest characters the tenant allows
 */
export function generatePassword(minLength: number): string {
  const groups = Math.max(leastGroups, Math.ceil((minLength + 1) / (groupLength + 1)));
  for (;;) {
    const text = Array.from({ length: groups }, () =>
      Array.from({ length: groupLength }, () => symbols[randomInt(symbols.length)]).join(''),
    ).join('-');
    const capital = text.search(/[a-z]/);
    const password = text.slice(0, capital) + text.charAt(capital).toUpperCase() + text.slice(capital + 1);
    if (capital >= 0 && /\d/.test(password) && /[a-z]/.test(password)) return password;
  }
}
