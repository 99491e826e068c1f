/**
 * Is it one plain mail address? Refuses what could end a header, name a second recipient or carry a comment (RFC 5322
 * §3.4): white space, controls, quotes, commas, brackets. Letters of any script pass (RFC 6532).
 */
export function isMailAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s\p{C}"(),:;<>@[\]\\]+@[^\s\p{C}"(),:;<>@[\]\\]+$/u.test(text);
}

/** The one address that a text names, or why it cannot be used: the end of a sentence, without the text itself. */
export type AddressReading = { readonly address: string } | { readonly fault: string };

/** Longer than any address with a name before it. */
const longestText = 1_000;

/**
 * Reads the address out of what people and directories write: blanks or invisible characters around it,
 * `Name <address>` (RFC 5322 §3.4), `mailto:address` (RFC 6068).
 */
export function readMailAddress(text: string): AddressReading {
  if (text.length > longestText) return { fault: 'it is too long' };
  const bare = withoutScheme(withoutBlanks(text));
  const address = withoutBlanks(/^[^<>]*<([^<>]*)>$/u.exec(bare)?.[1] ?? bare);
  return isMailAddress(address) ? { address } : { fault: faultOf(address) };
}

function withoutBlanks(text: string): string {
  return text.replace(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, '');
}

function withoutScheme(text: string): string {
  if (!/^mailto:/i.test(text)) return text;
  const address = text.slice('mailto:'.length).replace(/\?.*$/su, '');
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}

function faultOf(text: string): string {
  if (text === '') return 'it is empty';
  if (!text.includes('@')) return 'it has no @';
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) return 'it has a line break or another control character in it';
  if (text.split('@').length > 2 || /[,;]/.test(text)) return 'it is not one address, but several';
  if (/[\s\p{C}]/u.test(text)) return 'it has a blank or an invisible character in it';
  if (text.length > 254) return 'it is too long';
  return 'it is not an address such as name@example.com';
}
