import { isIP } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { Credential, CredentialKind, KeySource } from '../../domain/credential.ts';
import type { JsonObject } from '../../base/json.ts';
import { isPublicAddress } from '../../network/public-address.ts';
import { InvalidValueError } from '../../scim/model/scim-error.ts';
import { longestLifeDays, usualEnd } from './credential-life.ts';
import type { CredentialDraft } from './credential-register.ts';
import { expectReadable, KeySetError, readKeySet } from '../keys/public-keys.ts';
import { daysAfter } from './remembered.ts';

/** What of a credential can be ordered. */
export interface CredentialOrder {
  readonly kind: CredentialKind;
  /** ISO 8601; absent: a year from now. */
  readonly expiresAt?: string;
  readonly jwks?: JsonObject;
  readonly jwksUrl?: string;
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string;
  readonly tid?: string;
}

/** What orders are checked with. */
export interface CredentialOrderParts {
  readonly clock: Clock;
  /** Hosts that may be inside and without TLS: see `LATCHKEY_WEBHOOK_HOSTS`. */
  readonly trustedHosts: ReadonlySet<string>;
}

type Draft = CredentialDraft extends infer One
  ? One extends unknown
    ? Omit<One, 'tenant' | 'client' | 'createdBy'>
    : never
  : never;

const longestText = 500;

/** Which fields each kind takes beside its end. */
const fieldsOf: Readonly<Record<CredentialKind, readonly (keyof CredentialOrder)[]>> = {
  token: [],
  secret: [],
  keys: ['jwks', 'jwksUrl'],
  federation: ['iss', 'sub', 'aud', 'tid', 'jwks', 'jwksUrl'],
};

/**
 * What an order of a credential comes to.
 * @throws InvalidValueError naming the field and what to send
 */
export async function draftOfOrder(order: CredentialOrder, parts: CredentialOrderParts): Promise<Draft> {
  const { kind } = order;
  const expiresAt = endOf(order.expiresAt, parts.clock);
  for (const field of ['jwks', 'jwksUrl', 'iss', 'sub', 'aud', 'tid'] as const)
    if (order[field] !== undefined && !fieldsOf[kind].includes(field))
      throw new InvalidValueError(`${field} does not belong to a credential of the kind ${kind}: leave it out.`);
  if (kind === 'token' || kind === 'secret') return { kind, expiresAt };
  const keys = await keySource(order, parts.trustedHosts);
  if (kind === 'keys') return { kind, expiresAt, keys };
  const { tid } = order;
  return {
    kind,
    expiresAt,
    federation: {
      ...keys,
      iss: claim('iss', order.iss),
      sub: claim('sub', order.sub),
      aud: claim('aud', order.aud),
      ...(tid === undefined ? {} : { tid: claim('tid', tid) }),
    },
  };
}

/** The order that would make the same credential again, with another end. */
export function orderLike({ kind, keys, federation }: Credential): Omit<CredentialOrder, 'expiresAt'> {
  return { kind, ...keys, ...federation };
}

function endOf(text: string | undefined, clock: Clock): string {
  if (text === undefined) return usualEnd(clock);
  const end = new Date(text);
  if (Number.isNaN(end.getTime())) throw new InvalidValueError('expiresAt must be a date and time that exist.');
  if (end <= clock.now()) throw new InvalidValueError('expiresAt must be in the future.');
  if (end.toISOString() > daysAfter(clock.now(), longestLifeDays))
    throw new InvalidValueError('expiresAt must be within three years from now.');
  return end.toISOString();
}

async function keySource({ jwks, jwksUrl }: CredentialOrder, trusted: ReadonlySet<string>): Promise<KeySource> {
  if ((jwks === undefined) === (jwksUrl === undefined))
    throw new InvalidValueError('Give either jwks, a JSON Web Key Set, or jwksUrl, the https address of one.');
  if (jwksUrl !== undefined) return { jwksUrl: checkedUrl(jwksUrl, trusted) };
  try {
    const keys = readKeySet(jwks);
    await expectReadable(keys);
    return { jwks: keys as unknown as JsonObject };
  } catch (cause) {
    if (cause instanceof KeySetError) throw new InvalidValueError(`jwks ${cause.message}.`);
    throw cause;
  }
}

function checkedUrl(text: string, trusted: ReadonlySet<string>): string {
  const url = URL.canParse(text) && text.length <= 4 * longestText ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new InvalidValueError('jwksUrl must be the https address of a JSON Web Key Set.');
  if (url.username !== '' || url.password !== '')
    throw new InvalidValueError('jwksUrl must not hold a user name or password.');
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (trusted.has(host)) return url.href;
  if (url.protocol !== 'https:') throw new InvalidValueError('jwksUrl must begin with https.');
  if (isIP(host) !== 0 && !isPublicAddress(host))
    throw new InvalidValueError('jwksUrl names an address that is not public.');
  return url.href;
}

function claim(name: string, value: string | undefined): string {
  if (value === undefined || value.trim() === '' || value.length > longestText || /\p{Cc}/u.test(value))
    throw new InvalidValueError(`${name} is needed: 1 to ${longestText} characters, compared exactly with the claim.`);
  return value;
}
