import { createHash, randomInt } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { SecretBox } from '../base/secret-box.ts';
import type { Administrator } from './administrator.ts';

/** RFC 6238: what every app can do. */
const digits = 6;
const period = 30;
/** How many steps a clock may be off. */
const window = 1;

/** How a TOTP secret is given to an app. */
export interface TotpOffer {
  /** `otpauth://totp/…`, which the QR code holds. */
  readonly uri: string;
  /** To be typed, in groups of four. */
  readonly typed: string;
  readonly sealed: string;
}

const recoveryCount = 8;
const recoveryLength = 24;
/** Lower case and digits without look-alikes: 31 characters, so that a code has 118 bits. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Makes a TOTP secret for an administrator, sealed for them alone. */
export function offerTotp(
  secrets: SecretBox,
  { tenant, id, email }: Pick<Administrator, 'tenant' | 'id' | 'email'>,
  issuer: string,
): TotpOffer {
  const secret = new Secret({ size: 20 });
  return {
    uri: totpOf(secret, issuer, email).toString(),
    typed: secret.base32.replace(/.{4}(?=.)/g, '$& '),
    sealed: secrets.seal(secret.base32, { tenant, id, purpose: 'totp' }),
  };
}

/** The same secret again, for a page that is shown a second time. */
export function showTotp(
  secrets: SecretBox,
  { tenant, id, email }: Pick<Administrator, 'tenant' | 'id' | 'email'>,
  issuer: string,
  sealed: string,
): TotpOffer {
  const secret = Secret.fromBase32(secrets.open(sealed, { tenant, id, purpose: 'totp' }));
  return { uri: totpOf(secret, issuer, email).toString(), typed: secret.base32.replace(/.{4}(?=.)/g, '$& '), sealed };
}

/**
 * The time step of a right code; undefined where the code is wrong or its step was used before (RFC 6238 §5.2).
 * @param after the last step that was used
 */
export function totpStep(
  secrets: SecretBox,
  { tenant, id }: Pick<Administrator, 'tenant' | 'id'>,
  sealed: string,
  code: string,
  after: number,
  now: Date,
): number | undefined {
  const token = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return undefined;
  const secret = Secret.fromBase32(secrets.open(sealed, { tenant, id, purpose: 'totp' }));
  const delta = totpOf(secret, '', '').validate({ token, window, timestamp: now.getTime() });
  if (delta === null) return undefined;
  const step = Math.floor(now.getTime() / 1000 / period) + delta;
  return step > after ? step : undefined;
}

/** Makes recovery codes: each is shown once and used once. */
export function newRecoveryCodes(): { readonly codes: readonly string[]; readonly hashes: readonly string[] } {
  const codes = Array.from({ length: recoveryCount }, () =>
    Array.from({ length: recoveryLength }, () => alphabet[randomInt(alphabet.length)]).join(''),
  );
  return { codes: codes.map((code) => code.replace(/.{4}(?=.)/g, '$&-')), hashes: codes.map(recoveryHash) };
}

/** The hash under which a recovery code is kept; a code has 118 bits, which no guess finds in it. */
export function recoveryHash(code: string): string {
  return createHash('sha256')
    .update(code.toLowerCase().replace(/[^a-z0-9]/g, ''))
    .digest('hex');
}

function totpOf(secret: Secret, issuer: string, label: string): TOTP {
  return new TOTP({ secret, issuer, label, digits, period, algorithm: 'SHA1' });
}
