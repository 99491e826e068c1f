import { createHash } from 'node:crypto';
import type { JsonObject } from '../base/json.ts';

/**
 * How a client proves itself: by a bearer token; by a client secret (RFC 6749 §2.3.1); by assertions signed with its
 * own keys (RFC 7523 §2.2); by assertions of another issuer.
 */
export type CredentialKind = 'token' | 'secret' | 'keys' | 'federation';

/** Where public keys come from: the set itself, or the https URL of one (RFC 7517 §5). */
export interface KeySource {
  readonly jwks?: JsonObject;
  readonly jwksUrl?: string;
}

/** Whose assertions prove a client: each claim is compared exactly. */
export interface FederationTrust extends KeySource {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  /** The tenant of the issuer, where it has many: the claim `tid`. */
  readonly tid?: string;
}

/** One way a client proves itself. */
export interface Credential {
  readonly id: string;
  readonly tenant: string;
  /** The client's id. */
  readonly client: string;
  readonly kind: CredentialKind;
  readonly createdAt: string;
  /** Who made it: the name of a client or administrator; absent where the installation did. */
  readonly createdBy?: string;
  /** From this moment on it proves nothing: ISO 8601 UTC. Absent where it has no end. */
  readonly expiresAt?: string;
  /** When it was withdrawn. */
  readonly revokedAt?: string;
  /**
   * Of a token or secret: its SHA-256 as hex, and its last four characters to tell it from others; of one that we made
   * its first characters too, of which its 43 random ones lose five.
   */
  readonly hash?: string;
  readonly beginning?: string;
  readonly ending?: string;
  /** Of `keys`. */
  readonly keys?: KeySource;
  /** Of `federation`. */
  readonly federation?: FederationTrust;
}

/** When a credential was last used, and from where. */
export interface CredentialUse {
  readonly lastUsedAt: string;
  readonly lastUsedFrom: string;
}

/**
 * The SHA-256 of a token or secret, as credentials are kept under it. What we make has 256 bits of chance: no slower
 * hash makes it safer.
 * @param token as the caller sends it
 * @returns lower-case hex
 */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
