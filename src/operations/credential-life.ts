import type { Credential } from '../domain/credential.ts';

/** A credential that ends within so many days needs a human. */
const warnedDays = 90;
const dayMs = 86_400_000;

/** How long a client can still call. */
export interface CredentialLife {
  /** `none`: no credential lives; `soon`: the last one ends within 90 days. */
  readonly credentials: 'live' | 'soon' | 'none';
  /** When the last of its living credentials ends; absent where one has no end. */
  readonly endsAt?: string;
}

/** What a client's credentials come to at this moment. */
export function credentialLife(credentials: readonly Credential[], now: Date): CredentialLife {
  const living = credentials.filter(
    ({ revokedAt, expiresAt }) => revokedAt === undefined && (expiresAt === undefined || expiresAt > now.toISOString()),
  );
  if (living.length === 0) return { credentials: 'none' };
  const ends = living.flatMap(({ expiresAt }) => (expiresAt === undefined ? [] : [expiresAt])).sort();
  const endsAt = ends.at(-1);
  if (ends.length < living.length || endsAt === undefined) return { credentials: 'live' };
  const isSoon = Date.parse(endsAt) - now.getTime() < warnedDays * dayMs;
  return { endsAt, credentials: isSoon ? 'soon' : 'live' };
}
