import { readFileSync } from 'node:fs';
import type { SMTPPoolOptions } from 'nodemailer/lib/smtp-pool';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';

/** What nodemailer takes to make a pooled SMTP transport. */
export type SmtpOptions = SMTPPoolOptions & { readonly pool: true };

/** SMTP_URL cannot be used. The message repeats no part of it, which may be secret. */
export class SmtpOptionsError extends Error {
  override readonly name = 'SmtpOptionsError';
}

const defaults = {
  maxConnections: 5,
  maxMessages: 100,
  // A kept connection that the server closed meanwhile costs one more try; the outbox does the rest of the retrying.
  maxRequeues: 1,
  connectionTimeout: 15_000,
  greetingTimeout: 15_000,
  dnsTimeout: 10_000,
  socketTimeout: 60_000,
};

/**
 * Reads SMTP_URL into options for nodemailer.
 * @param text `smtp[s]://user:password@host:port?name=value`, where a dotted name reaches into an object:
 *   `tls.rejectUnauthorized=false`, `auth.type=OAuth2&auth.clientId=…`,
 *   `dkim.domainName=…&dkim.keySelector=…&dkim.privateKeyFile=/run/secrets/dkim`; or the same options as a JSON object.
 *   `dkim.privateKeyFile` is read into `dkim.privateKey`. `pool` is always on.
 * @throws SmtpOptionsError
 */
export function smtpOptions(text: string): SmtpOptions {
  const given = text.trim().startsWith('{') ? fromJson(text) : fromUrl(text);
  const { dkim } = given;
  if (isJsonObject(dkim) && typeof dkim.privateKeyFile === 'string') dkim.privateKey = readKey(dkim.privateKeyFile);
  // Message content comes from us as text: nodemailer shall open no file and no address for it, whatever it may hold.
  return { ...defaults, ...given, pool: true, disableFileAccess: true, disableUrlAccess: true };
}

/** What a server could quote of how we sign in: the credentials, and those as SASL sends them. */
export function smtpSecrets({ auth }: SmtpOptions): string[] {
  const { user = '', pass = '', ...others } = (auth ?? {}) as Readonly<Record<string, unknown>>;
  const texts = [pass, ...Object.values(isJsonObject(others as Json) ? others : {})].filter(
    (value): value is string =>
      typeof value === 'string' && value.length > 3 && !/^(?:login|oauth2|custom|plain|xoauth2)$/i.test(value),
  );
  const name = typeof user === 'string' ? user : '';
  const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
  return [
    ...texts,
    ...texts.flatMap((secret) => [
      base64(secret),
      base64(`\0${name}\0${secret}`),
      base64(`${name}\0${name}\0${secret}`),
    ]),
    ...(name === '' ? [] : [name, base64(name)]),
  ];
}

function fromJson(text: string): JsonObject {
  try {
    const value = JSON.parse(text) as Json;
    if (isJsonObject(value)) return value;
  } catch {
    // Told below, without the parser's words: they quote the text.
  }
  throw new SmtpOptionsError('SMTP_URL begins like a JSON object but is none');
}

function fromUrl(text: string): JsonObject {
  if (!URL.canParse(text)) throw new SmtpOptionsError('SMTP_URL is not a URL');
  const url = new URL(text);
  if (!/^smtps?:$/.test(url.protocol) || url.hostname === '')
    throw new SmtpOptionsError('SMTP_URL must be smtp://host or smtps://host');
  const options: JsonObject = {
    host: decodeURIComponent(url.hostname).replace(/^\[|\]$/g, ''),
    secure: url.protocol === 'smtps:',
  };
  if (url.port !== '') options.port = Number(url.port);
  if (url.username !== '')
    options.auth = { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
  for (const [name, value] of url.searchParams) place(options, name.split('.'), scalar(value));
  return options;
}

function place(target: JsonObject, [name = '', ...rest]: readonly string[], value: Json): void {
  if (name === '__proto__') return;
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const inner = target[name];
  const object = isJsonObject(inner) ? inner : {};
  target[name] = object;
  place(object, rest, value);
}

function scalar(text: string): Json {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d{1,9}$/.test(text) ? Number(text) : text;
}

function readKey(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SmtpOptionsError('the file of dkim.privateKeyFile cannot be read', { cause });
  }
}
