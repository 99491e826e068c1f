import type { PasswordFault } from '../passwords/password-policy.ts';
import type { Person } from '../user/person.ts';
import type { DeadRight } from './right-to-set.ts';
import type { SessionGrant } from './session-grant.ts';

/** What proves the right to set a password: the token of a mailed link, or a ticket that signing in gave. */
export type Proof = { readonly token: string } | { readonly ticket: string };

/** How setting a password ended. */
export type SetPasswordResult =
  /** `session` is what the browser is known by from now on; it does not sign anyone in. */
  | { readonly outcome: 'done'; readonly person: Person; readonly session: SessionGrant }
  /** Nothing was consumed: the person may try another password. */
  | { readonly outcome: 'refused'; readonly person: Person; readonly faults: readonly PasswordFault[] }
  /** The right does not hold (any more). */
  | { readonly outcome: 'void'; readonly right: DeadRight };

/** How a signed-in user's change ended. */
export type ChangePasswordResult =
  /** Every session of before has ended; this one takes the place of the session that asked. */
  | { readonly outcome: 'done'; readonly session: SessionGrant }
  | { readonly outcome: 'refused'; readonly faults: readonly PasswordFault[] }
  | { readonly outcome: 'wrongPassword' }
  | { readonly outcome: 'locked'; readonly until: string | undefined };
