import { omit } from '../base/omit.ts';
import type { PasswordHasher } from '../provisioning/passwords/password-hasher.ts';
import type { Administrator } from './administrator.ts';

/** Hashes that are kept of passwords before the present one: the most that `passwords.history` can ask for. */
const mostKept = 50;

/**
 * Whether a password is the account's present one, or one of those before it.
 * @param history how many of those before count: the setting `passwords.history`
 */
export async function isUsedPassword(
  hasher: Pick<PasswordHasher, 'verify'>,
  { passwordHash, passwordHistory = [] }: Pick<Administrator, 'passwordHash' | 'passwordHistory'>,
  password: string,
  history: number,
): Promise<boolean> {
  if (passwordHash === undefined) return false;
  for (const hash of [passwordHash, ...passwordHistory.slice(0, history)])
    if (await hasher.verify(hash, password)) return true;
  return false;
}

/**
 * The account with another password, of which the hash is given; the one before is remembered.
 * @param at ISO 8601 UTC
 */
export function withPassword(before: Administrator, passwordHash: string, at: string): Administrator {
  const { passwordHash: last, passwordHistory = [] } = before;
  const kept = last === undefined ? passwordHistory : [last, ...passwordHistory].slice(0, mostKept);
  return {
    ...omit(before, 'passwordHistory'),
    passwordHash,
    passwordChangedAt: at,
    ...(kept.length === 0 ? {} : { passwordHistory: kept }),
  };
}
