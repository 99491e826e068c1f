import { hidden, hideSecretShapes } from '../../text/hide-secret-shapes.ts';
import { hideKnownSecrets } from './known-secrets.ts';
import { isReplyWord } from './reply-words.ts';

/** What a reply may quote. */
export interface Quotable {
  /**
   * What was minted for the message, and the credentials that the channel signs in with. Undefined where only hashes
   * of it are left: then no word is kept but those that servers use.
   */
  readonly secrets: readonly string[] | undefined;
  /** What links begin with: nothing below it is kept. */
  readonly publicUrl?: string | undefined;
}

/** How much of a reply is looked at, and how much of it is kept, in characters. */
const longestRead = 2000;
const longestKept = 300;

/** Reply code and enhanced status (RFC 3463), which are never secret. */
const statusOfReply = /^\s*(?:[245]\.\d{1,3}\.\d{1,3}:?\s+)?[245]\d\d(?:[ -][245]\.\d{1,3}\.\d{1,3}\b)?/;

/**
 * The one way in for the words of others: what an SMTP server, a gateway, an endpoint, a returned mail or a provider
 * says of a message, fit to be kept, logged and told. On one line, at most 300 characters, without what was minted
 * for the message, without credentials, links of ours, addresses of people, and whatever else looks like a secret. The
 * reply code and the enhanced status at its beginning stay as they are.
 * @param text as it came
 */
export function cleanReply(text: string, { secrets, publicUrl }: Quotable): string {
  const read = text.slice(0, longestRead).replace(/[\p{Cf}\p{Cc}]/gu, (char) => (/\s/.test(char) ? char : ''));
  // Each line of one reply repeats the code (RFC 5321 §4.2.1), which would split what is quoted.
  const joined = read.replace(/(\r?\n|\r)[245]\d\d(?:[- ](?:[245]\.\d{1,3}\.\d{1,3}(?: |$))?|$)/g, '$1');
  const status = statusOfReply.exec(joined)?.[0] ?? '';
  const known = hideKnownSecrets(joined, secrets ?? [], status.length);
  const words = [
    withoutLinks(publicUrl),
    hideSecretShapes,
    withoutAddresses,
    secrets === undefined ? ofServers : withoutOddWords,
  ].reduce((said, clean) => clean(said), known.slice(status.length));
  return `${status}${words}`
    .replace(/[\p{L}\p{N}+=]*…[\p{L}\p{N}+/=]*/gu, hidden)
    .replace(/\s+/g, ' ')
    .replace(/…(?:[\s.,:;/&?=+*#~|\\-]*…)+/g, hidden)
    .trim()
    .slice(0, longestKept);
}

function withoutAddresses(text: string): string {
  return text.replace(/<[^<>]*>/g, `<${hidden}>`);
}

/** Also without its scheme, defanged (`keys[.]example`) and inside of another link. */
function withoutLinks(publicUrl: string | undefined): (text: string) => string {
  if (publicUrl === undefined || !URL.canParse(publicUrl)) return (text) => text;
  const { host } = new URL(publicUrl);
  return (text) =>
    text.replace(/\S+/g, (word) => {
      const plain = word
        .toLowerCase()
        .replace(/[[\](){}]/g, '')
        .replace(/%(?:25)*3a/g, ':')
        .replace(/&#46;|%2e|=2e/g, '.');
      return plain.includes(host) ? hidden : word;
    });
}

/** A run of characters as secrets are made of, or an ordinary word. */
const run = /[\p{L}\p{N}_+=%~$^*!#-]+/gu;

/** Keeps words of any language, short numbers, and the addresses and names of hosts. */
function withoutOddWords(text: string): string {
  return text.replace(run, (found, at: number) => {
    const isStatus = /^[245]\d?\d?$/.test(found) && /^[245]?\.?\d/.test(text.slice(Math.max(0, at - 1)));
    return isStatus || !looksSecret(found) ? found : hidden;
  });
}

function looksSecret(found: string): boolean {
  return found.split(/[-_+=%~$^*!#]/).some((piece) => {
    if (piece.length < 4) return false;
    if (/\p{N}/u.test(piece)) return true;
    if (/^\p{Lu}?\p{Ll}+$/u.test(piece) || !/\p{Lu}/u.test(piece)) return piece.length > 40;
    return !isReplyWord(piece);
  });
}

/** Keeps only words that servers use, codes, and the addresses of hosts. */
function ofServers(text: string): string {
  return text.replace(/[\p{L}\p{N}\p{S}\p{Pc}%@&#*!\\]+(?:['’][\p{L}]+)?/gu, (found, at: number) => {
    const before = text.slice(Math.max(0, at - 16), at);
    const after = text.slice(at + found.length, at + found.length + 16);
    if (/^[<>|]+$/.test(found) || found === hidden) return found;
    if (/^\d+$/.test(found)) return isCode(found, before, after) ? found : hidden;
    return found.split(/['’]/).every((part) => isReplyWord(part)) ? found : hidden;
  });
}

function isCode(digits: string, before: string, after: string): boolean {
  if (/^[245]\d\d$/.test(digits)) return /(?:^|[:;,]\s*|said:? |code:? )$/.test(before) && !/^[\s-]?\d{2,}/.test(after);
  const enhanced = /^[245]$/.test(digits) ? /^\.\d{1,3}\.\d{1,3}\b/.test(after) : /[245]\.(?:\d{1,3}\.)?$/.test(before);
  return enhanced || (digits.length < 4 && (/\d\.$/.test(before) || /^\.\d/.test(after)));
}

const secretNames = /pass(?:word|code|phrase)|^code|code$|secret|token/i;
const linkNames = /link|url/i;

/**
 * The secrets among the values of a message's template: codes and passwords as they are, of links what their query
 * holds.
 */
export function secretsAmong(values: Readonly<Record<string, string | boolean | number | null>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (typeof value !== 'string') return [];
    if (linkNames.test(name))
      return URL.canParse(value) ? [...new URL(value).searchParams.values()].filter((part) => part.length >= 16) : [];
    return secretNames.test(name) ? [value] : [];
  });
}
