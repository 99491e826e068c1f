import { createHash } from 'node:crypto';
import type { ClientProfile } from './client-profile.ts';

/** One calling system. Its token is kept only as SHA-256. */
export interface Client {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly tokenHash: string;
  readonly scopes: readonly string[];
  /** `auto` defers to the tenant's setting. */
  readonly profile: ClientProfile;
  readonly createdAt: string;
  /** The id of the user it calls for, which `/Me` stands for (RFC 7644 §3.11); it gives no rights. */
  readonly me?: string;
}

/** PORT: tenants and the clients that may call for them. */
export interface ClientStore {
  /** Finds the client of a token's SHA-256 (hex). */
  byTokenHash(tokenHash: string): Promise<Client | undefined>;
  /** Adds a client. Does nothing, and answers false, when the token hash is taken. */
  add(client: Client): Promise<boolean>;
  /** All clients of a tenant. */
  list(tenant: string): Promise<readonly Client[]>;
  /** Removes a client; false when there is none such. */
  remove(tenant: string, id: string): Promise<boolean>;
}

/**
 * The SHA-256 of a token, as clients are kept under it.
 * @param token as the caller sends it
 * @returns lower-case hex
 */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
