import { importJWK, type JSONWebKeySet } from 'jose';
import { isJsonObject, type Json } from '../../base/json.ts';

/** The algorithms of assertions, each for one kind of key alone. */
export type AssertionAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA' | 'Ed25519';

/** Keys a set may hold: more than any issuer has at a time. */
export const mostKeys = 50;

const edwards: readonly string[] = ['EdDSA', 'Ed25519'];
const shortestRsaBytes = 2048 / 8;

/** A set of public keys is not what it should be: the message says what is wrong. */
export class KeySetError extends Error {
  override readonly name = 'KeySetError';
}

/**
 * Reads a JSON Web Key Set (RFC 7517 §5). Keys of kinds that sign no assertions are left out.
 * @throws KeySetError where it is not a set, holds a private or shared key, or none that can be used
 */
export function readKeySet(value: Json | undefined): JSONWebKeySet {
  const keys = isJsonObject(value) ? value['keys'] : undefined;
  if (!Array.isArray(keys)) throw new KeySetError('is not a JSON Web Key Set: it lacks the list "keys"');
  if (keys.length > mostKeys) throw new KeySetError(`has more than ${mostKeys} keys`);
  const usable = keys.filter(isJsonObject).filter((key) => {
    if (key['kty'] === 'oct' || ['d', 'p', 'q', 'k'].some((name) => Object.hasOwn(key, name)))
      throw new KeySetError('holds a private or shared key: give public keys alone');
    return algorithmsOf(key).length > 0;
  });
  if (usable.length === 0)
    throw new KeySetError(
      'has no key that can be used: RSA of at least 2048 bits, EC P-256 or OKP Ed25519, for signing',
    );
  return { keys: usable };
}

/** @throws KeySetError naming the first key that cannot be read */
export async function expectReadable({ keys }: JSONWebKeySet): Promise<void> {
  for (const [index, key] of keys.entries()) {
    const [algorithm = ''] = algorithmsOf(key);
    await importJWK(key, algorithm).catch(() => {
      throw new KeySetError(`has a key that cannot be read: keys[${index}]`);
    });
  }
}

/** The algorithms that a key may be used with: its own `alg`, else those of its kind. */
export function algorithmsOf(key: Readonly<Record<string, unknown>>): readonly AssertionAlgorithm[] {
  if (key['use'] !== undefined && key['use'] !== 'sig') return [];
  const ofKind = algorithmsOfKind(key);
  // An Ed25519 key has one algorithm with an old name and a new one (RFC 9864 §2.2).
  if (key['kty'] === 'OKP')
    return key['alg'] === undefined || edwards.some((name) => name === key['alg']) ? ofKind : [];
  return key['alg'] === undefined ? ofKind : ofKind.filter((algorithm) => algorithm === key['alg']);
}

function algorithmsOfKind({ kty, crv, n }: Readonly<Record<string, unknown>>): readonly AssertionAlgorithm[] {
  if (kty === 'RSA')
    return typeof n === 'string' && Buffer.from(n, 'base64url').length >= shortestRsaBytes ? ['RS256', 'PS256'] : [];
  if (kty === 'EC') return crv === 'P-256' ? ['ES256'] : [];
  return kty === 'OKP' && crv === 'Ed25519' ? ['EdDSA', 'Ed25519'] : [];
}
