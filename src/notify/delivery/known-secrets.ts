import { anyOf } from '../../text/any-of.ts';
import { hidden } from '../../text/hide-secret-shapes.ts';

/** This many letters and digits in a row of a secret give too much of it away. */
const tellingLength = 6;
/** The same of a secret in base64, which holds a quarter less. */
const tellingBase64 = 8;

/**
 * Hides secrets that are known, however they are quoted: in other letters, wrapped over lines, split by blanks,
 * hyphens or dots, percent-encoded, quoted-printable, HTML-escaped, in base64, as the numbers of their bytes, or only a
 * good part of them.
 * @param text bounded by the caller; what its first characters up to `from` say is left alone
 */
export function hideKnownSecrets(text: string, secrets: readonly string[], from = 0): string {
  // Each reading looks at the text as it came: what one has cut out would split what another would find.
  const told: Span[] = secrets.filter((secret) => secret.length > 3).flatMap((secret) => spansOf(text, secret, from));
  const plain = windowsOf(secrets.flatMap(spellings), tellingLength);
  const base64 = windowsOf(secrets.flatMap(base64Cores), tellingBase64);
  for (const letters of [readPlain(text, from), readDecoded(text, from)])
    told.push(...windowsIn(letters, plain, true), ...windowsIn(letters, base64, false));
  for (const { number, radix } of byteNumbers)
    told.push(...windowsIn(readBytes(text, from, number, radix), plain, true));
  return withoutSpans(text, told);
}

/** A part of a text. */
interface Span {
  readonly from: number;
  readonly to: number;
}

function spansOf(text: string, secret: string, start: number): Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf(secret, start); at >= 0; at = text.indexOf(secret, at + secret.length))
    spans.push({ from: at, to: at + secret.length });
  return spans;
}

function withoutSpans(text: string, spans: readonly Span[]): string {
  let shown = '';
  let position = 0;
  for (const { from, to } of [...spans].sort((one, other) => one.from - other.from || other.to - one.to)) {
    if (from > position || (from === position && position === 0)) shown += text.slice(position, from) + hidden;
    position = Math.max(position, to);
  }
  return shown + text.slice(position);
}

/** One letter or digit of a text, and where it is written there. */
interface Letter {
  readonly char: string;
  readonly from: number;
  readonly to: number;
}

/** Parts of a secret by their length, so that short secrets are looked for as a whole. */
type Windows = ReadonlyMap<number, ReadonlySet<string>>;

function windowsOf(secrets: readonly string[], telling: number): Windows {
  const windows = new Map<number, Set<string>>();
  for (const secret of secrets) {
    const size = Math.min(secret.length, telling);
    if (size < 4) continue;
    const parts = windows.get(size) ?? new Set<string>();
    for (let at = 0; at + size <= secret.length; at += 1) parts.add(secret.slice(at, at + size));
    windows.set(size, parts);
  }
  return windows;
}

/** Where secrets are told: from the first letter to the last of each run. */
function windowsIn(letters: readonly Letter[], windows: Windows, foldCase: boolean): Span[] {
  const told = new Array<boolean>(letters.length).fill(false);
  for (const [size, parts] of windows) {
    for (let at = 0; at + size <= letters.length; at += 1) {
      let part = '';
      for (let index = at; index < at + size; index += 1) part += letters[index]?.char ?? '';
      if (parts.has(foldCase ? part.toLowerCase() : part)) told.fill(true, at, at + size);
    }
  }
  const spans: Span[] = [];
  for (let at = 0; at < letters.length; at += 1) {
    if (told[at] !== true) continue;
    let end = at;
    while (told[end + 1] === true) end += 1;
    spans.push({ from: letters[at]?.from ?? 0, to: letters[end]?.to ?? 0 });
    at = end;
  }
  return spans;
}

const isLetter = /[\p{L}\p{N}]/u;

function readPlain(text: string, start: number): Letter[] {
  const letters: Letter[] = [];
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (isLetter.test(char)) letters.push({ char, from: at, to: at + 1 });
  }
  return letters;
}

/**
 * Bytes as numbers with something between them, as dumps and logs write them: `68 74`, `0x68,0x74`, `104 116`,
 * `150 164`.
 */
const byteNumbers = [
  { number: /(?<![0-9a-z])(?:0x|\\x|x)?([0-9a-f]{2})(?![0-9a-z])/gi, radix: 16 },
  { number: /(?<!\d)(\d{2,3})(?!\d)/g, radix: 10 },
  { number: /(?<!\d)0?([0-3]?[0-7]{2})(?!\d)/g, radix: 8 },
] as const;

function readBytes(text: string, start: number, number: RegExp, radix: number): Letter[] {
  return [...text.matchAll(number)].flatMap((found): Letter[] => {
    const char = String.fromCharCode(parseInt(found[1] ?? '', radix));
    return found.index < start || !isLetter.test(char)
      ? []
      : [{ char, from: found.index, to: found.index + found[0].length }];
  });
}

const escape = new RegExp(
  anyOf(
    /=[ \t]*\r?\n|%(?:25)*([0-9a-f]{2})|=([0-9a-f]{2})|&#(\d{1,7});|&#x([0-9a-f]{1,6});/,
    /&(?:amp|lt|gt|quot|apos|nbsp|shy|zwj|zwnj);|\\u([0-9a-f]{4})|\\x([0-9a-f]{2})|\\[bfnrt]/,
  ),
  'iy',
);

function readDecoded(text: string, start: number): Letter[] {
  const letters: Letter[] = [];
  for (let at = start; at < text.length;) {
    escape.lastIndex = at;
    const found = escape.exec(text);
    const read = found === null ? text.charAt(at) : decoded(found);
    const to = at + (found?.[0].length ?? 1);
    // Full-width letters, and what else is a letter in another form.
    for (const char of read.normalize('NFKC')) if (isLetter.test(char)) letters.push({ char, from: at, to });
    at = to;
  }
  return letters;
}

function decoded([, percent, quoted, decimal, hex, unicode, octet]: RegExpExecArray): string {
  const code =
    decimal === undefined ? parseInt(percent ?? quoted ?? hex ?? unicode ?? octet ?? '', 16) : Number(decimal);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

/** Its letters and digits in lower case; beyond ASCII also as the single octets of UTF-8, which escapes decode to. */
function spellings(secret: string): string[] {
  const octets = Buffer.from(secret, 'utf8').toString('latin1');
  return [...new Set([secret, octets])].map((text) =>
    [...text]
      .filter((char) => isLetter.test(char))
      .join('')
      .toLowerCase(),
  );
}

/** What base64 of any text holds where the secret is in it, by where among three octets it begins. */
function base64Cores(secret: string): string[] {
  const octets = Buffer.from(secret, 'utf8');
  return [0, 1, 2].map((lead) => {
    const text = Buffer.concat([Buffer.alloc(lead), octets])
      .toString('base64')
      .replace(/=+$/, '');
    const inner = text.slice(lead === 0 ? 0 : lead + 1, octets.length % 3 === (3 - lead) % 3 ? undefined : -1);
    return inner.replace(/[^A-Za-z0-9]/g, '');
  });
}
