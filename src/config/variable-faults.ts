import { isIP } from 'node:net';
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { systemFault } from '../text/system-fault.ts';

// Each says what is wrong with the text of a variable, or nothing, and repeats no secret.

export function listOf(text = ''): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Whole numbers from one to another. */
export function wholeNumber(least: number, most: number) {
  return (value: string) =>
    /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most
      ? undefined
      : `must be a whole number from ${least} to ${most}, not '${value}'`;
}

/** One of these words. */
export function oneOf(...allowed: string[]) {
  return (value: string) =>
    allowed.includes(value) ? undefined : `must be one of ${allowed.join(', ')}, not '${value}'`;
}

/** A bare http or https URL. */
export function httpUrl(value: string) {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return `must be an http or https URL, not '${value}'`;
  return url.search !== '' || url.hash !== '' || url.username !== ''
    ? 'must be a bare URL: no user, query or fragment'
    : undefined;
}

/** A connection string of MongoDB. */
export function mongoUri(value: string) {
  return /^mongodb(\+srv)?:\/\/./.test(value) ? undefined : 'must begin with mongodb:// or mongodb+srv://';
}

/** With the plus sign the id of a mail comes to 56 characters at most, a local part to 64 (RFC 5321 §4.5.3.1.1). */
export function bounceAddress(value: string) {
  return /^[a-z0-9._-]{1,8}@[a-z0-9.-]+$/i.test(value)
    ? undefined
    : 'must be a plain address of at most 8 characters before the @';
}

/** A nodemailer URL, or its options as JSON. */
export function smtpUrl(value: string) {
  if (value.startsWith('{')) return isJson(value) ? undefined : 'begins like a JSON object and is none';
  return URL.canParse(value) && /^smtps?:$/.test(new URL(value).protocol)
    ? undefined
    : 'must be an smtp:// or smtps:// URL';
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

/** A bearer token that cannot be guessed. */
export function longToken(value: string) {
  if (/[^\x21-\x7e]/.test(value)) return 'must be printable ASCII without spaces';
  return value.length >= 32 ? undefined : `must have at least 32 characters, not ${value.length}`;
}

/** One or several keys. */
export function key32(value: string) {
  const isKey = (one: string) => /^[A-Za-z0-9+/_-]{43}=?$/.test(one) && Buffer.from(one, 'base64').length === 32;
  return keyTexts(value).every(isKey)
    ? undefined
    : 'must be 32 bytes in base64, or several such, the newest first: make one with `openssl rand -base64 32`';
}

/** The keys of a variable, each as text. */
export function keyTexts(value = ''): string[] {
  return value.split(/[\s,]+/).filter((one) => one !== '');
}

/** An address, with or without a name. */
export function mailAddress(value: string) {
  return /^[^<>\r\n]*<[^@\s<>]+@[^@\s<>]+>$|^[^@\s<>]+@[^@\s<>]+$/.test(value)
    ? undefined
    : `must be an address or 'Name <address>', not '${value}'`;
}

/** An address and a port. */
export function hostAndPort(text: string): string | undefined {
  const port = addressIn(text)?.port;
  if (port !== undefined && port <= 65535) return undefined;
  return 'must be an address and a port, such as 127.0.0.1:9464 or [::1]:9464';
}

/** The parts of an address and a port; undefined where it is neither. */
export function addressIn(text: string | undefined): { readonly host: string; readonly port: number } | undefined {
  const [, bracketed, plain, port] = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text ?? '') ?? [];
  const host = bracketed ?? plain;
  return host === undefined ? undefined : { host, port: Number(port) };
}

/** Addresses of proxies: IP addresses, CIDR ranges, or names of ranges that proxy-addr knows. */
export function proxies(value: string): string | undefined {
  const wrong = listOf(value).find((one) => !isProxy(one));
  return wrong === undefined
    ? undefined
    : `must be addresses or CIDR ranges separated by commas, such as 127.0.0.1 or 10.0.0.0/8, not '${wrong}'`;
}

function isProxy(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  if (bits === undefined || (version === 4 && isIP(bits) === 4)) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128);
}

/** A folder that is there and can be read. */
export function folder(value: string): string | undefined {
  return readable('folder', value, () => readdirSync(value));
}

/** A file that is there and may be read. It is not read here, as a pipe could not be read again. */
export function file(value: string): string | undefined {
  return readable('file', value, () => {
    accessSync(value, constants.R_OK);
    if (statSync(value).isDirectory()) throw Object.assign(new Error('EISDIR'), { code: 'EISDIR' });
  });
}

function readable(what: string, path: string, read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (cause) {
    return `names the ${what} ${path}, which cannot be read: ${systemFault(cause)}`;
  }
}
