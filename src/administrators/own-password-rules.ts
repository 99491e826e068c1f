import type { Settings } from '../config/settings.ts';
import { contextWords } from '../provisioning/passwords/context-words.ts';
import { checkPassword, type PasswordFault } from '../provisioning/passwords/password-policy.ts';

/**
 * Checks a password that an administrator chose by the rules for everybody else.
 * @returns every fault; empty when the password will do
 */
export function checkOwnPassword(
  password: string,
  { email, name }: { readonly email: string; readonly name: string },
  settings: Settings,
): readonly PasswordFault[] {
  return checkPassword(password, settings, contextWords({ userName: email, displayName: name }, settings));
}
