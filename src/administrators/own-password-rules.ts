import type { Settings } from '../config/settings.ts';
import { contextWords } from '../provisioning/passwords/context-words.ts';
import type { PasswordHasher } from '../provisioning/passwords/password-hasher.ts';
import { checkPassword, type PasswordFault } from '../provisioning/passwords/password-policy.ts';
import type { Administrator } from './administrator.ts';
import { isUsedPassword } from './used-passwords.ts';

/** Whose password it is to be: an account, or the first owner before there is one. */
export type PasswordOwner = Pick<Administrator, 'email' | 'name' | 'passwordHash' | 'passwordHistory'>;

/**
 * Checks a password that an administrator chose by the rules for everybody else: the present one and those before it
 * cannot be chosen again.
 * @returns every fault; empty when the password will do
 */
export async function checkOwnPassword(
  hasher: Pick<PasswordHasher, 'verify'>,
  password: string,
  owner: PasswordOwner,
  settings: Settings,
): Promise<readonly PasswordFault[]> {
  const words = contextWords({ userName: owner.email, displayName: owner.name }, settings);
  const faults = checkPassword(password, settings, words);
  if (faults.length > 0) return faults;
  return (await isUsedPassword(hasher, owner, password, settings.passwords.history)) ? [{ rule: 'reused' }] : [];
}
