import type { Credential } from '../../domain/credential.ts';

/** Days before its end at which a credential is warned of. */
export const warningDays = [90, 30, 14, 7, 1] as const;

const dayMs = 86_400_000;

/** A warning that is due. */
export interface CredentialWarning {
  /** Of `warningDays`: the last that was passed. */
  readonly step: number;
  /** Whole days that are left, 1 on the last. */
  readonly days: number;
}

/**
 * The warning of a credential that is due now: the last step that was passed, so that one that was found late is warned
 * of once and not for each step. None of one that has ended or was withdrawn, nor before a step that is longer than its
 * life.
 */
export function warningOf(
  { createdAt, expiresAt, revokedAt }: Pick<Credential, 'createdAt' | 'expiresAt' | 'revokedAt'>,
  now: Date,
): CredentialWarning | undefined {
  if (expiresAt === undefined || revokedAt !== undefined) return undefined;
  const [end, left] = [Date.parse(expiresAt), Date.parse(expiresAt) - now.getTime()];
  const life = end - Date.parse(createdAt);
  const step = warningDays.filter((days) => left <= days * dayMs && days * dayMs < life).at(-1);
  return left <= 0 || step === undefined ? undefined : { step, days: Math.max(1, Math.ceil(left / dayMs)) };
}

/**
 * Whether nobody needs to be warned: a younger credential of the same client lives longer, and this one has not been
 * used since that was made.
 * @param lastUsedAt ISO 8601 UTC; undefined: never
 */
export function isReplaced(one: Credential, all: readonly Credential[], lastUsedAt: string | undefined): boolean {
  return all.some(
    ({ createdAt, expiresAt, revokedAt }) =>
      revokedAt === undefined
      && createdAt > one.createdAt
      && (expiresAt === undefined || expiresAt > (one.expiresAt ?? ''))
      && (lastUsedAt === undefined || lastUsedAt < createdAt),
  );
}
