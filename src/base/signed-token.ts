import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Signs a short text that the browser carries for us and that only Latchkey can make: `payload.expiry.mac`, base64url.
 * Its holder can read the payload, so it must not be secret.
 * @param purpose separates uses of one key: a token signed for one purpose is not valid for another
 */
export function signToken(key: Buffer, purpose: string, payload: string, expires: Date): string {
  const body = `${Buffer.from(payload).toString('base64url')}.${expires.getTime().toString(36)}`;
  return `${body}.${mac(key, purpose, body).toString('base64url')}`;
}

/**
 * Answers the payload of a token made by `signToken`; undefined when it is forged, of another purpose, or out of
 * date.
 * @param keys any of them may have signed it
 */
export function openToken(
  keys: Buffer | readonly Buffer[],
  purpose: string,
  token: string,
  now: Date,
): string | undefined {
  const [payload, expiry, signature, ...rest] = token.split('.', 4);
  if (payload === undefined || expiry === undefined || signature === undefined || rest.length > 0) return undefined;
  const given = Buffer.from(signature, 'base64url');
  const isOurs = (Buffer.isBuffer(keys) ? [keys] : keys).some((key) => {
    const expected = mac(key, purpose, `${payload}.${expiry}`);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!isOurs) return undefined;
  return parseInt(expiry, 36) > now.getTime() ? Buffer.from(payload, 'base64url').toString() : undefined;
}

function mac(key: Buffer, purpose: string, body: string): Buffer {
  return createHmac('sha256', key).update(`${purpose}\n${body}`).digest();
}
