import type { Account } from '../records/account.ts';
import type { Onboarding } from './latchkey-extension.ts';

/** Who a flag finds that comes after the user was created. */
export type Standing =
  /** They have chosen a password or signed in: a late flag neither locks nor mails them. */
  | 'arrived'
  /** A password was given and never used: the user is invited, and the password keeps working. */
  | 'unusedPassword'
  | 'noPassword';

/** True once the user has chosen a password or signed in. */
export function hasArrived({ status, lastSignInAt }: Onboarding, { hasArrived: known }: Account): boolean {
  return known === true || status === 'active' || lastSignInAt !== undefined;
}

/** What a late flag finds. Pure. */
export function standingOf(onboarding: Onboarding, account: Account): Standing {
  if (hasArrived(onboarding, account)) return 'arrived';
  return account.passwordHash === undefined ? 'noPassword' : 'unusedPassword';
}
