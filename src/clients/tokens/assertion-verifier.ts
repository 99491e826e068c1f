import { createHash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose';
import type { Clock } from '../../base/clock.ts';
import type { KeySource } from '../../domain/credential.ts';
import type { Notes } from '../../domain/notes.ts';
import type { KeySets } from '../keys/key-sets.ts';
import { algorithmsOf, type AssertionAlgorithm } from '../keys/public-keys.ts';

/** The algorithms of assertions; a key is used with its own alone. */
export const assertionAlgorithms: readonly AssertionAlgorithm[] = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];

/** How far clocks may differ, and how long an assertion may live: seconds. */
const skewSeconds = 60;
const longestLifeSeconds = 86_400;

const longestAssertion = 16 * 1024;
const longestJti = 300;

/** An assertion is not accepted: the message says what is wrong with it, and nothing of what is expected. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** The keys that would prove an assertion cannot be got at present: the message says from where, and why. */
export class IssuerKeysError extends Error {
  override readonly name = 'IssuerKeysError';
}

/** What an assertion says before anything is proved. */
export interface Claims extends JWTPayload {
  readonly tid?: unknown;
}

/** What verification works with. */
export interface AssertionVerifierParts {
  readonly keySets: Pick<KeySets, 'at' | 'faultAt'>;
  readonly notes: Pick<Notes, 'put'>;
  readonly clock: Clock;
}

/**
 * Verifies signed assertions (RFC 7523 §3). Of the header it reads `alg` and `kid` alone: no key, address or
 * certificate in it is ever used, and `kid` only chooses among the keys that are trusted.
 */
export class AssertionVerifier {
  readonly #parts: AssertionVerifierParts;

  constructor(parts: AssertionVerifierParts) {
    this.#parts = parts;
  }

  /**
   * What an assertion claims, unproved: to find out whose it is.
   * @throws AssertionError
   */
  read(assertion: string): Claims {
    if (assertion.length > longestAssertion)
      throw new AssertionError(`it is longer than ${longestAssertion} characters`);
    try {
      return decodeJwt(assertion);
    } catch {
      throw new AssertionError('it is not a signed JSON Web Token');
    }
  }

  /**
   * Proves an assertion by trusted keys, its times included.
   * @throws AssertionError; IssuerKeysError where the issuer's keys were never got, or not for a day
   */
  async prove(assertion: string, source: KeySource): Promise<Claims> {
    const { alg, kid } = headerOf(assertion);
    const algorithm = assertionAlgorithms.find((one) => one === alg);
    if (algorithm === undefined)
      throw new AssertionError(`its algorithm is not one of ${assertionAlgorithms.join(', ')}`);
    const { keySets } = this.#parts;
    let isWithout = false;
    for (const anew of source.jwksUrl === undefined ? [false] : [false, true]) {
      const keys = await this.#keysOf(source, anew);
      isWithout = keys === undefined;
      for (const key of keys === undefined ? [] : candidates(keys, algorithm, kid)) {
        const claims = await verified(assertion, key, algorithm);
        if (claims !== undefined) return this.#inTime(claims);
      }
      // A known key that did not sign it is not a reason to fetch others.
      if (keys?.keys.some((key) => kid !== undefined && key.kid === kid)) break;
    }
    if (isWithout && source.jwksUrl !== undefined)
      throw new IssuerKeysError(
        `the keys of the assertion's issuer could not be got from ${keySets.faultAt(source.jwksUrl) ?? 'there'}`,
      );
    throw new AssertionError('none of the keys that are trusted has signed it');
  }

  /**
   * Sees to it that an assertion is used once. One without `jti` is granted: Entra ID sends none, and may repeat it.
   * @throws AssertionError for the second use
   */
  async useOnce(tenant: string, { iss = '', jti, exp = 0 }: Claims): Promise<void> {
    if (jti === undefined) return;
    if (typeof jti !== 'string' || jti.length > longestJti) throw new AssertionError('its jti cannot be read');
    const digest = createHash('sha256')
      .update(JSON.stringify([iss, jti]))
      .digest('base64url');
    const { outcome } = await this.#parts.notes.put(
      {
        tenant,
        kind: 'assertion',
        key: digest,
        value: {},
        expiresAt: new Date((exp + 2 * skewSeconds) * 1000).toISOString(),
      },
      0,
    );
    if (outcome !== 'done') throw new AssertionError('it was used before: its jti is known');
  }

  async #keysOf({ jwks, jwksUrl }: KeySource, anew: boolean): Promise<JSONWebKeySet | undefined> {
    return jwksUrl === undefined ? (jwks as unknown as JSONWebKeySet) : this.#parts.keySets.at(jwksUrl, anew);
  }

  #inTime(claims: Claims): Claims {
    const now = this.#parts.clock.now().getTime() / 1000;
    const { exp, iat, nbf } = claims;
    for (const [name, value] of Object.entries({ exp, iat, nbf }))
      if (value !== undefined && !(typeof value === 'number' && Number.isFinite(value)))
        throw new AssertionError(`its ${name} is not a number`);
    if (exp === undefined) throw new AssertionError('its exp is missing');
    if (exp <= now - skewSeconds) throw new AssertionError('it has expired');
    if ((nbf ?? iat ?? 0) > now + skewSeconds || (iat ?? 0) > now + skewSeconds)
      throw new AssertionError('it is from the future: compare the clocks');
    const start =
      iat === undefined && nbf === undefined ? now + skewSeconds : Math.min(iat ?? Infinity, nbf ?? Infinity);
    if (exp - start > longestLifeSeconds) throw new AssertionError('it lives for more than a day');
    return claims;
  }
}

function headerOf(assertion: string): { readonly alg?: unknown; readonly kid?: unknown } {
  try {
    return decodeProtectedHeader(assertion);
  } catch {
    throw new AssertionError('it is not a signed JSON Web Token');
  }
}

/** The keys that may have signed it: that of its `kid`, or all where it names none. */
function candidates(
  { keys }: JSONWebKeySet,
  algorithm: AssertionAlgorithm,
  kid: unknown,
): readonly JSONWebKeySet['keys'][number][] {
  return keys.filter((key) => algorithmsOf(key).includes(algorithm) && (kid === undefined || key.kid === kid));
}

async function verified(
  assertion: string,
  key: JSONWebKeySet['keys'][number],
  algorithm: AssertionAlgorithm,
): Promise<Claims | undefined> {
  try {
    const imported = await importJWK(key, algorithm);
    // Times are judged by ours: here any will do.
    const options = { algorithms: [algorithm], clockTolerance: Number.MAX_SAFE_INTEGER };
    return (await jwtVerify(assertion, imported, options)).payload;
  } catch {
    return undefined;
  }
}
