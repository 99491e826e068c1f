/** A piece of a filter's text; `start` and `end` are offsets in it. */
export interface Token {
  readonly kind: 'word' | 'string' | '(' | ')' | '[' | ']' | 'other' | 'end';
  /** As written; of a string what is between the quotes, escapes resolved. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** What is wrong with a filter, and where: an offset in its text. */
export class FilterFault extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/**
 * Attribute paths, operators, numbers and keywords, up to the next delimiter; every token is found in time linear in
 * its length.
 */
const wordPattern = /[^\s()[\]"'“”„‘’=!<>&|,;]+/y;
const spacePattern = /\s*/y;
/** Up to the closing quote, over escaped characters. */
const stringPattern = /"[^"\\]*(?:\\[^][^"\\]*)*"/y;
const loneSurrogate = /\p{Surrogate}/u;

/**
 * Reads the token that starts at or after `offset`.
 * @throws FilterFault when a string does not end, or holds what no attribute can
 */
export function readToken(text: string, offset: number): Token {
  const start = endOfMatch(spacePattern, text, offset);
  const character = text[start];
  switch (character) {
    case undefined:
      return { kind: 'end', text: '', start, end: start };
    case '(':
    case ')':
    case '[':
    case ']':
      return { kind: character, text: character, start, end: start + 1 };
    case '"':
      return readString(text, start);
  }
  const end = endOfMatch(wordPattern, text, start);
  if (end > start) return { kind: 'word', text: text.slice(start, end), start, end };
  return { kind: 'other', text: character, start, end: start + 1 };
}

function readString(text: string, start: number): Token {
  const end = endOfMatch(stringPattern, text, start);
  if (end === start) throw new FilterFault('the text that begins here has no closing quote', start);
  const value = unquote(text.slice(start, end), start);
  // Neither can be stored in an attribute, and databases disagree about both.
  if (value.includes('\0') || loneSurrogate.test(value)) {
    throw new FilterFault(
      'the text that begins here holds NUL or half a surrogate pair, which no attribute can hold',
      start,
    );
  }
  return { kind: 'string', text: value, start, end };
}

function unquote(quoted: string, start: number): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    throw new FilterFault(
      'the text that begins here has an escape that JSON does not know; a backslash is written \\\\',
      start,
    );
  }
}

function endOfMatch(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : offset;
}
