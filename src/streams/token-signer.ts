import { createECDH, createHash } from 'node:crypto';
import { calculateJwkThumbprint, importJWK, type JWK, SignJWT } from 'jose';
import type { TokenClaims } from './security-events.ts';

const curve = 'prime256v1';
const algorithm = 'ES256';

/** Signs security event tokens (RFC 8417) of a tenant, and publishes what they are checked with. */
export class TokenSigner {
  readonly #seedsOf: (tenant: string) => readonly Buffer[];

  /** @param seedsOf a tenant's seeds, 32 bytes each: the first signs */
  constructor(seedsOf: (tenant: string) => readonly Buffer[]) {
    this.#seedsOf = seedsOf;
  }

  /** @returns the token: a JWS in compact form, of the type `secevent+jwt` */
  async sign(tenant: string, claims: TokenClaims): Promise<string> {
    const [seed] = this.#seedsOf(tenant);
    if (seed === undefined) throw new Error('there is no key for security event tokens');
    const jwk = keyOf(seed);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: algorithm, typ: 'secevent+jwt', kid: await calculateJwkThumbprint(jwk) })
      .sign(await importJWK(jwk, algorithm));
  }

  /** The public keys of a tenant as a JWK Set (RFC 7517 §5), the present one first. */
  async published(tenant: string): Promise<{ readonly keys: readonly JWK[] }> {
    const keys = this.#seedsOf(tenant).map(async (seed) => {
      const { d, ...jwk } = keyOf(seed);
      void d;
      return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: algorithm, use: 'sig' };
    });
    return { keys: await Promise.all(keys) };
  }
}

/** The private key of a seed. */
function keyOf(seed: Buffer): JWK & { readonly d: string } {
  const pair = createECDH(curve);
  for (let scalar = seed; ; scalar = createHash('sha256').update(scalar).digest())
    try {
      pair.setPrivateKey(scalar);
      break;
    } catch {
      // One number of four thousand million is beyond the order of the curve.
    }
  const point = pair.getPublicKey();
  return {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
    d: seedText(pair.getPrivateKey()),
  };
}

/** A private number without its leading zeros is too short for a JWK. */
function seedText(number: Buffer): string {
  return Buffer.concat([Buffer.alloc(32 - number.length), number]).toString('base64url');
}
